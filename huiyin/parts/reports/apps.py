from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "huiyin.parts.reports"
    label = "reports"
