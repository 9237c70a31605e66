"""What is done to reports behind the log's back is named."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.models import F, Model

from huiyin.kernel.ledger import signing
from huiyin.parts.record.audit import Audit
from huiyin.parts.reports.models import Arrival, DailyRule, Mark, Report, Version
from huiyin.parts.reports.testimony import REPORTS
from huiyin.parts.reports.testimony_of_marks import MARKS, RULES
from huiyin.wiring import AUDITED
from tests.cast import Cast
from tests.parts.record.reporting import Reporting


@pytest.fixture
def end(cast: Cast, now: datetime, settings: Any, tmp_path: Path) -> datetime:
    settings.HUIYIN_LOG, settings.HUIYIN_FILES = tmp_path / "log", tmp_path / "files"
    return Reporting(cast, now).run()


def found(now: datetime) -> list[str]:
    """Return what the parts that hear of reports find; all parts are heard in the first test."""
    audit = Audit(signing.verifier(), (REPORTS, MARKS, RULES), now=now)
    audit.run()
    return [str(one) for one in audit.found]


def test_reports_as_they_were_sent_read_and_acted_on_agree_with_the_log(end: datetime) -> None:
    audit = Audit(signing.verifier(), AUDITED, now=end)
    audit.run()
    assert audit.found == []
    assert set(Mark.objects.values_list("kind", flat=True)) == {
        "urgent_late", "changed", "numbers", "daily_missing",
    }  # fmt: skip


def changed(model: type[Model], row: dict[str, Any], **values: Any) -> None:
    """Change one row past everything."""
    assert model._default_manager.filter(**row).update(**values) == 1


URGENT_ONE = {"report__kind": "urgent", "unit__code": "HX-W"}
HOUR = timedelta(hours=1)
DONE: list[tuple[str, str, type[Model], dict[str, Any], dict[str, Any]]] = [
    ("a time of sending moved back", "backdated", Report, {"kind": "urgent"}, {"sent_at": -HOUR}),
    ("an acknowledgement moved back", "backdated", Arrival, URGENT_ONE, {"acknowledged_at": -HOUR}),
    ("an acknowledgement put to another", "altered", Arrival, URGENT_ONE, {"read_version": 1}),
    ("what was done, in other words", "commitment", Arrival, URGENT_ONE, {"action": "已处理。"}),
    ("numbers of the ledger made to fit", "commitment", Report, {"kind": "daily", "unit__code": "HX-W-C"}, {"counted": {"figures": {"stood": 7}, "day": {}}}),
    ("evidence made milder", "commitment", Mark, {"kind": "urgent_late"}, {"evidence": {"late": 1}}),
    ("a reply in other words", "commitment", Mark, {"kind": "urgent_late"}, {"reply": "无话可说。"}),
    ("a mark withdrawn by nobody", "unlogged", Mark, {"kind": "changed"}, {"withdrawn_at": datetime(2026, 3, 3, 4, tzinfo=UTC)}),
    ("a withdrawal taken back", "missing", Mark, {"kind": "urgent_late"}, {"withdrawn_at": None, "withdrawn_by": None, "withdrawn_why": ""}),
    ("a cut-off put off", "altered", DailyRule, {"unit__code": "HX"}, {"daily_by": 20 * 60}),
    ("a rule that was ended put back", "altered", DailyRule, {"unit__code": "HX-W"}, {"ended_at": None}),
]  # fmt: skip


@pytest.mark.parametrize(
    ("what", "word", "model", "row", "values"), DONE, ids=[one[0] for one in DONE]
)
def test_what_is_altered_is_named(
    end: datetime, what: str, word: str, model: type[Model], row: dict[str, Any],
    values: dict[str, Any],
) -> None:  # fmt: skip
    for name, value in values.items():
        if isinstance(value, timedelta):
            values = values | {name: F(name) + value}
    changed(model, row, **values)
    assert [one for one in found(end) if one.startswith(word)], found(end)


def test_a_version_changed_past_the_guard_is_named(end: datetime) -> None:
    version = Version.objects.filter(report__kind="urgent").earliest("number")
    with pytest.raises(DatabaseError), transaction.atomic():
        Version.objects.filter(pk=version.pk).update(fields=version.fields | {"affected": 1})
    with connection.cursor() as cursor:
        guard = {"sqlite": "reports_version_not_changed", "postgresql": "reports_version_stays"}
        on = "" if connection.vendor == "sqlite" else " ON reports_version"
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE" if on else "SELECT 1")
        cursor.execute(f"DROP TRIGGER {guard[connection.vendor]}{on}")
    Version.objects.filter(pk=version.pk).update(fields=version.fields | {"affected": 1})
    assert any(one.startswith("commitment") and "version 1" in one for one in found(end))


def test_an_arrival_that_is_gone_is_named(end: datetime) -> None:
    Arrival.objects.filter(report__kind="urgent", unit__code="HX").delete()
    assert any(one.startswith("missing") for one in found(end))


def test_a_mark_that_is_gone_or_slipped_in_is_named(end: datetime) -> None:
    Mark.objects.filter(kind="daily_missing").latest("pk").delete()
    assert any(one.startswith("missing") and "mark.made" in one for one in found(end))
    Mark.objects.filter(kind="changed").update(kind="numbers")
    assert any(one.startswith("altered") and "what is numbers" in one for one in found(end))


def test_a_report_that_was_never_sent_is_named(end: datetime) -> None:
    report = Report.objects.get(kind="urgent")
    report.pk, report.number = None, "260303-ZZZZZZZZ"
    report.save(force_insert=True)
    assert any("report:260303-ZZZZZZZZ" in one for one in found(end))
