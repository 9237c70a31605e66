from django.apps import AppConfig


class DutyConfig(AppConfig):
    name = "huiyin.parts.duty"
    label = "duty"

    def ready(self) -> None:
        """Have the record hold what is set up: where, when, by whom and by which rules duty is stood."""
        from huiyin.kernel.holding.columns import hold_columns
        from huiyin.parts.duty import models

        for model in (
            models.DutyPoint, models.Opening, models.Pattern, models.Eligible, models.DutyRules,
            models.Checklist, models.CheckItem, models.Feed,
        ):  # fmt: skip
            hold_columns(model)
