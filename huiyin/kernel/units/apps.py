from django.apps import AppConfig


class UnitsConfig(AppConfig):
    name = "huiyin.kernel.units"
    label = "units"

    def ready(self) -> None:
        """Have the record hold the set-up, who holds which post, and the ways into accounts."""
        from huiyin.kernel.holding.columns import hold_columns
        from huiyin.kernel.units import models

        for model in (
            models.Organisation, models.Unit, models.Post, models.Tenure, models.Invitation,
        ):  # fmt: skip
            hold_columns(model)
