"""What is done to rooms of incidents, windows and pictures behind the log's back is named."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.models import Model

from huiyin.kernel.clock.models import UnitLimit
from huiyin.kernel.files.models import StoredFile
from huiyin.kernel.ledger import actions as ledger
from huiyin.kernel.ledger import signing
from huiyin.kernel.ledger.models import Entry
from huiyin.kernel.units.models import Post
from huiyin.parts.record.audit import Audit
from huiyin.parts.reports.actions import incidents
from huiyin.parts.reports.models import (
    Incident,
    IncidentLine,
    IncidentTask,
    Report,
    Window,
    WindowPost,
    WindowReply,
    WindowUnit,
    WindowVersion,
)
from huiyin.wiring import AUDITED
from tests.cast import Cast
from tests.parts.record.rooming import Rooming

OURS = ("incident:", "window:", "report:")
HOUR = timedelta(hours=1)
LATE = datetime(2026, 3, 3, 20, tzinfo=UTC)


@pytest.fixture(autouse=True)
def places(settings: Any, tmp_path: Path) -> None:
    settings.HUIYIN_LOG, settings.HUIYIN_FILES = tmp_path / "log", tmp_path / "files"


def found(now: datetime) -> list[str]:
    audit = Audit(signing.verifier(), AUDITED, now=now)
    audit.run()
    return [str(one) for one in audit.found]


def unguard(*tables: str) -> None:
    """Take away what keeps rows from being changed, as whoever owns the database can."""
    with connection.cursor() as cursor:
        for table in tables:
            if connection.vendor == "sqlite":
                cursor.execute(f"DROP TRIGGER {table}_not_changed")
                cursor.execute(f"DROP TRIGGER {table}_not_deleted")
            else:
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
                cursor.execute(f"DROP TRIGGER {table}_stays ON {table}")


Change = tuple[str, str, type[Model], dict[str, Any], dict[str, Any]]
FIRST = {"stood_down_at__isnull": False}
CHANGED: list[Change] = [
    ("an opening moved back", "backdated: incident", Incident, FIRST, {"opened_at": LATE - 90 * HOUR}),
    ("another title", "commitment: incident", Incident, FIRST, {"title": "小事一桩"}),
    ("nobody was in danger", "altered: incident", Incident, FIRST, {"danger": False}),
    ("a stand-down of which the log knows nothing", "unlogged: incident", Incident, {"stood_down_at": None}, {"stood_down_at": LATE}),
    ("a stand-down for another reason", "commitment: incident", Incident, FIRST, {"stood_down_why": "到点下班"}),
    ("a milder review", "commitment: incident", Incident, FIRST, {"review": {"well": "断电及时", "ill": "无"}}),
    ("a review taken back", "missing: incident", Incident, FIRST, {"reviewed_at": None, "reviewed_by": None, "review": {}}),
    ("a task put off", "altered: incident", IncidentTask, {"number": 2}, {"due_at": LATE + 900 * HOUR}),
    ("a task never handed on", "altered: incident", IncidentTask, {"number": 2}, {"handed_at": None}),
    ("a task done earlier", "backdated: incident", IncidentTask, {"number": 3}, {"done_at": LATE - 90 * HOUR}),
    ("a task done that is not", "unlogged: incident", IncidentTask, {"number": 2}, {"done_at": LATE}),
    ("another task", "commitment: incident", IncidentTask, {"number": 1}, {"text": "打扫库房"}),
    ("a decision in other words", "commitment: incident", IncidentLine, {"kind": "decision"}, {"text": "照常营业"}),
    ("a decision that was a remark", "unlogged: incident", IncidentLine, {"kind": "decision"}, {"kind": "log"}),
    ("a correction that corrects nothing", "commitment: incident", IncidentLine, {"corrects__isnull": False}, {"corrects": None}),
    ("a report of no incident", "altered: report", Report, {"number__gt": "", "incident__danger": True, "danger": False}, {"incident": None}),
    ("a window that ends earlier", "altered: window", Window, {"version": 2}, {"last_day": LATE.date()}),
    ("a window that asks for less", "altered: window", Window, {"version": 2}, {"settings": {"cover": True}}),
    ("a version that asks for less", "commitment: window", WindowVersion, {"number": 2}, {"settings": {"cover": True}}),
    ("a window with another title", "commitment: window", Window, {"version": 2}, {"title": "清扫周"}),
    ("a window made earlier", "backdated: window", Window, {"version": 2}, {"made_at": LATE - 900 * HOUR}),
    ("a window that opened earlier", "backdated: window", Window, {"version": 2}, {"opened_at": LATE - 900 * HOUR}),
    ("a window that is not over", "missing: window", Window, {"version": 2}, {"closed_at": None}),
    ("an exercise that was not held", "altered: window", WindowUnit, {"unit__code": "HX-T"}, {"exercised_on": LATE.date()}),
    ("a unit that was told less", "altered: window", WindowUnit, {"unit__code": "HX-T"}, {"told": 1}),
    ("a reply in other words", "commitment: window", WindowReply, {"post__unit__code": "HX-T"}, {"cause": "没有原因"}),
    ("a limit that ended earlier", "missing: window", UnitLimit, {"rule": "conclude"}, {"until": LATE}),
    ("a limit that is longer", "unlogged: window", UnitLimit, {"rule": "conclude"}, {"days": 59}),
    ("a picture put to another report", "commitment: report", StoredFile, {}, {"size": 1}),
    ("a picture's key exchanged", "altered: report", Report, {"wrapped_key__isnull": False}, {"wrapped_key": b"x" * 60}),
]  # fmt: skip


def missed(end: datetime, changes: Iterable[Change]) -> list[str]:
    """Change one row at a time past everything; return what an audit does not name."""
    wrong = []
    for what, word, model, row, values in changes:
        with transaction.atomic():
            one = model._default_manager.filter(**row).order_by("pk").first()
            assert one is not None, what
            model._default_manager.filter(pk=one.pk).update(**values)
            named = found(end)
            transaction.set_rollback(True)
        if not any(one.startswith(word) for one in named):
            wrong.append(f"{what}: {named}")
    return wrong


def test_an_incident_and_a_window_as_they_went_agree_with_the_log(
    cast: Cast, now: datetime
) -> None:
    assert found(Rooming(cast, now).run()) == []


def test_what_is_altered_in_rooms_and_windows_is_named(cast: Cast, now: datetime) -> None:
    end = Rooming(cast, now).run()
    unguard("reports_incidentline", "reports_windowversion")
    assert missed(end, CHANGED) == []


def test_posts_put_in_the_place_of_others_are_named(cast: Cast, now: datetime) -> None:
    end = Rooming(cast, now).run()
    unguard("reports_incidentline")
    driver: Post = cast.driver.post
    posts: list[Change] = [
        (f"{model.__name__}.{name}", "altered", model, row, {name: driver})
        for model, row, names in (
            (Incident, FIRST, ("leader", "stood_down_by", "review_post", "reviewed_by")),
            (IncidentTask, {"number": 2}, ("post", "made_by")),
            (IncidentTask, {"number": 1}, ("done_by",)),
            (IncidentLine, {"kind": "handed"}, ("post", "to")),
            (IncidentLine, {"kind": "led"}, ("to",)),
            (Window, {"version": 2}, ("made_by",)),
            (WindowUnit, {"unit__code": "HX-W"}, ("line_tested_by",)),
            (WindowPost, {"duty": "overall", "row__unit__code": "HX-W"}, ("post",)),
            (WindowReply, {"post__unit__code": "HX-W"}, ("post",)),
        )
        for name in names
    ]
    assert missed(end, posts) == []


def test_rows_that_are_gone_or_slipped_in_are_named(cast: Cast, now: datetime) -> None:
    end = Rooming(cast, now).run()
    unguard("reports_incidentline")
    for model, row in (
        (IncidentLine, {"corrects__isnull": False}), (IncidentLine, {"kind": "led"}), (UnitLimit, {}),
        (WindowUnit, {"unit__code": "HX-T"}), (WindowPost, {"row__unit__code": "HX-W"}),
        (WindowReply, {}), (StoredFile, {}),
    ):  # fmt: skip
        with transaction.atomic():
            one = model._default_manager.filter(**row).earliest("pk")  # type: ignore[attr-defined]
            WindowPost.objects.filter(row=one.pk if model is WindowUnit else None).delete()
            model._default_manager.filter(pk=one.pk)._raw_delete("default")  # type: ignore[attr-defined]
            gone = found(end)
            transaction.set_rollback(True)
        assert any(line.startswith(OURS_GONE) for line in gone), (model, gone)
    line = IncidentLine.objects.filter(kind="decision").earliest("pk")
    line.pk, line.text = None, "照常营业"
    line.save_base(raw=True, force_insert=True)
    assert any(one.startswith("unlogged: incident:") for one in found(end))


OURS_GONE = tuple(
    f"{word}: {of}" for word in ("missing", "altered", "commitment") for of in OURS
)  # fmt: skip
NEW = {
    "report.sent": {"incident", "key", "pictures"},
    "incident.opened": {"to"},
    "incident.logged": {"what", "number", "to"},
    "window.made": {"title"},
    "window.named": {"overall", "charge", "duty", "letters"},
}


def test_what_was_entered_before_entries_said_as_much_agrees_with_the_log(
    cast: Cast, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An organisation that began with the release before this one is not told of tampering."""
    whole = ledger.compose

    def as_before(draft: ledger.Draft) -> Entry:
        left_out = NEW.get(draft.kind, set())
        facts, commit = (
            {name: value for name, value in given.items() if name not in left_out}
            for given in (draft.facts, draft.commit)
        )
        return whole(
            ledger.Draft(
                draft.kind, draft.subject, draft.at, draft.post, facts, commit, draft.salt_key
            )
        )

    def without_telling(drafts: Iterable[ledger.Draft]) -> None:
        many([one for one in drafts if one.kind != "window.told"])

    many = ledger.append_many
    monkeypatch.setattr(ledger, "compose", as_before)
    monkeypatch.setattr(ledger, "append_many", without_telling)
    words = incidents.line_bound
    monkeypatch.setattr(incidents, "line_bound", lambda text, why, corrects: words(text, why, None))
    end = Rooming(cast, now).run()
    assert found(end) == []
    unguard("reports_incidentline", "reports_windowversion")
    still = [one for one in CHANGED if one[0] not in OPEN_THEN]
    assert missed(end, still) == []


OPEN_THEN = {
    "a correction that corrects nothing", "a report of no incident", "a window with another title",
    "a unit that was told less", "a picture put to another report",
}  # fmt: skip
