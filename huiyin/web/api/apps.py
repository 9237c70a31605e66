from django.apps import AppConfig


class ApiConfig(AppConfig):
    name = "huiyin.web.api"
    label = "api"

    def ready(self) -> None:
        """Have the record hold the tokens that act for a post."""
        from huiyin.kernel.holding.columns import hold_columns
        from huiyin.web.api.models import ApiToken

        hold_columns(ApiToken)
