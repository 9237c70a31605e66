from django.apps import AppConfig


class UnitsConfig(AppConfig):
    name = "huiyin.kernel.units"
    label = "units"
