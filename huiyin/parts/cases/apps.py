from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "huiyin.parts.cases"
    label = "cases"
