"""Every column that docs/audit.md says is held against the log is: changed, it is found."""

import random
import re
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, models, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from huiyin.kernel.holding.columns import held_tables
from huiyin.kernel.holding.testimony import ROWS
from huiyin.kernel.ledger import signing
from huiyin.kernel.ledger.testimony import Part
from huiyin.kernel.units.testimony import POSTS, UNITS
from huiyin.parts.cases.testimony import LETTERS
from huiyin.parts.record.audit import Audit
from huiyin.parts.reports.testimony import REPORTS
from huiyin.parts.reports.testimony_of_incidents import INCIDENTS
from huiyin.parts.reports.testimony_of_marks import MARKS, RULES
from huiyin.parts.reports.testimony_of_windows import WINDOWS
from huiyin.web.api.testimony import TOKENS
from huiyin.wiring import AUDITED
from tests.cast import Cast, enter
from tests.parts.record.walk import live
from tests.support.lives import START
from tests.support.logs import own_log
from tests.support.tampering import changes, field_of, tamper

pytestmark = pytest.mark.django_db
PAGE = Path(__file__).resolve().parents[3] / "docs" / "audit.md"
ROW = re.compile(r"^\| `(\w+_\w+)` \|([^|]*)\|([^|]*)\|([^|]*)\|$", re.MULTILINE)
SEEDS = (1, 2, 3)


def names(cell: str) -> list[str]:
    return re.findall(r"`(\w+)`", cell)


def tables() -> dict[str, tuple[list[str], list[str], list[str]]]:
    """Return, of each table, what is held against entries, what is opened, and what is not held."""
    return {
        table: (names(plain), names(opened), names(not_held))
        for table, plain, opened, not_held in ROW.findall(PAGE.read_text("utf-8"))
    }


def ours() -> dict[str, type[models.Model]]:
    return {one._meta.db_table: one for one in apps.get_models() if one.__module__[:7] == "huiyin."}


def test_every_column_of_every_table_stands_in_the_list() -> None:
    text = PAGE.read_text("utf-8")
    listed = tables()
    for table, model in ours().items():
        if table not in listed:
            assert f"`{table}`" in text, table
            continue
        columns = {one.name for one in model._meta.concrete_fields if not one.primary_key}
        assert sorted(one for cell in listed[table] for one in cell) == sorted(columns), table


@pytest.fixture(autouse=True)
def log(tmp_path: Path, settings: Any, db: None) -> None:
    settings.HUIYIN_LOG = tmp_path / "log"
    settings.HUIYIN_FILES = tmp_path / "files"


@pytest.fixture(autouse=True)
def guards_are_gone(db: None) -> None:
    """Whoever can write past everything can take away what keeps rows from being changed."""
    with connection.cursor() as cursor:
        for table in ("reports_version", "reports_incidentline", "reports_windowversion"):
            if connection.vendor == "sqlite":
                cursor.execute(f"DROP TRIGGER {table}_not_changed")
                cursor.execute(f"DROP TRIGGER {table}_not_deleted")
            else:
                cursor.execute(f"DROP TRIGGER {table}_stays ON {table}")


def found(now: datetime, parts: Sequence[Part] = AUDITED) -> list[str]:
    audit = Audit(signing.verifier(), parts, now=now)
    audit.run()
    return [str(one) for one in audit.found]


# The parts that most likely name what is wrong in a table, by the longest beginning of its name.
NEAREST: dict[str, tuple[Part, ...]] = {
    "ledger": (), "holding": (ROWS,), "notices": (ROWS,), "cases_category": (ROWS,), "cases_claim": (ROWS,),
    "duty": (ROWS,), "clock_calendarday": (ROWS,), "units_organisation": (ROWS,), "units_invitation": (ROWS,), "cases": (LETTERS,), "vault": (LETTERS,), "files": (LETTERS,), "units": (ROWS, UNITS, POSTS),
    "reports": (REPORTS, MARKS, RULES), "api": (ROWS, TOKENS), "reports_incident": (INCIDENTS,),
    "reports_window": (WINDOWS,), "clock_unitlimit": (WINDOWS,),
}  # fmt: skip


def named(now: datetime, table: str) -> bool:
    """Whether an audit finds something: a part of it first, which finds nothing that the whole
    does not, and all of it where that part finds nothing."""
    near = NEAREST.get(max((one for one in NEAREST if table.startswith(one)), key=len, default=""))
    return (near is not None and finds(now, near)) or finds(now, AUDITED)


def finds(now: datetime, parts: Sequence[Part]) -> bool:
    """Whether an audit finds something; it goes no further then."""
    audit = Audit(signing.verifier(), parts, now=now, stop=lambda: bool(audit.found))
    audit.run()
    return bool(audit.found)


