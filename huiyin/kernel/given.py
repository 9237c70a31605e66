"""What people give to an action: cleaned, or refused by the name of the field."""

from unicodedata import category


class BadInput(ValueError):
    """What was given can't be taken; `field` names where, `code` says why (see messages.py)."""

    def __init__(self, field: str, code: str) -> None:
        super().__init__(f"{field}: {code}")
        self.field, self.code = field, code


def clean(text: str) -> str:
    """Return the text without control characters and broken signs."""
    return "".join(c for c in text if c in "\n\t" or category(c) not in {"Cc", "Cs"}).strip()
