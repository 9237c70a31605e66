"""A letter comes in: what is taken, what is refused, and the form sent twice."""

from datetime import datetime, timedelta

import pytest

from huiyin.kernel.clock.models import Deadline
from huiyin.kernel.given import BadInput
from huiyin.kernel.ledger.models import Entry
from huiyin.kernel.notices.models import Notice
from huiyin.kernel.units.actions import release
from huiyin.kernel.vault.models import SealedIdentity
from huiyin.parts.cases import sealing
from huiyin.parts.cases.messages import MESSAGES
from huiyin.parts.cases.models import Case, Step
from huiyin.parts.cases.queries import CaseNotFound, case_of_code, story
from tests.cast import Cast

PERSON = {"name": "王小梅", "telephone": "13800001234", "address": "建设路七号"}
SEED = b"a form's seed, at least thirty-two bytes"


def test_a_filed_letter_is_owed_a_forwarding_and_its_reception_is_told(
    cast: Cast, now: datetime
) -> None:
    case = cast.file(now, place=" 装配车间 ").case
    deadline = Deadline.objects.get(subject=case.ref)
    assert (deadline.kind, deadline.post) == ("case.forward", cast.clerk.post)
    assert case.next_due_at == deadline.due_at
    assert Notice.objects.get(subject=case.ref).post == cast.clerk.post
    assert Entry.objects.get(subject=case.ref).kind == "case.filed"
    assert story(case, for_writer=True)[0].body["place"] == "装配车间"


def test_an_identity_is_sealed_and_an_anonymous_letter_has_none(cast: Cast, now: datetime) -> None:
    named = cast.file(now, naming="named", identity=PERSON).case
    anonymous = cast.file(now).case
    assert SealedIdentity.objects.get().subject == named.ref
    assert not SealedIdentity.objects.filter(subject=anonymous.ref).exists()


@pytest.mark.parametrize(
    ("changes", "field", "code"),
    [
        ({"title": " "}, "title", "missing"),
        ({"title": "题" * 121}, "title", "too_long"),
        ({"text": "短"}, "text", "too_short"),
        ({"text": "长" * 20_001}, "text", "too_long"),
        ({"place": "远" * 301}, "place", "too_long"),
        ({"naming": "nobody"}, "naming", "unknown"),
        ({"identity": PERSON}, "naming", "anonymous_with_name"),
        ({"naming": "named"}, "name", "missing"),
        ({"naming": "named", "identity": {"name": "王", "wage": "1"}}, "wage", "unknown"),
        ({"naming": "named", "identity": PERSON, "representatives": [PERSON]},
         "representatives", "only_joint"),
        ({"naming": "joint", "identity": PERSON, "representatives": [PERSON] * 6},
         "representatives", "too_many"),
        ({"naming": "joint", "identity": PERSON, "representatives": [{"telephone": "1"}]},
         "representative_1", "missing"),
        ({"naming": "joint", "identity": PERSON, "representatives": [{"name": "李", "rank": "1"}]},
         "representative_1", "unknown"),
        ({"phrase": "短"}, "phrase", "weak_phrase"),
    ],
)  # fmt: skip
def test_what_cannot_be_taken_is_refused_by_field_and_nothing_is_kept(
    cast: Cast, now: datetime, changes: dict[str, object], field: str, code: str
) -> None:
    before = Entry.objects.count()
    with pytest.raises(BadInput) as refused:
        cast.file(now, **changes)
    assert (refused.value.field, refused.value.code) == (field, code)
    assert code in MESSAGES
    assert not Case.objects.exists()
    assert not SealedIdentity.objects.exists()
    assert Entry.objects.count() == before


def test_a_joint_letter_has_up_to_five_representatives_whom_its_writer_names(
    cast: Cast, now: datetime
) -> None:
    people = [{"name": f"代表{n}", "telephone": f"1390000000{n}"} for n in range(5)]
    case = cast.file(now, naming="joint", identity=PERSON, representatives=people).case
    assert case.naming == Case.Naming.JOINT
    assert SealedIdentity.objects.filter(subject=case.ref).exists()


