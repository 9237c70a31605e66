from django.apps import AppConfig


class DutyConfig(AppConfig):
    name = "huiyin.parts.duty"
    label = "duty"
