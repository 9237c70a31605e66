"""What the tables of windows say, for the auditor: what was asked when, of whom, and what each did."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import chain

from huiyin.kernel.clock.models import UnitLimit
from huiyin.kernel.ledger.said import Leaf, Said, binds, said_of
from huiyin.kernel.ledger.subjects import present
from huiyin.kernel.ledger.testimony import Part, Testimony
from huiyin.kernel.units.models import Lineage
from huiyin.parts.reports.actions._common import packed
from huiyin.parts.reports.actions.window_units import CONFIRMS, USUAL, WHY
from huiyin.parts.reports.models import Window, WindowPost, WindowReply, WindowUnit, WindowVersion
from huiyin.parts.reports.testimony_of_incidents import held
from huiyin.parts.reports.testimony_of_marks import BATCH, code, testimony

BEGINNINGS = ("window.", "clock.owed", "clock.shortened_below", "clock.shortening_ended")
MADE, LIMIT = "特护期 (the window)", "缩短的期限 (a shortened limit)"


def _windows() -> Iterator[Testimony]:
    """Yield each window: its versions, its units with their groups, its limits, what posts say."""
    refs = []
    for one in Window.objects.select_related("unit", "made_by").order_by("pk"):
        mine = said_of([one.ref], *BEGINNINGS)[one.ref]
        new = _versions(mine, one, list(one.versions.select_related("post")))
        for kind, at in (("window.opened", one.opened_at), ("window.closed", one.closed_at)):
            if at is not None:
                mine.take_only(kind, at, f"{MADE}: {kind}", facts={"unit": one.unit.code})
        _rows(mine, one, new=new)
        for reply in one.replies.select_related("post__unit").order_by("pk"):
            _reply(mine, reply)
        _limits(mine, one.ref)
        mine.missing(
            "window.made", "window.changed", "window.opened", "window.closed", "window.replied"
        )
        refs.append(one.ref)
        yield testimony(one.ref, mine)
    foreign = UnitLimit.objects.exclude(subject__in=refs).values_list("subject", flat=True)
    for ref in foreign.distinct().order_by("subject"):
        nothing = Said([])
        nothing.wrong(f"{LIMIT}: of no window", "unlogged")
        yield testimony(ref, nothing)


def _versions(said: Said, window: Window, versions: Sequence[WindowVersion]) -> bool:
    """Hold what the window asked for from when on; return whether its entries bind its title, too."""
    if not versions or [one.number for one in versions] != list(range(1, len(versions) + 1)):
        said.wrong(f"{MADE}: its versions are not numbered from 1 on without a gap")
        return False
    new = False
    for one in versions:
        key, first = bytes(one.salt_key), one.number == 1
        facts: dict[str, object] = {"due": one.last_day.isoformat()}
        if first:
            facts |= {"unit": window.unit.code, "began": window.first_day.isoformat()}
        else:
            facts["number"] = one.number
        asked = packed({"last_day": one.last_day.isoformat(), "settings": one.settings})
        leaf = said.take_by_hash(
            "window.made" if first else "window.changed", bytes(one.entry_digest), one.at,
            f"{MADE}, {one.number}", facts=facts, bound=("settings", asked, key),
            post=code(one.post),
        )  # fmt: skip
        if first and leaf is not None:
            new = "title" in leaf["commit"]
            if new and not binds(leaf, "title", window.title.encode(), key):
                said.wrong(f"{MADE}: another title", "commitment")
    last, made = versions[-1], versions[0]
    if window.made_at != made.at:
        word = "backdated" if window.made_at < made.at else "altered"
        said.wrong(f"{MADE}: made_at is {window.made_at}, in the log {made.at}", word)
    held(said, MADE, "made_by", code(window.made_by), code(made.post))
    held(said, MADE, "version", window.version, last.number)
    held(said, MADE, "last_day", window.last_day, last.last_day)
    held(said, MADE, "settings", window.settings, last.settings)
    return new


def _rows(said: Said, window: Window, *, new: bool) -> None:
    """Hold each unit's row: what it was told, who answers in it, what it confirmed."""
    by_unit: dict[str, list[Leaf]] = defaultdict(list)
    for _, _, leaf in said.entries:
        if leaf["kind"] in {"window.told", "window.named", "window.confirmed"}:
            by_unit[leaf["facts"]["unit"]].append(leaf)
    owing = {
        leaf["facts"]["of"] for leaf in said.of("clock.owed") if leaf["facts"]["deadline"] in WHY
    }
    below = set(Lineage.objects.filter(ancestor=window.unit_id).values_list("unit", flat=True))
    rows = window.rows.select_related("unit", "line_tested_by", "exercised_by")
    for row in rows.prefetch_related("group__post").order_by("pk").iterator(chunk_size=BATCH):
        mine = by_unit.pop(row.unit.code, [])
        owing.discard(str(row.unit_id))
        _told(said, row, mine, new=new, below=below)
        _group(said, row, mine)
        _confirmed(said, row, mine)
    for unit in by_unit:
        said.wrong(f"{unit}: 特护期中没有该单位 (nothing is kept of it in the window)", "missing")
    for pk in sorted(owing):
        said.wrong(f"unit {pk} owes something, and is not in the window", "missing")


