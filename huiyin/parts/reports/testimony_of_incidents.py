"""What the tables of incidents say, for the auditor: rooms with their tasks and the lines of their logs.

Who owes a task or a review, and until when, stands in what the ledger says of their deadlines.
"""

import json
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from datetime import datetime

from huiyin.kernel.ledger.models import Entry
from huiyin.kernel.ledger.said import Leaf, Said, binds, said_of, same_time
from huiyin.kernel.ledger.subjects import present
from huiyin.kernel.ledger.testimony import Part, Testimony
from huiyin.parts.reports.actions._common import packed
from huiyin.parts.reports.actions.ending import REVIEW
from huiyin.parts.reports.actions.incidents import ENTRIES, line_bound, line_facts
from huiyin.parts.reports.actions.tasks import CHANGE, TASK
from huiyin.parts.reports.models import Incident, IncidentLine, IncidentTask, Report
from huiyin.parts.reports.testimony_of_marks import BATCH, batches, code, testimony

BEGINNINGS = ("incident.", "clock.owed")
OPENED, DOWN = "开启处置 (the opening)", "应急结束 (the stand-down)"
REVIEWED, LEADER = "复盘 (the review)", "牵头岗位 (leader)"


def _incidents() -> Iterator[Testimony]:
    """Yield each incident: how it was opened, led, ended and reviewed, its tasks and its log."""
    rows = Incident.objects.select_related(
        "unit", "leader", "stood_down_by", "review_post", "reviewed_by"
    ).order_by("pk")
    for some in batches(rows.iterator(chunk_size=BATCH)):
        said = said_of([one.ref for one in some], *BEGINNINGS)
        tasks: dict[int, list[IncidentTask]] = defaultdict(list)
        for task in IncidentTask.objects.filter(incident__in=some).select_related(
            "post", "made_by", "done_by"
        ):
            tasks[task.incident_id].append(task)
        lines: dict[int, list[IncidentLine]] = defaultdict(list)
        for line in (
            IncidentLine.objects.filter(incident__in=some)
            .select_related("post", "to", "task", "corrects")
            .order_by("pk")
        ):
            lines[line.incident_id].append(line)
        reports: dict[int, list[Report]] = defaultdict(list)
        for report in Report.objects.filter(incident__in=some, sent_at__isnull=False):
            reports[report.incident_id or 0].append(report)
        for one in some:
            mine = said[one.ref]
            for line in lines[one.pk]:
                _line(mine, line)
            _opened(mine, one, [line for line in lines[one.pk] if line.kind == "led"])
            _danger(mine, one, reports[one.pk])
            _ended(mine, one, tasks[one.pk])
            _tasks(mine, tasks[one.pk])
            mine.missing(*(leaf["kind"] for _, _, leaf in mine.entries if _is_room(leaf)))
            yield testimony(one.ref, mine)


def _is_room(leaf: Leaf) -> bool:
    return str(leaf["kind"]).startswith("incident.")


def _owed(said: Said, kinds: Collection[str], of: str) -> list[Leaf]:
    """Return what the ledger says was owed, in its order."""
    return [
        leaf
        for leaf in said.of("clock.owed")
        if leaf["facts"]["deadline"] in kinds and leaf["facts"]["of"] == of
    ]


def held(said: Said, what: str, name: str, kept: object, logged: object) -> None:
    """Report a column that is not as the log has it."""
    if kept != logged:
        said.wrong(f"{what}: {name} is {kept}, in the log {logged}")


def _opened(said: Said, one: Incident, led: Sequence[IncidentLine]) -> None:
    """Hold what the incident is, and who leads it: since its opening, or since it was handed on."""
    words = packed({"title": one.title, "place": one.place})
    leaf = said.take_only(
        "incident.opened", one.opened_at, OPENED,
        facts={"unit": one.unit.code, "what": one.kind},
        bound=("text", words, bytes(one.salt_key)),
    )  # fmt: skip
    if leaf is None:
        return
    if datetime.fromisoformat(leaf["facts"]["began"]) != one.event_at:
        held(said, OPENED, "event_at", one.event_at, leaf["facts"]["began"])
    if led or "to" in leaf["facts"]:
        wanted = code(led[-1].to) if led else leaf["facts"]["to"]
        held(said, LEADER, "leader", code(one.leader), wanted)


def _danger(said: Said, one: Incident, reports: Sequence[Report]) -> None:
    """Hold that life is in danger where an urgent report of the incident says so, and only there.

    Before entries said to which incident a report belongs, a follow-up to it left that as it was.
    """
    if all(report.number != one.number for report in reports):
        said.wrong(f"{OPENED}: 缺首报 (the report that opened it is not of it)", "missing")
    urgent = [r for r in reports if r.kind == Report.Kind.URGENT and r.danger]
    certain = [r for r in urgent if r.follows_id is None or r.number == one.number]
    if one.danger and not urgent:
        said.wrong(f"{OPENED}: danger is {one.danger}, no report says so")
    elif not one.danger and (certain or any(_names_incident(r) for r in urgent)):
        said.wrong(f"{OPENED}: danger is {one.danger}, a report says otherwise")


