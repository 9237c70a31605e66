"""The only reader of letters: rights inside, and one refusal for "absent" and "not yours"."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Q, QuerySet

from huiyin.kernel.clock import queries as clock
from huiyin.kernel.clock.models import Deadline
from huiyin.kernel.clock.policy import policy
from huiyin.kernel.statements import Statement
from huiyin.kernel.units.actions import Acting
from huiyin.kernel.units.models import OVERSEEING, Organisation, Post, Role, Tenure, Unit
from huiyin.kernel.units.queries import NoOrganisation, below, line_of, organisation, tops
from huiyin.kernel.vault import codes
from huiyin.kernel.vault.keys import ring
from huiyin.parts.cases import places, rules, sealing, search, words
from huiyin.parts.cases.conflict import barred_by, is_barred
from huiyin.parts.cases.models import Case, Extension, Involvement, Remedy, Step
from huiyin.parts.cases.rules import Who


class CaseNotFound(LookupError):
    """There is no such letter, or it is none of the asker's business: nobody can tell which."""


def _of_units(units: set[int]) -> tuple[Q, Q]:
    """Return the conditions of which a letter that complains of one of these units meets one."""
    heads = Q(complained_post__role=Role.HEAD, complained_post__unit_id__in=units)
    return Q(conflict_unit_id__in=units), heads


@dataclass
class Bar:
    """What bars one person: posts ever held, units of now and above, and those left, until when.

    With `until` only letters that came by then are barred: since whoever they complain of has made
    the person what they are only afterwards. Who complains of a head complains of the unit.
    """

    until: datetime | None = None
    posts: set[int] = field(default_factory=set)
    units: set[int] = field(default_factory=set)
    left: dict[datetime, set[int]] = field(default_factory=dict)

    def add(self, post: int, ends: datetime | None, unit: int, now: datetime) -> None:
        """Take in a post that the person holds or held, and one unit that it stands in or below."""
        self.posts.add(post)
        if ends is None or ends > now:
            self.units.add(unit)
        else:
            self.left.setdefault(ends, set()).add(unit)

    def reaches(self, at: datetime, maker: "Bar | None") -> bool:
        """Whether who made the person at that time bars letters that they do not bar yet."""
        if maker is None:
            return True
        return maker.until is not None and maker.until < min(at, self.until or at)

    def holds(self, case: Case) -> bool:
        """Whether the letter complains of the person."""
        if self.until is not None and case.received_at > self.until:
            return False
        if case.complained_post_id in self.posts:
            return True
        out = tops(barred_by(case))
        return bool(out & self.units) or any(
            out & units and case.received_at < ends for ends, units in self.left.items()
        )

    def conditions(self) -> Iterator[Q]:
        """Yield the conditions of which each letter that complains of the person meets one."""
        yield Q(complained_post_id__in=self.posts)
        yield from _of_units(self.units)
        for ends, units in self.left.items():
            if not units <= self.units:
                yield from (one & Q(received_at__lt=ends) for one in _of_units(units))

    def letters(self) -> Q:
        """Return the condition for letters that complain of the person."""
        barred = reduce(or_, self.conditions())
        return barred if self.until is None else Q(received_at__lte=self.until) & barred


