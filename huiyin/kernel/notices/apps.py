from django.apps import AppConfig


class NoticesConfig(AppConfig):
    name = "huiyin.kernel.notices"
    label = "notices"

    def ready(self) -> None:
        """Have the record hold where notices go; whether it works there is what sending found."""
        from huiyin.kernel.holding.columns import hold_columns
        from huiyin.kernel.notices.models import Channel

        hold_columns(Channel, but=["failing_since"])