def _names_incident(report: Report) -> bool:
    leaf = Entry.objects.filter(subject=report.ref, kind="report.sent").first()
    return leaf is not None and "incident" in json.loads(bytes(leaf.leaf))["facts"]


def _ended(said: Said, one: Incident, tasks: Sequence[IncidentTask]) -> None:
    """Hold the stand-down with its reason, who owes the review, and what the review says."""
    key = bytes(one.salt_key)
    owed = _owed(said, (REVIEW,), "")
    held(said, DOWN, "review_post", code(one.review_post), owed[-1]["post"] if owed else None)
    if one.stood_down_at is not None:
        said.take_only(
            "incident.stood_down", one.stood_down_at, DOWN,
            bound=("reason", one.stood_down_why.encode(), key), post=code(one.stood_down_by),
        )  # fmt: skip
    elif one.stood_down_why or one.stood_down_by:
        said.wrong(DOWN, "unlogged")
    if one.reviewed_at is not None:
        said.take_only(
            "incident.reviewed", one.reviewed_at, REVIEWED,
            facts={"number": sum(task.change for task in tasks)},
            bound=("text", packed(one.review), key), post=code(one.reviewed_by),
        )  # fmt: skip
    elif one.review or one.reviewed_by:
        said.wrong(REVIEWED, "unlogged")


def _tasks(said: Said, tasks: Sequence[IncidentTask]) -> None:
    """Hold each task: who set it, who owes it until when, whether it was handed on or done."""
    if [one.number for one in tasks] != list(range(1, len(tasks) + 1)):
        said.wrong("任务编号有缺 (its tasks are not numbered from 1 on without a gap)")
    for one in tasks:
        what, key = f"任务 {one.number} (task)", bytes(one.salt_key)
        owed = _owed(said, (TASK, CHANGE), str(one.number))
        if not owed:
            said.wrong(f"{what}: nobody owes it in the log", "unlogged")
            continue
        first, last = owed[0], owed[-1]
        said.take_only(
            "incident.task", one.made_at, what, about={"number": one.number},
            bound=("text", packed({"text": one.text, "post": first["post"]}), key),
            post=code(one.made_by),
        )  # fmt: skip
        held(said, what, "change", one.change, first["facts"]["deadline"] == CHANGE)
        held(said, what, "post", code(one.post), last["post"])
        if datetime.fromisoformat(last["facts"]["due"]) != one.due_at:
            held(said, what, "due_at", one.due_at, last["facts"]["due"])
        handed = last["time"] if len(owed) > 1 else None
        if (handed is None) != (one.handed_at is None) or (
            handed and one.handed_at and not same_time(handed, one.handed_at)
        ):
            held(said, what, "handed_at", one.handed_at, handed)
        if one.done_at is not None:
            said.take_only(
                "incident.task_done", one.done_at, f"{what}: 完成 (done)",
                about={"number": one.number}, bound=("text", one.outcome.encode(), key),
                post=code(one.done_by),
            )  # fmt: skip
        elif one.outcome or one.done_by:
            said.wrong(f"{what}: 完成 (done)", "unlogged")


def _line(said: Said, one: IncidentLine) -> None:
    """Hold a line of the log by its hash: its words, what it is, to whom what went by it."""
    what, kind = "处置记录 (a line of the log)", ENTRIES.get(one.kind, "incident.logged")
    leaf = said.take_by_hash(
        kind, bytes(one.entry_digest), one.at, what, facts={}, bound=None, post=code(one.post)
    )
    if leaf is None:
        return
    old = kind == "incident.logged" and "what" not in leaf["facts"]
    words = line_bound(one.text, one.why, None if old else one.corrects)
    if not binds(leaf, "text", words, bytes(one.salt_key)):
        said.wrong(f"{what} {one.at}: other words, or another line corrected", "commitment")
    if old:
        _old_line(said, one, what)
        return
    wanted = line_facts(one.kind, one.task, one.to)
    for name in ("what", "number", "to"):
        held(said, f"{what} {one.at}", name, wanted.get(name), leaf["facts"].get(name))


def _old_line(said: Said, one: IncidentLine, what: str) -> None:
    """Hold a line whose entry says its words alone: what it handed on came to be owed just then."""
    handed = one.task is not None and any(
        same_time(leaf["time"], one.at) and leaf["post"] == code(one.to)
        for leaf in _owed(said, (TASK, CHANGE), str(one.task.number))
    )
    if handed != (one.kind == IncidentLine.Kind.HANDED) or (one.to and not handed):
        said.wrong(f"{what} {one.at}: it is {one.kind}, of task {one.task_id}, to {code(one.to)}")


INCIDENTS = Part(
    prefix="incident:",
    opens="incident.opened",
    rows=lambda kind: False,  # this module holds them against their entries itself
    count=Incident.objects.count,
    present=present("incident:", Incident.objects.all(), "number"),
    testify=lambda now: _incidents(),
    derive=lambda entries: {},
)