@dataclass
class Scope:
    """What a post may see now: worked out once for a request."""

    acting: Acting
    now: datetime
    lines: list[int] = field(default_factory=list)
    own: Bar = field(default_factory=Bar)
    makers: list[Bar] = field(default_factory=list)

    def __post_init__(self) -> None:
        mine, user = self.acting.post.unit_id, self.acting.user.pk
        bars: dict[int, Bar] = {user: self.own}
        line: dict[int, int] = {}
        unread = {user}
        while unread:  # the user, who appointed them or opened their account, who did that to those
            rows = list(_held(tuple(unread), self.now))
            unread = set()
            for person, post, ends, unit, ancestor, distance, *makers in rows:
                bars[person].add(post, ends, ancestor, self.now)
                if unit == mine and person == user:
                    line[distance] = ancestor
                for maker, at in zip(makers[::2], makers[1::2], strict=True):
                    if maker is not None and bars[person].reaches(at, bars.get(maker)):
                        bars[maker] = Bar(min(at, bars[person].until or at))
                        unread.add(maker)
        self.lines = [line[distance] for distance in sorted(line)] or line_of(mine)
        self.own.units.update(self.lines)
        self.makers = [bar for person, bar in bars.items() if person != user]

    def barred(self, case: Case) -> bool:
        """Whether the letter complains of the user: see `unbarred`."""
        return self.own.holds(case) or any(bar.holds(case) for bar in self.makers)

    @property
    def oversees(self) -> bool:
        """Whether the post sees all letters of its unit and those below."""
        return self.acting.post.role in OVERSEEING

    def unbarred(self, cases: QuerySet[Case]) -> QuerySet[Case]:
        """Leave out letters that complain of the user's unit, of one above it, or of a post held.

        The bar is on the person in any of their posts, not only on the post they act for now; a
        post that they held once, and a unit that they left after the letter came, count as well.
        So does whom the letter complains of where it is they who appointed the user since.
        """
        for condition in self.own.conditions():
            cases = cases.exclude(condition)
        for bar in self.makers:
            cases = cases.exclude(bar.letters())
        return cases

    def mine(self) -> QuerySet[Case]:
        """Return the letters that the post owns."""
        return self.unbarred(Case.objects.filter(owner=self.acting.post))

    def involved(self) -> QuerySet[Case]:
        """Return the letters in which the post helps, decides or reviews."""
        theirs = Involvement.objects.filter(post=self.acting.post, ended_at__isnull=True)
        return self.unbarred(Case.objects.filter(pk__in=theirs.values("case_id")))

    def overseen(self, subtree: bool = True) -> QuerySet[Case]:
        """Return the letters of the post's unit, with those below it; none without oversight."""
        if not self.oversees:
            return Case.objects.none()
        if not subtree:
            cases = Case.objects.filter(unit_id=self.acting.post.unit_id)
        else:
            cases = Case.objects.filter(self._under())
        return self.unbarred(cases)

    def _under(self) -> Q:
        mine = below(self.acting.post.unit_id)
        if len(self.lines) == 1:
            # A root: nearly everything is below it, so leaving out what stands beside it (a
            # supervisory board, say) costs less than asking for each unit below.
            beside = list(Unit.objects.exclude(pk__in=mine).values_list("pk", flat=True)[:51])
            if not beside:
                return Q()
            if len(beside) <= 50:
                return ~Q(unit_id__in=beside)
        return Q(unit_id__in=mine)

    def visible(self) -> QuerySet[Case]:
        """Return every letter that the post may see."""
        under = self._under() if self.oversees else None
        if under == Q():
            return self.unbarred(Case.objects.all())
        own = Q(owner=self.acting.post) | Q(
            pk__in=Involvement.objects.filter(post=self.acting.post, ended_at__isnull=True).values(
                "case_id"
            )
        )
        if under is not None:
            own |= under
        return self.unbarred(Case.objects.filter(own))


@Statement
def _held(users: tuple[int, ...], now: datetime) -> QuerySet[Tenure, tuple[Any, ...]]:
    """Return the posts that each user holds or held, until when, with each unit above them."""
    return Tenure.objects.filter(user_id__in=users, starts__lte=now).values_list(
        "user_id", "post_id", "ends", "post__unit_id",
        "post__unit__lineage__ancestor_id", "post__unit__lineage__distance",
        "appointed_by_id", "appointed_at",
        "user__invitation__made_by_id", "user__invitation__made_at",
    )  # fmt: skip


@Statement
def _capacities(case_id: int, post_id: int) -> QuerySet[Involvement, str]:
    found = Involvement.objects.filter(case=case_id, post=post_id, ended_at__isnull=True)
    return found.values_list("capacity", flat=True)


def relations(case: Case, scope: Scope) -> set[Who]:
    """Return how the acting post stands to the letter; empty when it may not see it."""
    post = scope.acting.post
    if scope.barred(case):
        return set()
    found: set[Who] = set()
    if case.owner_id == post.pk:
        found |= {Who.OWNER, Who.OPENER}
    above = line_of(case.unit_id)
    if post.role in OVERSEEING and post.unit_id in above:
        found.add(Who.RECEPTION)
        if post.role in {Role.HEAD, Role.DEPUTY} and _above(post, case.owner):
            found.add(Who.SUPERIOR)
    for capacity in _capacities(case.pk, post.pk):
        match capacity:
            case Involvement.Capacity.HELPER:
                found.add(Who.HELPER)
            case Involvement.Capacity.ARBITER:
                found.add(Who.ARBITER)
            case Involvement.Capacity.REVIEWER:
                found |= {Who.REVIEWER, Who.OPENER}
    return found


