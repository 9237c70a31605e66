"""No list, score, label or profile of people; no count of letters per person.

Seen to fail: with the name among the words that are indexed, and with a staff page "people/".
"""

from datetime import datetime

from django.contrib.auth.models import User
from django.db import models

from huiyin.kernel.ledger.kinds import KINDS
from huiyin.kernel.vault.models import SealedIdentity
from huiyin.parts.cases.models import Case
from huiyin.parts.cases.queries import Filter, worklist
from tests.cast import Cast
from tests.promises.schema import judging, ours, pointing_to_people, raw_rows
from tests.support.addresses import addresses

PERSON = {"name": "欧阳建国", "telephone": "13912345678", "address": "解放路十二号"}
OTHER = {"name": "司徒美玲", "telephone": "13787654321", "address": "人民路八号"}
# Where an account may be named: who holds a post or its token, and who did what with a letter.
TRACES = {
    "Tenure": {"user", "appointed_by"},  # who holds a post, and who put them there
    "Invitation": {"user", "made_by"},  # the way into a new account
    "Step": {"user"},
    "Involvement": {"user"},
    "IdentityOpening": {"user", "identity"},
    "ApiToken": {"user"},
    # Who is on duty: colleagues by their work, never those who are received or who write.
    **{key: {"user"} for key in ("Eligible", "Leave", "Wish", "Bound", "Served", "Assignment")},
    **{key: {"user"} for key in ("SignIn", "LogLine", "Check")},
    "Swap": {"giver", "taker"},
    "Absence": {"user", "replaced_by"},
    "Handover": {"given_by", "taken_by"},
    "Feed": {"user", "made_by"},
    "Version": {"user"},
}


def test_no_table_judges_counts_or_sorts_people() -> None:
    assert not judging(ours())


def test_the_check_itself_finds_a_table_that_does() -> None:
    class Writer(models.Model):
        risk_score = models.IntegerField()
        who = models.ForeignKey(User, models.CASCADE, related_name="+")

        class Meta:
            app_label = "cases"
            managed = False

    try:
        assert judging([Writer]) == ["Writer.risk_score"]
        assert pointing_to_people(Writer) == {"who"}
    finally:
        from django.apps import apps

        del apps.all_models["cases"]["writer"]
        apps.clear_cache()


def test_people_are_named_only_as_holders_of_posts_and_in_the_traces_of_what_they_did() -> None:
    found = {one.__name__: pointing_to_people(one) for one in ours() if pointing_to_people(one)}
    for name, fields in found.items():
        assert fields <= TRACES.get(name, set()), f"{name} leads to people by {fields}"


def test_a_sealed_identity_can_be_found_by_its_letter_and_by_nothing_else() -> None:
    fields = {field.name for field in SealedIdentity._meta.concrete_fields}
    assert fields == {
        "id", "subject", "wrapped_key", "key_version", "sealed", "created_at", "erase_after",
        "erased_at",
    }  # fmt: skip


def test_two_letters_of_one_person_have_nothing_in_common_that_two_of_two_people_have_not(
    cast: Cast, now: datetime
) -> None:
    letters = [
        cast.file(now, naming="named", identity=identity).case
        for identity in (PERSON, PERSON, OTHER)
    ]
    names = [
        field.name
        for field in Case._meta.concrete_fields
    ]  # fmt: skip

    def shared(one: Case, two: Case) -> set[str]:
        return {name for name in names if getattr(one, name) == getattr(two, name)}

    first, second, third = (Case.objects.get(pk=one.pk) for one in letters)
    assert shared(first, second) == shared(first, third)
    sealed = [SealedIdentity.objects.get(subject=one.ref) for one in letters]
    assert len({bytes(one.sealed) for one in sealed}) == 3
    assert len({bytes(one.sealed)[:8] for one in sealed}) == 3


def test_the_search_finds_no_letter_by_its_writer(cast: Cast, now: datetime) -> None:
    cast.file(now, naming="named", identity=PERSON)
    assert worklist(cast.clerk, Filter(words="工资"), now).rows
    for value in PERSON.values():
        assert not worklist(cast.clerk, Filter(words=value), now).rows


def test_no_address_lists_or_shows_people_who_write() -> None:
    found = addresses()
    assert any("staff/" in one for one in found)
    for one in found:
        for word in ("people", "person", "complainant", "profile", "writers", "petitioner"):
            assert word not in one.lower(), one


def test_no_kind_of_entry_in_the_ledger_has_room_for_a_person() -> None:
    allowed = {
        "channel", "unit", "due", "ground", "form", "on", "days", "level", "remedies", "number",
        "handling", "outcome", "why", "by", "deadline", "what", "rule", "rows", "working",
            "of", "began", "state", "late", "to", "paused", "role", "capacity", "items", "failed",
        "plan",  # a hash of how a time came about: rules and days
        "version", "shifts", "since", "until", "shown", "expected",  # of the service's own clock
        "follows", "minutes", "every_day",  # of reports: which one it goes on from, a time of the day
        "incident", "overall", "charge", "duty", "letters",  # its number; posts of a unit by their duty
    }  # fmt: skip
    for kind in KINDS.values():
        assert kind.facts <= allowed, kind.name


def test_the_ledger_holds_no_word_of_a_letter_and_no_writer(cast: Cast, now: datetime) -> None:
    cast.file(now, naming="named", identity=PERSON)
    rows = raw_rows()["ledger_entry"]
    leaves = b"\n".join(
        bytes(one) for row in rows for one in row if isinstance(one, bytes | memoryview)
    )
    assert b"case.filed" in leaves
    for text in (*PERSON.values(), "工资", "机械厂装配车间"):
        assert text.encode() not in leaves
        assert text.encode("unicode_escape") not in leaves
