"""What the tables of reports say, for the auditor: reports, their versions and arrivals.

A report is held with its versions and its arrivals against its own entries: what an entry stands for
must be there as it was bound, and what is there must have its entry. Windows, rooms of incidents and
pictures have modules of their own.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from huiyin.kernel.files.models import StoredFile
from huiyin.kernel.ledger.kinds import WHO, who
from huiyin.kernel.ledger.said import Leaf, Said, binds, said_of, same_time
from huiyin.kernel.ledger.subjects import present
from huiyin.kernel.ledger.testimony import Part, Testimony
from huiyin.parts.reports.actions._common import packed
from huiyin.parts.reports.models import Arrival, Report, Version
from huiyin.parts.reports.testimony_of_marks import (
    BATCH,
    BEGINNINGS,
    batches,
    code,
    marked,
    marks_on,
    testimony,
)
from huiyin.parts.reports.testimony_of_pictures import pictured


def _reports() -> Iterator[Testimony]:
    """Yield each sent report: its versions as they were sent, where it lies, who read and acted."""
    rows = (
        Report.objects.filter(sent_at__isnull=False)
        .select_related("unit", "post", "follows", "incident")
        .order_by("pk")
    )
    for some in batches(rows.iterator(chunk_size=BATCH)):
        said = said_of([one.ref for one in some], *BEGINNINGS)
        versions: dict[int, list[Version]] = defaultdict(list)
        for version in Version.objects.filter(report__in=some).select_related("post"):
            versions[version.report_id].append(version)
        arrivals: dict[int, list[Arrival]] = defaultdict(list)
        found = Arrival.objects.filter(report__in=some)
        for arrival in found.select_related("unit", "post", "acknowledged_by"):
            arrivals[arrival.report_id].append(arrival)
        marks = marks_on([one.ref for one in some])
        files: dict[str, list[StoredFile]] = defaultdict(list)
        for file in StoredFile.objects.filter(subject__in=[one.ref for one in some]).order_by("pk"):
            files[file.subject].append(file)
        for one in some:
            mine = said[one.ref]
            in_order = sorted(versions[one.pk], key=lambda v: v.number)
            level = _sent(mine, one, in_order, files[one.ref])
            _lies(mine, one, arrivals[one.pk], level)
            marked(mine, marks[one.ref])
            mine.missing("report.sent", "report.corrected", "report.acknowledged", "report.acted")
            yield testimony(one.ref, mine)


def _sent(
    said: Said, report: Report, versions: Sequence[Version], files: Sequence[StoredFile]
) -> int | None:
    """Hold a report and its versions; return on how many desks its entry says that it lies."""
    if [one.number for one in versions] != list(range(1, len(versions) + 1)) or not versions:
        said.wrong("its versions are not numbered from 1 on without a gap")
        return None
    level = None
    for one in versions:
        first = one.number == 1
        leaf = said.take_by_hash(
            "report.sent" if first else "report.corrected",
            bytes(one.entry_digest),
            one.at,
            f"version {one.number}",
            facts={} if first else {"number": one.number},
            bound=("text", packed(one.fields), bytes(one.salt_key)),
            post=code(one.post),
        )
        if leaf is not None and not binds(leaf, WHO, who(one.user_id), bytes(one.salt_key)):
            said.wrong(f"version {one.number}: another sent it", "commitment")
        if first and leaf is not None:
            level = leaf["facts"]["level"]
            _row(said, report, one, leaf)
            pictured(said, report, bytes(one.salt_key), leaf, files)
    if report.next_at not in _promises(versions):
        said.wrong(f"the next report is promised for {report.next_at}, no version says so")
    return level


def _row(said: Said, report: Report, first: Version, leaf: Leaf) -> None:
    """Hold the report's own columns against the entry of its first version."""
    facts: dict[str, Any] = {
        "what": report.kind,
        "unit": report.unit.code,
        "on": report.day.isoformat() if report.day else None,
        "began": report.event_at.isoformat() if report.event_at else None,
    }
    if "follows" in leaf["facts"]:
        facts["follows"] = report.follows.number if report.follows else None
    if "incident" in leaf["facts"]:
        facts["incident"] = report.incident.number if report.incident else None
    for name, value in facts.items():
        if leaf["facts"][name] != value:
            said.wrong(f"{name} is {value}, in the log {leaf['facts'][name]}")
    for name, at in (("made_at", report.made_at), ("sent_at", report.sent_at)):
        if at is None or not same_time(leaf["time"], at):
            earlier = at is not None and at < datetime.fromisoformat(leaf["time"])
            said.wrong(f"{name} is {at}", "backdated" if earlier else "altered")
    if leaf["post"] != report.post.code:
        said.wrong(f"it is by {report.post.code}, in the log {leaf['post']}")
    if report.danger != bool(first.fields.get("danger")):
        said.wrong("whether life is in danger is not as it was written")
    counted, key = packed(report.counted), bytes(first.salt_key)
    if "counted" in leaf["commit"]:
        if not binds(leaf, "counted", counted, key):
            said.wrong("what the ledger counted for it is not what was bound", "commitment")
    elif "follows" in leaf["facts"] and report.counted:
        said.wrong("numbers were added that no entry binds", "commitment")


