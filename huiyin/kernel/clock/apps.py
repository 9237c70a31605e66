from django.apps import AppConfig


class ClockConfig(AppConfig):
    name = "huiyin.kernel.clock"
    label = "clock"
