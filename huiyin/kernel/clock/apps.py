from django.apps import AppConfig


class ClockConfig(AppConfig):
    name = "huiyin.kernel.clock"
    label = "clock"

    def ready(self) -> None:
        """Have the record hold the days and limits that the organisation set itself."""
        from huiyin.kernel.clock.models import CalendarDay, LimitOverride
        from huiyin.kernel.holding.columns import hold_columns

        hold_columns(CalendarDay)
        hold_columns(LimitOverride)