def _promises(versions: Sequence[Version]) -> set[datetime | None]:
    """Return what may be the time of the next report: one given first, and what brought it forward.

    A later version brings it forward only while it is owed, so either may stand.
    """
    found: set[datetime | None] = set()
    for one in versions:
        text = one.fields.get("next")
        due = datetime.fromisoformat(str(text)) if text else None
        if one.number == 1:
            found = {due}
        elif due is not None and due > one.at:
            found |= {due for before in list(found) if before is None or due < before}
    return found


def _lies(said: Said, report: Report, arrivals: Sequence[Arrival], level: int | None) -> None:
    """Hold where a report lies: as many units as were above, each owing what its entries say."""
    if level is not None and sorted(one.distance for one in arrivals) != list(range(1, level + 1)):
        said.wrong(f"it lies on {len(arrivals)} desks, in the log on {level}", "missing")
    owed = {
        leaf["facts"]["of"]: leaf
        for leaf in said.of("clock.owed")
        if leaf["facts"]["deadline"] == "report.acknowledge"
    }
    for one in arrivals:
        if one.arrived_at != report.sent_at:
            early = report.sent_at is not None and one.arrived_at < report.sent_at
            detail = f"it came to {one.unit.code} at {one.arrived_at}"
            said.wrong(detail, "backdated" if early else "altered")
        leaf = owed.pop(str(one.unit_id), None)
        if (leaf["post"] if leaf else None) != code(one.post):
            said.wrong(f"{one.unit.code} has it as {code(one.post)}, in the log another")
        _acknowledged(said, one)
        _acted(said, one)
    for leaf in owed.values():
        said.wrong(f"{leaf['facts']['unit']} owes that it is acknowledged, and has it not")


def _acknowledged(said: Said, row: Arrival) -> None:
    mine = [
        leaf for leaf in said.of("report.acknowledged") if leaf["facts"]["unit"] == row.unit.code
    ]
    said.entries = [one for one in said.entries if one[2] not in mine]
    wanted: tuple[Any, ...] = (None, None, 0)
    if mine:
        wanted = (mine[0]["time"], mine[0]["post"], mine[-1]["facts"]["number"])
    at, who, number = row.acknowledged_at, code(row.acknowledged_by), row.read_version
    if not _at(at, wanted[0]):
        what = f"{row.unit.code} acknowledged it at {at}, in the log {wanted[0]}"
        said.wrong(what, _word(at, wanted[0]))
    if (who, number) != wanted[1:]:
        said.wrong(f"{who} of {row.unit.code} read version {number}, in the log {wanted[1:]}")


def _acted(said: Said, row: Arrival) -> None:
    """Hold what was done: one word for each entry, the later ones after their time."""
    mine = [leaf for leaf in said.of("report.acted") if leaf["facts"]["unit"] == row.unit.code]
    said.entries = [one for one in said.entries if one[2] not in mine]
    first = mine[0]["time"] if mine else None
    if not _at(row.acted_at, first):
        detail = f"{row.unit.code} acted at {row.acted_at}, in the log {first}"
        said.wrong(detail, _word(row.acted_at, first))
    rest, key = row.action, bytes(row.salt_key)
    for leaf in mine[:0:-1]:
        at = datetime.fromisoformat(leaf["time"])
        rest, _, word = rest.rpartition(f"\n\n{at:%Y-%m-%dT%H:%MZ}\n")
        if not binds(leaf, "text", word.encode(), key):
            said.wrong(f"what {row.unit.code} did: other words", "commitment")
    if not mine and rest:
        said.wrong(f"{row.unit.code} is said to have acted", "unlogged")
    elif mine and not binds(mine[0], "text", rest.encode(), key):
        said.wrong(f"what {row.unit.code} did: other words", "commitment")


def _at(at: datetime | None, logged: str | None) -> bool:
    return (at is None and logged is None) or bool(at and logged and same_time(logged, at))


def _word(at: datetime | None, logged: str | None) -> str:
    """Return what a time that is not the log's is: backdated, gone, without an entry, altered."""
    if at is None:
        return "missing"
    if logged is None:
        return "unlogged"
    return "backdated" if at < datetime.fromisoformat(logged) else "altered"


REPORTS = Part(
    prefix="report:",
    opens="report.sent",
    rows=lambda kind: False,  # this module holds them against their entries itself
    count=Report.objects.count,
    present=present("report:", Report.objects.exclude(sent_at=None), "number"),
    testify=lambda now: _reports(),
    derive=lambda entries: {},
)