def _above(post: Post, owner: Post) -> bool:
    """Whether the post may decide above the owner: never the owner itself, nor an equal."""
    if post.pk == owner.pk:
        return False
    if post.unit_id != owner.unit_id:
        return owner.unit_id != post.unit_id
    rank = {Role.HEAD: 2, Role.DEPUTY: 1}
    return rank.get(Role(post.role), 0) > rank.get(Role(owner.role), 0)


def _lock(locator: str) -> None:
    """Lock the letter's row by itself, to be read afterwards.

    PostgreSQL drops a joined row that it waited for when the join's column has changed meanwhile: a
    letter forwarded by somebody else would seem not to exist.
    """
    _locked(locator)


@Statement
def _locked(locator: str) -> QuerySet[Case, int]:
    return Case.objects.select_for_update().filter(locator=locator).values_list("pk", flat=True)


@Statement
def _located(locator: str) -> QuerySet[Case]:
    cases = Case.objects.filter(locator=locator)
    return cases.select_related("owner__unit", "unit", "category", "conflict_unit")


def access_case(
    acting: Acting, locator: str, now: datetime, *, lock: bool = False
) -> tuple[Case, set[Who]]:
    """Return the letter and the post's relations to it; raise CaseNotFound."""
    if lock:
        _lock(locator)
    case = _located.first(locator)
    if case is None:
        raise CaseNotFound
    found = relations(case, Scope(acting, now))
    if not found:
        raise CaseNotFound
    return case, found


def case_of_code(text: str) -> Case:
    """Return the letter that a receipt code opens; raise CaseNotFound.

    An unknown locator, a wrong secret and a malformed code take the same path: one look-up, one
    keyed hash, one constant-time comparison.
    """
    try:
        code = codes.parse(text)
    except codes.BadCode:
        code = codes.new_code()
    case = Case.objects.select_related("unit", "owner__unit").filter(locator=code.locator).first()
    pepper = ring().pepper
    wanted = bytes(case.secret_hash) if case else codes.nothing(pepper)
    if not codes.same(codes.hash_secret(pepper, code), wanted) or case is None:
        raise CaseNotFound
    return case


def case_for_writer(locator: str, *, lock: bool = False) -> Case:
    """Return the letter of somebody whose receipt code was checked before; raise CaseNotFound."""
    cases = Case.objects.select_related("unit", "owner__unit", "category")
    if lock:
        _lock(locator)
    case = cases.filter(locator=locator).first()
    if case is None:
        raise CaseNotFound
    return case


@dataclass(frozen=True)
class Told:
    """One step of the story, opened for a reader."""

    step: Step
    body: dict[str, Any]


def story(case: Case, *, for_writer: bool) -> list[Told]:
    """Return the steps in order; the writer's view leaves out what is internal."""
    steps = case.steps.select_related("post__unit", "entry").order_by("number")
    if for_writer:
        steps = steps.filter(shown=True)
    key = sealing.text_key(case) if case.text_key is not None else None
    return [Told(step, sealing.body(case, step, key)) for step in steps]


def deadlines(case: Case) -> list[Deadline]:
    """Return all deadlines of the letter in the order of their time."""
    return list(
        Deadline.objects.filter(subject=case.ref)
        .select_related("post__unit")
        .order_by("due_at", "id")
    )


@dataclass(frozen=True)
class Row:
    """A line of a worklist."""

    case: Case
    title: str
    deadline: Deadline | None = None


@dataclass(frozen=True)
class Page:
    """A page of a list; `after` is the cursor of the next page, empty on the last."""

    rows: list[Row]
    after: str = ""


SIZE = 50
READ_AT_LEAST = 20  # letters that a search opens at once
COLUMNS = ("unit", "owner", "category")


