from django.apps import AppConfig


class LedgerConfig(AppConfig):
    name = "huiyin.kernel.ledger"
    label = "ledger"
