from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "huiyin.parts.cases"
    label = "cases"

    def ready(self) -> None:
        """Have the public log show of letters what `public_names` allows; hold what routes them."""
        from huiyin.kernel.holding.columns import hold_columns
        from huiyin.kernel.ledger import subjects
        from huiyin.parts.cases.conflict import public_names
        from huiyin.parts.cases.models import Category, Claim

        subjects.seal("case", public_names)
        hold_columns(Category)
        hold_columns(Claim)