def test_control_characters_and_broken_signs_are_left_out(cast: Cast, now: datetime) -> None:
    case = cast.file(now, title="工\x00资\x1b[31m", text="没有\ud800发\x85工资\r\n两个月\ttab").case
    body = story(case, for_writer=True)[0].body
    assert sealing.title(case) == "工资[31m"
    assert body["text"] == "没有发工资\n两个月\ttab"


def test_the_same_form_sent_twice_is_one_letter(cast: Cast, now: datetime) -> None:
    first = cast.file(now, seed=SEED, naming="named", identity=PERSON)
    second = cast.file(now + timedelta(minutes=1), seed=SEED, naming="named", identity=PERSON)
    assert (first.again, second.again) == (False, True)
    assert first.case == second.case
    assert str(first.code) == str(second.code)
    assert Case.objects.count() == Step.objects.count() == Deadline.objects.count() == 1
    assert case_of_code(str(second.code)) == first.case


def test_another_form_is_another_letter_even_at_a_taken_locator(
    cast: Cast, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    from huiyin.parts.cases.actions import filing

    first = cast.file(now, seed=SEED)
    real = filing.code_of

    def clash(seed: bytes, attempt: int = 0) -> object:
        code = real(seed, attempt)
        return type(code)(first.case.locator, code.secret) if attempt == 0 else code

    monkeypatch.setattr(filing, "code_of", clash)
    second = cast.file(now, seed=SEED[::-1])
    assert second.case != first.case
    assert case_of_code(str(second.code)) == second.case


def test_a_letter_taken_down_by_a_clerk_counts_from_its_own_receipt_and_never_from_the_future(
    cast: Cast, now: datetime
) -> None:
    from huiyin.parts.cases.actions.filing import Submission, file_case

    given = Submission(title="热水", text="宿舍没有热水已经一周。", category=cast.safety)
    day_before = now - timedelta(days=1)
    filed = file_case(given, channel="counter", now=now, acting=cast.clerk, received_at=day_before)
    assert Deadline.objects.get(subject=filed.case.ref).started_at == day_before
    assert case_of_code(str(filed.code)) == filed.case
    with pytest.raises(BadInput) as refused:
        file_case(
            given,
            channel="counter",
            now=now,
            acting=cast.clerk,
            received_at=now + day_before.resolution,
        )
    assert refused.value.code == "in_future"


def test_wrong_unknown_and_malformed_codes_take_one_path(
    cast: Cast, now: datetime, monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: object
) -> None:
    from huiyin.kernel.vault import codes

    filed = cast.file(now)
    wrong = codes.ReceiptCode(filed.case.locator, codes.new_code().secret)
    hashed: list[int] = []
    compared: list[int] = []
    real_hash, real_same = codes.hash_secret, codes.same
    monkeypatch.setattr(codes, "hash_secret", lambda *a: hashed.append(1) or real_hash(*a))
    monkeypatch.setattr(codes, "same", lambda *a: compared.append(1) or real_same(*a))
    answers = set()
    for text in (str(wrong), str(codes.new_code()), "garbage", "", "9" * 5000):
        with django_assert_num_queries(1), pytest.raises(CaseNotFound) as refused:  # type: ignore[operator]
            case_of_code(text)
        answers.add(str(refused.value))
    assert len(answers) == 1
    assert len(hashed) == len(compared) == 5


def test_a_vacant_reception_still_receives_and_somebody_above_is_told_in_time(
    cast: Cast, now: datetime
) -> None:
    from huiyin.kernel.clock.sweep import sweep
    from huiyin.wiring import DEADLINE_HANDLERS

    release(cast.clerk.post.tenures.get(), now=now)
    case = cast.file(now).case
    sweep(now + timedelta(days=14), DEADLINE_HANDLERS)
    warned = Notice.objects.filter(subject=case.ref, kind="clock.warn")
    assert {one.post for one in warned} == {cast.group_deputy.post}