def rows(table: str, model: type[models.Model], column: str, opened: list[str]) -> list[Any]:
    """Return rows whose column is held: what is sealed only while there is a key."""
    every = model._default_manager.order_by("pk")
    if table == "clock_step":
        every = every.exclude(kind="warn").filter(rung="owner")
    if table == "ledger_entry" and column == "subject":
        every = every.filter(subject__startswith="case:")
    kept = []
    for row in every:
        case = getattr(row, "case", row)
        erased = getattr(case, "erased_at", None) is not None
        value = getattr(row, field_of(model, column).attname)
        if column in opened and (
            erased
            or (
                value is None
                and column not in {"removed_at", "erase_after"}
                and table not in held_tables()
            )
        ):
            continue
        if (table, column) == ("cases_case", "text_key") and erased:
            continue
        if column == "paused_at" and getattr(row, "state", "") != "open":
            continue
        kept.append(row)
    return kept


def missed(now: datetime, table: str, column: str, opened: list[str], pick: random.Random) -> str:
    """Change the column in one row at random; return what is wrong if nothing is found."""
    model = ours()[table]
    held = rows(table, model, column, opened)
    pick.shuffle(held)
    for row in held[:20]:
        for value in changes(row, field_of(model, column)):
            with transaction.atomic():
                if tamper(row, column, value):
                    is_named = named(now, table)
                    transaction.set_rollback(True)
                    return "" if is_named else f"{table}.{column} of {row.pk} to {value!r}"
    return f"{table}.{column}: no row to change"


COLUMNS = [
    (table, column, opened)
    for table, (plain, opened, _) in tables().items()
    for column in (*plain, *opened)
]


def test_each_column_that_is_held_is_found_changed(cast: Cast, now: datetime) -> None:
    end = live(cast, START, *SEEDS)
    assert found(end) == []
    pick = random.Random(7)
    wrong = [missed(end, table, column, opened, pick) for table, column, opened in COLUMNS]
    assert not [one for one in wrong if one], "; ".join(one for one in wrong if one)


def erase(row: models.Model) -> None:
    """Delete a row with all that points to it, past everything."""
    for one in row._meta.related_objects:
        for child in one.related_model._base_manager.filter(**{one.field.name: row.pk}):
            erase(child)
    type(row)._base_manager.filter(pk=row.pk)._raw_delete("default")


def slip_in(row: models.Model) -> bool:
    """Add a row like this one; what must be unique gets another value."""
    table = row._meta.db_table
    uniques = {one.name for one in row._meta.concrete_fields if one.unique}
    for constraint in row._meta.constraints:
        if isinstance(constraint, models.UniqueConstraint) and constraint.condition is None:
            uniques.add(constraint.fields[-1])
    also = {
        "units_tenure": "post",
        "cases_extension": "granted",
        "ledger_entry": "seq",
        "duty_pattern": "code",
    }
    uniques |= {also[table]} if table in also else set()
    for name in uniques - {"id"}:
        field = field_of(row, name)
        *_, value = free = list(changes(row, field))
        taken = type(row)._base_manager.filter
        value = next((one for one in free if not taken(**{name: one}).exists()), value)
        setattr(row, field.attname, value)
    last = type(row)._base_manager.order_by("-pk").values_list("pk", flat=True).first()
    row.pk = (last or 0) + 1  # a row that was made with its number leaves the sequence behind
    try:
        with transaction.atomic():
            row.save_base(raw=True, force_insert=True)
    except IntegrityError:
        return False
    return True


HELD = [(table, [*plain, *opened], opened) for table, (plain, opened, _) in tables().items()]


def test_each_row_that_is_gone_is_found(cast: Cast, now: datetime) -> None:
    end = live(cast, START, *SEEDS)
    wrong = []
    for table, columns, opened in HELD:
        row = random.Random(7).choice(rows(table, ours()[table], columns[0], opened))
        with transaction.atomic():
            erase(row)
            if not named(end, table):
                wrong.append(f"{table} {row.pk}")
            transaction.set_rollback(True)
    assert not wrong, "; ".join(wrong)


def test_each_row_that_is_slipped_in_is_found(cast: Cast, now: datetime) -> None:
    end = live(cast, START, *SEEDS)
    wrong = []
    for table, columns, opened in HELD:
        held = rows(table, ours()[table], columns[0], opened)
        random.Random(7).shuffle(held)
        with transaction.atomic():
            if not any(slip_in(row) for row in held[:20]):
                wrong.append(f"{table}: no row could be slipped in")
            elif not named(end, table):
                wrong.append(f"{table}: not found")
            transaction.set_rollback(True)
    assert not wrong, "; ".join(wrong)


@given(seed=st.integers(10, 10_000), where=st.sampled_from(COLUMNS))
@settings(
    max_examples=4,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
def test_in_any_life_what_is_changed_is_found(seed: int, where: tuple[str, str, list[str]]) -> None:
    with transaction.atomic(), own_log(anew=True):
        end = live(enter(START), START, seed, erased=False)
        assert found(end) == []
        wrong = missed(end, *where, random.Random(seed))
        assert not wrong or wrong.endswith("no row to change")
        transaction.set_rollback(True)


def test_units_in_a_circle_are_named_and_stop_no_audit(cast: Cast, now: datetime) -> None:
    end = live(cast, START, erased=False)
    type(cast.group)._default_manager.filter(pk=cast.group.pk).update(parent=cast.works)
    assert any("unit:HX:" in one or "unit:HX," in one for one in found(end))
