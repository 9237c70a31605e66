"""docs/keys.md names every column that can hold text: sealed, hashed, or readable and why."""

import re
from pathlib import Path

from django.apps import apps
from django.db import models

from huiyin.kernel.vault.fields import Sealed

KEYS = Path(__file__).parent.parent / "docs" / "keys.md"
NO_TEXT = (
    models.IntegerField, models.BooleanField, models.DateField, models.ForeignKey,
    models.FloatField, models.DecimalField, models.DurationField, models.TimeField,
)  # fmt: skip
SEALED_IN_TEXT = {
    "django_session.session_data",
    "mfa_authenticator.data",
}  # of other people's models


def _columns() -> "dict[str, models.Field[object, object]]":
    return {
        f"{model._meta.db_table}.{field.column}": field
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if not isinstance(field, NO_TEXT)
    }


def _documented() -> dict[str, tuple[int, str]]:
    """Return for each column in which cell of the table it stands, and the whole of that cell."""
    _before, _heading, table = KEYS.read_text(encoding="utf-8").partition(
        "## Every column that can hold text"
    )
    found: dict[str, tuple[int, str]] = {}
    for line in table.splitlines():
        if row := re.fullmatch(r"\| `(\w+)` \|(.*)\|(.*)\|(.*)\|", line):
            for cell in (2, 3, 4):
                for column in re.findall(r"`(\w+)`", row[cell].split(":")[0]):
                    name = f"{row[1]}.{column}"
                    assert name not in found, name
                    found[name] = (cell, row[cell])
    return found


def test_every_column_that_can_hold_text_is_in_the_table_and_no_other() -> None:
    assert sorted(_columns()) == sorted(_documented())


def test_what_the_table_calls_sealed_is_sealed_and_what_it_calls_readable_says_why() -> None:
    columns = _columns()
    for name, (cell, text) in _documented().items():
        field = columns[name]
        if isinstance(field, Sealed):
            assert cell == 2, name
        elif cell == 2:
            assert isinstance(field, models.BinaryField) or name in SEALED_IN_TEXT, name
        elif cell == 4:
            assert len(text.partition(":")[2].strip()) > 10, name


def test_free_text_of_the_service_is_never_readable() -> None:
    """What takes more than a name is sealed, unless the organisation says it in public."""
    public = {"units_organisation.outside", "units_organisation.outside_en"}
    readable = {name for name, (cell, _text) in _documented().items() if cell == 4}
    long_texts = {
        name
        for name, field in _columns().items()
        if isinstance(field, models.TextField) and not name.startswith("axes_")
    }
    assert readable & long_texts == public
