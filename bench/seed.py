"""Our side of a measurement, run by our own Python; each command prints one line of JSON.

    prepare --cases N     tables, an organisation, N letters with all that belongs to them
    migrate               bring kept data to this version of the tables
    due --count D         let a step of D deadlines become due now
    queries PATH          how many queries a page takes for the member of staff
    sweep                 take what is due once, timed
    sequence              extend the public log each second between the words go and settle

Every letter is sealed, entered in the ledger, indexed for search and owed by a post, as if it had
come in by the form and been accepted; only the statements that write them are fewer.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import secrets
import sys
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "huiyin.settings")

import django

django.setup()

from django.contrib.auth.models import User  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.core.management.color import no_style  # noqa: E402
from django.db import connection, transaction  # noqa: E402
from django.db.models import Max, Model  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402
from django.utils import timezone  # noqa: E402
from texts import MATTERS, letter  # noqa: E402

from huiyin.kernel.clock import actions as clock  # noqa: E402
from huiyin.kernel.clock.models import Deadline  # noqa: E402
from huiyin.kernel.ledger import actions as ledger  # noqa: E402
from huiyin.kernel.ledger.models import Entry  # noqa: E402
from huiyin.kernel.units import actions as units  # noqa: E402
from huiyin.kernel.units.models import Post, Role, Unit  # noqa: E402
from huiyin.kernel.units.queries import organisation  # noqa: E402
from huiyin.kernel.vault import codes, keys, opener  # noqa: E402
from huiyin.kernel.vault.models import SealedIdentity  # noqa: E402
from huiyin.parts.cases import sealing, search  # noqa: E402
from huiyin.parts.cases.models import Case, Category, Involvement, Step  # noqa: E402

BATCH = 5_000
SUBSIDIARIES = 8
DEPARTMENTS = 6
TEXTS = 5_000  # letters repeat after so many; each is sealed by itself all the same
PASSWORD = "measured-by-night"  # of the made-up staff of a database that is thrown away
ROLES = (
    (Role.HEAD, "负责人"),
    (Role.DEPUTY, "分管负责人"),
    (Role.HANDLER, "承办岗"),
    (Role.CLERK, "收信岗"),
)


def _people(unit: Unit, now: datetime) -> dict[str, Post]:
    posts = {}
    for role, title in ROLES:
        posts[role] = units.add_post(unit, role, title, now=now)
        user = User(username=f"{unit.code}-{role}")
        user.set_unusable_password()
        user.save()
        units.appoint(user, posts[role], now=now, starts=now - timedelta(days=900))
    return posts


def _organise(now: datetime) -> tuple[list[dict[str, Post]], list[Category]]:
    """Set up a group, its subsidiaries and their departments; return their posts."""
    keys.ensure()
    group = units.add_unit("G", "测量集团", now=now)
    top = _people(group, now)
    units.set_up("测量集团", now=now, reception=top[Role.CLERK])
    watch = units.add_unit("W", "监事会", now=now)
    units.change_organisation(now=now, independent=_people(watch, now)[Role.CLERK])
    posts = []
    for s in range(SUBSIDIARIES):
        subsidiary = units.add_unit(f"S{s}", f"第{s + 1}公司", now=now, parent=group)
        posts.append(_people(subsidiary, now))
        for d in range(DEPARTMENTS):
            department = units.add_unit(f"S{s}D{d}", f"第{d + 1}部门", now=now, parent=subsidiary)
            posts.append(_people(department, now))
    categories = [
        Category.objects.create(code=f"c{n}", name=subject[:20].format(common="报酬"))
        for n, (subject, _) in enumerate(MATTERS)
    ]
    return posts, categories


@dataclass(frozen=True)
class Prepared:
    """A text, packed once for all letters that repeat it."""

    title: str
    packed: bytes
    matter: int


def _prepared(i: int) -> Prepared:
    text = letter(i)
    packed = sealing.pack({"title": text.title, "text": text.text, "place": ""})
    return Prepared(text.title, packed, text.matter)


class Table:
    """Rows for one model, written with as few words as the database takes."""

    def __init__(self, model: type[Model], *names: str) -> None:
        fields = {field.name: field for field in model._meta.concrete_fields}
        others = [f for name, f in fields.items() if name not in names]
        self.name = model._meta.db_table
        self.columns = [fields[name].column for name in names] + [f.column for f in others]
        self.rest = tuple(
            f.get_db_prep_save(f.get_default(), connection) if f.get_default() is not None else None
            for f in others
        )
        self.rows: list[tuple[object, ...]] = []

    def add(self, *values: object) -> None:
        """One row: a value for each name, in the form that the database wants."""
        self.rows.append(values + self.rest)

    def write(self) -> None:
        """Write and forget the rows."""
        columns = ", ".join(self.columns)
        with connection.cursor() as cursor:
            if connection.vendor == "sqlite":
                places = ", ".join(["%s"] * len(self.columns))
                cursor.executemany(
                    f"INSERT INTO {self.name} ({columns}) VALUES ({places})", self.rows
                )
            else:
                with cursor.copy(f"COPY {self.name} ({columns}) FROM STDIN") as copy:
                    for row in self.rows:
                        copy.write_row(row)
        self.rows = []


class Limits:
    """The limit to answer, from the rule itself, worked out once an hour of the past."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        self._known: dict[int, tuple[object, ...]] = {}

    def answer(self, hours_ago: int, post: Post) -> tuple[object, ...]:
        """Rule, start, end, warnings, explanation, calendar, step and next time, as columns."""
        if hours_ago not in self._known:
            one = clock.prepare(
                "case.answer", subject="", rule="conclude", now=self.now, post=post,
                counted_from=self.now - timedelta(hours=hours_ago),
            )  # fmt: skip
            self._known[hours_ago] = (
                one.rule, _at(one.started_at), _at(one.due_at), json.dumps(one.warn_at),
                json.dumps(one.explanation), one.calendar, one.step, _at(one.next_at),
            )  # fmt: skip
        return self._known[hours_ago]


