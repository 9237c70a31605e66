"""What the tables of units and posts say, for the auditor: a post slipped in is a way to letters."""

from collections import defaultdict
from collections.abc import Iterator, Mapping

from django.db.models import Count

from huiyin.kernel.ledger.subjects import present
from huiyin.kernel.ledger.testimony import (
    Derived,
    Entries,
    Part,
    Problem,
    Testimony,
    Value,
)
from huiyin.kernel.units import tree
from huiyin.kernel.units.models import Lineage, Post, Unit
from huiyin.kernel.units.queries import parents


def _units() -> Iterator[Testimony]:
    whole = parents()
    lines: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for unit_id, above, distance in Lineage.objects.values_list(
        "unit_id", "ancestor_id", "distance"
    ):
        lines[unit_id].append((distance, above))
    for unit in Unit.objects.select_related("parent").order_by("pk"):
        kept: Mapping[str, Value] = {
            "kept": True,
            "parent": unit.parent.code if unit.parent else None,
        }
        try:
            right = sorted(lines[unit.pk]) == list(enumerate(tree.ancestors(unit.pk, whole)))
        except tree.Cycle:
            right = False
        problems = (
            [] if right else [Problem("altered", "whom it is under is not its parents' line")]
        )
        yield Testimony(f"unit:{unit.code}", kept=kept, problems=problems)


def _posts() -> Iterator[Testimony]:
    posts = Post.objects.select_related("unit").annotate(held=Count("tenures")).order_by("pk")
    for post in posts:
        kept: Mapping[str, Value] = {
            "kept": True,
            "unit": post.unit.code,
            "role": post.role,
            "holders": post.held,
        }
        yield Testimony(f"post:{post.code}", kept=kept)


def _unit(entries: Entries) -> dict[str, Derived]:
    found: dict[str, Derived] = {}
    for number, entry in entries:
        what = entry["facts"]["what"]
        if what == "unit added":
            found["kept"] = Derived(True, number)
        if what in {"unit added", "unit moved"}:
            facts = entry["facts"]
            found["parent"] = Derived(facts.get("unit"), number, known="unit" in facts)
    return found


def _post(entries: Entries) -> dict[str, Derived]:
    found: dict[str, Derived] = {}
    held, last, sure = 0, None, True
    for number, entry in entries:
        facts = entry["facts"]
        match facts["what"]:
            case "post added":
                sure = "unit" in facts  # of the form that tells what was taken back
                found["kept"] = Derived(True, number)
                found["unit"] = Derived(facts.get("unit"), number, known=sure)
                found["role"] = Derived(facts.get("role"), number, known="role" in facts)
            case "holder appointed" | "stand-in appointed":
                held, last = held + 1, number
            case "appointment taken back":
                held, last = held - 1, number
    if found:
        found["holders"] = Derived(held, last, known=sure)
    return found


UNITS = Part(
    "unit:",
    "units.changed",
    lambda kind: False,
    Unit.objects.count,
    present("unit:", Unit.objects.all(), "code"),
    lambda now: _units(),
    _unit,
)
POSTS = Part(
    "post:",
    "units.changed",
    lambda kind: False,
    Post.objects.count,
    present("post:", Post.objects.all(), "code"),
    lambda now: _posts(),
    _post,
)