def owed(acting: Acting, now: datetime, after: str = "", size: int = SIZE) -> Page:
    """Return what the post owes, in order of due time: the first page that staff see.

    An `after` that is no place in the list counts as absent, here and in the worklist.
    Deadlines and the letters they are about come in two queries whatever the number of letters.
    """
    scope = Scope(acting, now)
    open_ones = (
        Deadline.objects.filter(
            post=acting.post, state=Deadline.State.OPEN, subject__startswith="case:"
        )
        .exclude(avoid_unit_id__in=scope.own.units)
        .exclude(avoid_post_id__in=scope.own.posts)
    )
    if place := places.due(after):
        when, pk = place
        open_ones = open_ones.filter(Q(due_at__gt=when) | Q(due_at=when, pk__gt=pk))
    found = list(open_ones.order_by("due_at", "id")[: size + 1])
    refs = [one.subject.removeprefix("case:") for one in found]
    cases = {
        case.ref: case
        for case in scope.unbarred(Case.objects.filter(locator__in=refs).select_related(*COLUMNS))
    }
    rows = [
        Row(cases[one.subject], sealing.listed_title(cases[one.subject]), one)
        for one in found[:size]
        if one.subject in cases
    ]
    last = found[size - 1] if len(found) > size else None
    return Page(rows, f"{last.due_at.isoformat()}_{last.pk}" if last else "")


def untaken(acting: Acting, now: datetime) -> list[Row]:
    """Return what is owed of which a warning or escalation reached nobody, soonest first."""
    scope = Scope(acting, now)
    lost = (
        clock.untaken()
        .filter(subject__startswith="case:")
        .exclude(avoid_unit_id__in=scope.own.units)
        .exclude(avoid_post_id__in=scope.own.posts)
        .select_related("post__unit")[:20]
    )
    found = {f"case:{case.locator}": case for case in scope.overseen().filter(
        locator__in=[one.subject.removeprefix("case:") for one in lost]
    )}  # fmt: skip
    return [
        Row(found[one.subject], sealing.listed_title(found[one.subject]), one)
        for one in lost
        if one.subject in found
    ]


@dataclass(frozen=True)
class Filter:
    """What a worklist shows. `view`: unit, mine, involved; `order`: due or newest."""

    view: str = "unit"
    stage: str = ""
    category: int | None = None
    unit: int | None = None
    late: bool = False
    danger: bool = False
    words: str = ""
    order: str = "due"
    after: str = ""


def worklist(acting: Acting, wanted: Filter, now: datetime, size: int = SIZE) -> Page:
    """Return a page of letters that the post may see, filtered; without words at most five queries."""
    scope = Scope(acting, now)
    whole = scope.visible if wanted.words.strip() else scope.overseen
    views = {"unit": whole, "mine": scope.mine, "involved": scope.involved}
    cases = views.get(wanted.view, scope.mine)()
    if wanted.stage:
        cases = cases.filter(stage=wanted.stage)
    if wanted.category:
        cases = cases.filter(category_id=wanted.category)
    if wanted.unit:
        cases = cases.filter(unit_id__in=below(wanted.unit))
    if wanted.danger:
        cases = cases.filter(danger=True)
    if wanted.late:
        cases = cases.filter(next_due_at__lte=now)
    last_pk = places.newest(wanted.after)
    if wanted.words.strip():
        return _holding(cases, words.needles(wanted.words), last_pk, size)
    newest = wanted.order == "newest"
    if newest:
        if last_pk is not None:
            cases = cases.filter(pk__lt=last_pk)
        cases = cases.order_by("-pk")
    else:
        cases = cases.filter(next_due_at__isnull=False)
        if place := places.due(wanted.after):
            when, pk = place
            cases = cases.filter(next_due_at__gte=when).filter(
                Q(next_due_at__gt=when) | Q(pk__gt=pk)
            )
        cases = cases.order_by("next_due_at", "pk")
    found = list(cases.select_related(*COLUMNS)[: size + 1])
    rows = [Row(case, sealing.listed_title(case)) for case in found[:size]]
    after = ""
    if len(found) > size:
        last = found[size - 1]
        after = str(last.pk) if newest else f"{last.next_due_at.isoformat()}_{last.pk}"  # type: ignore[union-attr]
    return Page(rows, after)


def _holding(cases: QuerySet[Case], needles: list[str], before: int | None, size: int) -> Page:
    """Return the newest of the letters that hold every needle, with ids under `before`."""
    hits: list[tuple[Case, bytes]] = []
    for ids in search.candidates(needles, size, before) if needles else ():
        left = ids
        while left and len(hits) <= size:
            asked = max(READ_AT_LEAST, size + 1 - len(hits))
            some = list(search.among(cases, left).select_related(*COLUMNS).order_by("-pk")[:asked])
            hits += search.holding(some, needles)
            left = [pk for pk in left if pk < some[-1].pk] if len(some) == asked else []
        if len(hits) > size:
            break
    rows = [Row(case, sealing.title(case, key)) for case, key in hits[:size]]
    return Page(rows, str(hits[size - 1][0].pk) if len(hits) > size else "")


