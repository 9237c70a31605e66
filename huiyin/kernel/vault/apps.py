from django.apps import AppConfig


class VaultConfig(AppConfig):
    name = "huiyin.kernel.vault"
    label = "vault"