def _told(said: Said, row: WindowUnit, mine: Sequence[Leaf], *, new: bool, below: set[int]) -> None:
    told = [leaf["facts"]["number"] for leaf in mine if leaf["kind"] == "window.told"]
    if told or new:
        held(
            said,
            f"{row.unit.code}: 已告知版本 (version told)",
            "told",
            row.told,
            max(told, default=0),
        )
    if not mine and new and row.unit_id not in below:
        said.wrong(
            f"{row.unit.code}: 不在特护期范围 (it is not below the window's unit)", "unlogged"
        )


def _group(said: Said, row: WindowUnit, mine: Sequence[Leaf]) -> None:
    """Hold who answers in a unit: as last named or told, else the posts that usually do."""
    what = f"{row.unit.code}: 专班 (leading group)"
    posts = {one.duty: one.post for one in row.group.all()}
    named = [leaf for leaf in mine if leaf["kind"] in {"window.told", "window.named"}]
    logged = [leaf["facts"] for leaf in named if "overall" in leaf["facts"]]
    if logged and "overall" in named[-1]["facts"]:
        for duty in WindowPost.Duty.values:
            held(said, what, duty, code(posts.get(duty)), logged[-1][duty])
        for duty in posts.keys() - set(WindowPost.Duty.values):
            said.wrong(f"{what}: {duty}", "unlogged")
    elif not named:
        for duty, post in posts.items():
            if (post.unit_id, post.role) != (row.unit_id, USUAL.get(duty)):
                said.wrong(f"{what}: {duty} is {post.code}, which nobody named", "unlogged")


def _confirmed(said: Said, row: WindowUnit, mine: Sequence[Leaf]) -> None:
    for what, (_, on, by) in CONFIRMS.items():
        found = [
            leaf
            for leaf in mine
            if leaf["kind"] == "window.confirmed" and leaf["facts"]["what"] == what
        ]
        day, post = getattr(row, on), code(getattr(row, by))
        wanted = (found[-1]["facts"]["on"], found[-1]["post"]) if found else (None, None)
        name = f"{row.unit.code}: 准备工作确认 (confirmed: {what})"
        held(said, name, on, day.isoformat() if day else None, wanted[0])
        held(said, name, by, post, wanted[1])


def _reply(said: Said, one: WindowReply) -> None:
    said.take(
        "window.replied", one.at, f"{code(one.post)}: 履责说明 (reply)",
        facts={"unit": one.post.unit.code},
        bound=("text", packed({"cause": one.cause, "reply": one.reply}), bytes(one.salt_key)),
        post=code(one.post),
    )  # fmt: skip


def _limits(said: Said, ref: str) -> None:
    """Hold the limits that the window shortened, from when until when."""
    logged: list[tuple[str, str, int, datetime, datetime]] = []
    for _, _, leaf in said.entries:
        facts = leaf["facts"]
        if leaf["kind"] == "clock.shortened_below":
            since, until = (datetime.fromisoformat(facts[name]) for name in ("began", "due"))
            logged.append((facts["unit"], facts["rule"], facts["days"], since, until))
        elif leaf["kind"] == "clock.shortening_ended":
            end = datetime.fromisoformat(facts["due"])
            logged = [(*one[:4], min(one[4], end)) for one in logged]
    rows = UnitLimit.objects.filter(subject=ref)
    kept = list(rows.values_list("unit__code", "rule", "days", "since", "until"))
    for one in list(kept):
        if one in logged:
            kept.remove(one)
            logged.remove(one)
    for word, one in chain(
        (("unlogged", one) for one in kept), (("missing", one) for one in logged)
    ):
        said.wrong(f"{LIMIT}: {one[1]} {one[2]}, {one[0]}, {one[3]} – {one[4]}", word)


WINDOWS = Part(
    prefix="window:",
    opens="window.made",
    rows=lambda kind: False,  # this module holds them against their entries itself
    count=Window.objects.count,
    present=present("window:", Window.objects.all(), "number"),
    testify=lambda now: _windows(),
    derive=lambda entries: {},
)
