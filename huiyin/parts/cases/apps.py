from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "huiyin.parts.cases"
    label = "cases"

    def ready(self) -> None:
        """Have the public log show of letters what `public_names` allows."""
        from huiyin.kernel.ledger import subjects
        from huiyin.parts.cases.conflict import public_names

        subjects.seal("case", public_names)
