from django.apps import AppConfig


class StaffConfig(AppConfig):
    name = "huiyin.web.staff"
    label = "staff"