def moves(case: Case, found: set[Who]) -> list[str]:
    """Return what the reader may do with the letter now."""
    possible = rules.possible(case.stage, found)
    if "ask_review" in possible and not rules.review_level(case.stage, case.level):
        possible.remove("ask_review")
    if Who.WRITER in found and case.code_shared:
        return [move for move in possible if move not in rules.OF_OWN_CODE]
    return [move for move in possible if move != "renew_code"]


@dataclass(frozen=True)
class Promised:
    """A promised remedy, opened for a reader."""

    remedy: Remedy
    text: str


def remedies(case: Case) -> list[Promised]:
    """Return what was promised in the letter, in order."""
    key = sealing.text_key(case) if case.text_key is not None else None
    return [
        Promised(
            one,
            sealing.unseal(case, f"remedy {one.number}", one.text, key).decode()
            if key
            else sealing.ERASED,
        )
        for one in case.remedies.select_related("post__unit").order_by("number")
    ]


def helpers(case: Case) -> list[Post]:
    """Return the posts that help with the letter now."""
    return [
        one.post
        for one in case.involvements.filter(
            capacity=Involvement.Capacity.HELPER, ended_at__isnull=True
        ).select_related("post__unit")
    ]


def extension_reason(case: Case, extension: Extension) -> str:
    """Return why an extension was asked for."""
    if case.text_key is None:
        return sealing.ERASED
    packed = json.loads(sealing.unseal(case, "extension", extension.reason))
    return str(packed["text"])


def offers(case: Case, found: set[Who], acting: Acting, owing: list[Deadline]) -> list[str]:
    """Return the moves that have something to act on now, for the buttons of a page.

    `owing` is what `deadlines` returned. The action has the last word; this only leaves out what
    it would refuse at once. "categorise" goes with the right to forward.
    """
    possible = moves(case, found)
    running = {one.kind for one in owing if one.state == Deadline.State.OPEN}
    hearing = case.hearings.filter(held_at__isnull=True).exists()
    extensions = list(case.extensions.all())
    asked = any(one.decided_at is None for one in extensions)
    remedies = case.remedies.filter(state__in=(Remedy.State.PROMISED, Remedy.State.DISPUTED))
    mine = remedies if case.owner_id == acting.post.pk else remedies.filter(post=acting.post)
    keep = {
        "object": "case.object" in running,
        "set_hearing": not hearing,
        "hold_hearing": hearing,
        "answer": not hearing,
        "ask_extension": not asked and not any(one.granted for one in extensions),
        "decide_extension": asked,
        "report_remedy": "report_remedy" in possible and mine.exists(),
        "excuse": bool(excusable(owing)),
        "open_identity": case.naming != Case.Naming.ANONYMOUS and case.erased_at is None,
        "forward": Who.RECEPTION in found,
    }
    if case.erased_at is not None:
        return []
    offered = [move for move in possible if keep.get(move, True)]
    if "forward" in offered:
        offered.insert(0, "categorise")
    return offered


def excusable(owing: list[Deadline]) -> list[Deadline]:
    """Return the open deadlines that the law does not owe to the writer."""
    in_force = policy()
    return [
        one
        for one in owing
        if one.state == Deadline.State.OPEN
        and one.post_id is not None
        and one.kind != "case.hearing"
        and (not one.rule or in_force.rule(one.rule).source != "law")
    ]


def reception_for(case: Case, now: datetime) -> Post:
    """Return the post that receives a new letter: the reception, or the independent post (in a
    unit outside the tree, a supervisory board say) when the reception itself is complained of.

    A letter that complains of both is taken all the same: it lies with a post that never sees it,
    until an independent one is named. Raises NoOrganisation where there is no reception.
    """
    mine: Organisation = organisation()
    named = [post for post in (mine.reception, mine.independent) if post is not None]
    if not named:
        raise NoOrganisation("no post receives letters: name the reception first")
    return next((post for post in named if not is_barred(case, post, now)), named[-1])


def lies_with_nobody(case: Case, now: datetime) -> bool:
    """Whether nobody here may handle the letter: it complains of the post that it lies with."""
    return is_barred(case, case.owner, now)
