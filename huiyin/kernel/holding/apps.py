from django.apps import AppConfig


class HoldingConfig(AppConfig):
    name = "huiyin.kernel.holding"
    label = "holding"

    def ready(self) -> None:
        """Publish entries of rows sealed: how many tenures or tokens there are is nobody's business."""
        from huiyin.kernel.ledger import subjects

        subjects.seal("row", lambda names: {})