def _at(moment: datetime | None) -> object:
    return connection.ops.adapt_datetimefield_value(moment)


def _entry(case: Case, packed: bytes, key: bytes) -> tuple[bytes, bytes]:
    """Leaf and digest of the entry ``case.filed``: what ``ledger.compose`` makes, ASCII only."""
    nonce = secrets.token_hex(16)
    leaf = json.dumps(
        {
            "v": 1,
            "kind": "case.filed",
            "time": case.received_at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "post": None,
            "subject": case.ref,
            "nonce": nonce,
            "facts": {"channel": "web"},
            "commit": {"text": ledger.commitment(ledger.salt(key, nonce, "text"), packed)},
        },
        sort_keys=True,
        separators=(",", ":"),
    ).encode()
    return leaf, ledger.leaf_hash(leaf)


def _fill(cases: int, now: datetime) -> None:
    posts, categories = _organise(now)
    limits, ring, dice = Limits(now), keys.ring(), random.Random(7)
    texts = [_prepared(i) for i in range(min(TEXTS, cases))]
    # Never opened here, so all hold the same seal: rows and indexes are as in life.
    wrapped, sealed = opener.close(
        ring.identity_public[ring.identity_version], "case:MEASURED", {"name": "测量人"}
    )
    first_entry = 1 + (Entry.objects.aggregate(Max("pk"))["pk__max"] or 0)
    case_rows = Table(
        Case, "id", "locator", "secret_hash", "received_at", "accepted_at", "channel", "naming",
        "category", "stage", "unit", "owner", "steps_count", "next_due_at", "text_key",
        "key_version", "title",
    )  # fmt: skip
    entries = Table(Entry, "id", "kind", "subject", "at", "leaf", "digest")
    steps = Table(
        Step, "id", "case", "number", "kind", "at", "by", "post", "body", "facts", "entry"
    )
    owed = Table(
        Deadline, "id", "kind", "subject", "post", "rule", "started_at", "due_at", "warn_at",
        "explanation", "calendar", "step", "next_at",
    )  # fmt: skip
    involved = Table(Involvement, "id", "case", "post", "capacity", "started_at")
    identities = Table(
        SealedIdentity, "id", "subject", "wrapped_key", "key_version", "sealed", "created_at"
    )
    for i in range(cases):
        pk, text = i + 1, texts[i % len(texts)]
        owner = posts[dice.randrange(len(posts))][Role.HANDLER]
        # The oldest letters came first, as in life: from 40 days ago to an hour ago.
        hours = 1 + (40 * 24 * (cases - i)) // cases
        code = codes.ReceiptCode(_locator(i), "0" * codes.SECRET_SYMBOLS)
        case = Case(
            locator=code.locator, received_at=now - timedelta(hours=hours, seconds=i % 3600)
        )
        key = sealing.new_text_key(case)
        received, limit = _at(case.received_at), limits.answer(hours, owner)
        named = i % 2 == 0
        case_rows.add(
            pk, case.locator, codes.hash_secret(ring.pepper, code), received, received, "web",
            "named" if named else "anonymous", categories[text.matter].pk, "accepted",
            owner.unit_id, owner.pk, 2, limit[2], case.text_key, case.key_version,
            sealing.seal_title(case, text.title, key),
        )  # fmt: skip
        entries.add(
            first_entry + i, "case.filed", case.ref, received, *_entry(case, text.packed, key)
        )
        steps.add(
            2 * pk - 1, pk, 1, "filed", received, "writer", None,
            sealing.seal(case, "1", text.packed, key), '{"channel": "web"}', first_entry + i,
        )  # fmt: skip
        steps.add(2 * pk, pk, 2, "accepted", received, "post", owner.pk, None, "{}", None)
        owed.add(pk, "case.answer", case.ref, owner.pk, *limit)
        involved.add(pk, pk, owner.pk, "owner", received)
        if named:
            identities.add(pk, case.ref, wrapped, ring.identity_version, sealed, received)
        if pk % BATCH == 0 or pk == cases:
            with transaction.atomic():
                for table in (entries, case_rows, steps, owed, involved, identities):
                    table.write()
            if pk % (20 * BATCH) == 0:
                print(f"{pk:,} letters", file=sys.stderr, flush=True)
    for segment in range(cases // search.SPAN + 1):
        search.rebuild(segment)
    if connection.vendor == "postgresql":
        models = [Case, Entry, Step, Deadline, Involvement, SealedIdentity]
        with connection.cursor() as cursor:
            for statement in connection.ops.sequence_reset_sql(no_style(), models):
                cursor.execute(statement)


def _locator(i: int) -> str:
    """A locator for letter ``i``: distinct, spread over the index as random ones are."""
    mixed = (i * 0x9E3779B97F + 0x5851F42D) % (1 << 40)
    return "".join([codes.ALPHABET[mixed >> place & 31] for place in range(0, 40, 5)])


def _clerk() -> User:
    post = organisation().reception
    assert post is not None
    return User.objects.get(tenures__post=post)


def prepare(cases: int) -> dict[str, object]:
    """Create everything that the measurements read."""
    call_command("migrate", verbosity=0)
    _fill(cases, timezone.now())
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    client = Client()
    client.force_login(_clerk(), backend="django.contrib.auth.backends.ModelBackend")
    return {"session": str(client.session.session_key), "cases": Case.objects.count()}


def due(count: int) -> dict[str, object]:
    """Let ``count`` deadlines, spread over all posts, end a minute ago: their next step is due."""
    now = timezone.now()
    everything = Deadline.objects.filter(next_at__gt=now).count()
    chosen = list(
        Deadline.objects.filter(next_at__gt=now).order_by("pk").values_list("pk", flat=True)
    )[:: max(1, everything // count)][:count]
    for start in range(0, len(chosen), 500):
        some = list(Deadline.objects.filter(pk__in=chosen[start : start + 500]))
        for one in some:
            moved = now - timedelta(minutes=1) - one.due_at
            one.started_at, one.due_at = one.started_at + moved, one.due_at + moved
            one.warn_at = [(datetime.fromisoformat(w) + moved).isoformat() for w in one.warn_at]
            one.step, one.next_at = len(one.warn_at), one.due_at
        Deadline.objects.bulk_update(
            some, ["started_at", "due_at", "warn_at", "step", "next_at"], batch_size=100
        )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return {"due": len(chosen), "open": Deadline.objects.filter(state="open").count()}


def sweep() -> dict[str, object]:
    """Run one sweep over what is due, timed without start-up."""
    from huiyin.kernel.clock.sweep import sweep as take
    from huiyin.wiring import DEADLINE_HANDLERS as HANDLERS

    now = timezone.now()
    began = time.perf_counter()
    done = take(now, HANDLERS)
    seconds = time.perf_counter() - began
    if not done.late:
        raise SystemExit("nothing was due")
    return {
        "deadlines": done.late, "steps": done.total, "seconds": seconds,
        "rate": done.late / seconds, "megabytes": _peak(),
    }  # fmt: skip


def _peak() -> float:
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def sequence() -> None:
    """Extend the log each second from the word "go" on; answer each word with one line of JSON.

    "settle" publishes what waits and rests. The answer holds the processor seconds used so far, and
    since the word before: how many entries were published, and the seconds of the longest round.
    """
    import select

    from huiyin.kernel.ledger import sequencer, signing

    signing.ensure()
    going, published, longest = False, 0, 0.0
    while True:
        if going:
            began = time.perf_counter()
            published += sequencer.round_now(timezone.now())
            longest = max(longest, time.perf_counter() - began)
        if not select.select([sys.stdin], [], [], 1.0)[0]:
            continue
        word = sys.stdin.readline().strip()
        if not word:
            return
        if word == "settle":
            published += sequencer.round_now(timezone.now())
        going = word == "go"
        said = {"cpu": time.process_time(), "published": published, "longest": longest}
        print(json.dumps(said), flush=True)
        published, longest = 0, 0.0


def queries(path: str) -> dict[str, object]:
    """Count the queries of a page, once its caches are warm."""
    client = Client()
    client.force_login(_clerk(), backend="django.contrib.auth.backends.ModelBackend")
    client.get(path)
    with CaptureQueriesContext(connection) as seen:
        response = client.get(path)
    if response.status_code != 200:
        raise SystemExit(f"{path}: {response.status_code}")
    return {"queries": len(seen), "statements": [q["sql"][:160] for q in seen]}


def main() -> None:
    """Parse, do one thing, print it."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("prepare").add_argument("--cases", type=int, required=True)
    commands.add_parser("migrate")
    commands.add_parser("due").add_argument("--count", type=int, required=True)
    commands.add_parser("queries").add_argument("path")
    commands.add_parser("sweep")
    commands.add_parser("sequence")
    given = parser.parse_args()
    if given.command == "prepare":
        print(json.dumps(prepare(given.cases)))
    elif given.command == "migrate":
        call_command("migrate", verbosity=0)
        print("{}")
    elif given.command == "due":
        print(json.dumps(due(given.count)))
    elif given.command == "queries":
        print(json.dumps(queries(given.path)))
    elif given.command == "sequence":
        sequence()
    else:
        print(json.dumps(sweep()))


if __name__ == "__main__":
    main()
