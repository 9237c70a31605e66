"""The letter's page, its moves, what goes wrong with them, and what is handed out."""

import io
from datetime import datetime, timedelta

import docx
import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from huiyin.kernel.files.queries import files_of
from huiyin.parts.cases.actions import answering, forwarding, handling, reviews, writer
from huiyin.parts.cases.models import Case
from huiyin.parts.cases.queries import story
from tests.cast import PASSWORD, Cast
from tests.support.answers import ANSWER
from tests.web.staff.conftest import SignIn


def address(locator: str, move: str = "") -> str:
    return (
        reverse("staff:move", args=[locator, move])
        if move
        else reverse("staff:letter", args=[locator])
    )


def seen(client: Client, locator: str, move: str) -> dict[str, str]:
    """What the move's page carries along: how far the letter was when it was opened."""
    form = client.get(address(locator, move)).context["form"]
    return {"seen": str(form["seen"].value())}


@pytest.fixture
def filed(cast: Cast, now: datetime) -> Case:
    return cast.file(now, naming="named", identity={"name": "王小明"}).case


@pytest.fixture
def accepted(cast: Cast, filed: Case, now: datetime) -> Case:
    forwarding.forward(cast.clerk, filed.locator, cast.works, now=now)
    return handling.accept(cast.owner, filed.locator, now=now)


def test_a_letter_goes_through_its_life_on_pages_alone(
    cast: Cast, filed: Case, clock: time_machine.Traveller, now: datetime, sign_in: SignIn
) -> None:
    def press(who: object, move: str, **fields: object) -> None:
        clock.shift(timedelta(hours=1))
        client = sign_in(who.user)  # type: ignore[attr-defined]
        assert move in {one.name for one in client.get(address(filed.locator)).context["moves"]}
        given = {**seen(client, filed.locator, move), **fields}
        response = client.post(address(filed.locator, move), given)
        assert response.status_code == 302, response.context["form"].errors

    day = (now + timedelta(days=9)).date().isoformat()
    press(cast.clerk, "categorise", category=cast.safety.pk)
    press(cast.clerk, "forward", unit=cast.works.pk, reason="工资由机械厂答复")
    press(cast.owner, "object", reason="工资由运输公司发放，不属于本单位职权。")
    press(cast.group_head, "settle", unit=cast.works.pk, reason="劳动合同与机械厂签订，由其答复。")
    press(cast.owner, "accept", text="")
    press(cast.owner, "note", text="已经联系财务。")
    press(cast.owner, "write_to_writer", text="请说明是哪几个月。")
    press(cast.owner, "join", unit=cast.transport.pk, reason="请提供班车记录")
    press(cast.owner, "ask_extension", days=20, reason="需要等待银行对账结果，情况复杂。")
    press(cast.works_deputy, "decide_extension", granted="yes", reason="同意，银行对账确需时间。")
    press(cast.works_deputy, "transfer", post=cast.works_deputy.post.pk, reason="由分管领导包案")
    press(cast.works_deputy, "set_hearing", form="hearing", at=f"{day}T09:00", text="三楼会议室")
    press(cast.works_deputy, "hold_hearing", text="双方到场，核对了工资单。")
    press(
        cast.works_deputy, "answer", facts=ANSWER.facts, ground=ANSWER.ground,
        decision=ANSWER.decision, rows="2", what_1="补发三个月工资", on_1=day, what_2="", on_2="",
    )  # fmt: skip
    press(cast.works_deputy, "report_remedy", number=1, text="工资已经发放到账。")
    reviews.ask_review(filed.locator, "赔偿没有算清楚。", now=now + timedelta(days=1))
    press(
        cast.group_reviewer, "decide_review", outcome="upheld", facts=ANSWER.facts,
        ground=ANSWER.ground, decision=ANSWER.decision, rows="2",
    )  # fmt: skip
    filed.refresh_from_db()
    assert filed.stage == "reviewed"
    told = [one.step.kind for one in story(filed, for_writer=False)]
    assert told == [
        "filed", "categorised", "forwarded", "objected", "settled", "accepted", "noted",
        "message_out", "joined", "extension_asked", "extended", "transferred", "hearing_set",
        "hearing_held", "answered", "remedy_done", "review_asked", "review_decided",
    ]  # fmt: skip


def test_the_second_of_two_clerks_is_told_what_the_first_did_and_loses_no_word(
    cast: Cast, filed: Case, now: datetime, sign_in: SignIn
) -> None:
    client = sign_in(cast.clerk.user)
    before = seen(client, filed.locator, "forward")
    forwarding.forward(cast.group_head, filed.locator, cast.transport, now=now)
    given = {**before, "unit": cast.works.pk, "reason": "工资由机械厂答复"}
    refused = client.post(address(filed.locator, "forward"), given)
    assert refused.status_code == 409
    page = refused.content.decode()
    assert "Forwarded to a unit" in page
    assert "工资由机械厂答复" in page
    filed.refresh_from_db()
    assert filed.unit == cast.transport


def test_a_move_that_no_longer_fits_the_stage_says_where_the_letter_is(
    cast: Cast, accepted: Case, now: datetime, sign_in: SignIn
) -> None:
    client = sign_in(cast.owner.user)
    writer.withdraw(accepted.locator, "", now=now)
    response = client.post(address(accepted.locator, "answer"), {"facts": "写了很久的事实"})
    assert response.status_code == 409
    assert "Withdrawn by the writer" in response.content.decode()
    assert "写了很久的事实" in response.content.decode()


def test_a_form_sent_twice_is_done_once(cast: Cast, accepted: Case, sign_in: SignIn) -> None:
    client = sign_in(cast.owner.user)
    given = {**seen(client, accepted.locator, "note"), "text": "已经联系财务。"}
    assert client.post(address(accepted.locator, "note"), given).status_code == 302
    assert client.post(address(accepted.locator, "note"), given).status_code == 409
    assert accepted.steps.filter(kind="noted").count() == 1


def test_what_the_action_refuses_stands_beside_its_field(
    cast: Cast, accepted: Case, now: datetime, sign_in: SignIn
) -> None:
    client = sign_in(cast.owner.user)
    yesterday = (now - timedelta(days=1)).date().isoformat()
    given = {
        **seen(client, accepted.locator, "answer"), "facts": ANSWER.facts, "ground": "x" * 3,
        "decision": ANSWER.decision, "rows": "2", "what_2": "补发工资", "on_2": yesterday,
    }  # fmt: skip
    form = client.post(address(accepted.locator, "answer"), given).context["form"]
    assert list(form.errors) == ["on_2"]
    accepted.refresh_from_db()
    assert accepted.stage == "accepted"


def test_another_row_or_another_search_keeps_what_was_written(
    cast: Cast, accepted: Case, sign_in: SignIn
) -> None:
    client = sign_in(cast.owner.user)
    given = {"facts": "写到一半", "rows": "2", "more": "1"}
    page = client.post(address(accepted.locator, "answer"), given)
    assert "what_4" in page.context["form"].fields
    assert "写到一半" in page.content.decode()
    given = {"reason": "写到一半", "find": "食堂", "look": "1"}
    page = client.post(address(accepted.locator, "join"), given)
    offered = dict(page.context["form"].fields["unit"].choices)
    assert list(offered) == [str(cast.canteen.pk)]


def test_the_suggestion_gives_its_reason_and_leaves_out_those_complained_of(
    cast: Cast, now: datetime, sign_in: SignIn
) -> None:
    client = sign_in(cast.clerk.user)
    plain = cast.file(now, place_unit=cast.works).case
    form = client.get(address(plain.locator, "forward")).context["form"]
    first, _label = next(iter(form.fields["unit"].choices))
    assert first == str(cast.works.pk)
    assert "机械厂" in form.fields["unit"].widget.hints[first]
    barred = cast.file(now, place_unit=cast.works, complained_unit=cast.works).case
    form = client.get(address(barred.locator, "forward")).context["form"]
    offered = {int(pk) for pk, _name in form.fields["unit"].choices}
    assert cast.group.pk in offered
    assert not offered & {cast.works.pk, cast.canteen.pk}


def confirm(client: Client) -> None:
    """Type the password once more."""
    answer = client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    assert answer.status_code == 302


def test_an_identity_opens_with_a_reason_only_and_the_writer_sees_it(
    cast: Cast, accepted: Case, sign_in: SignIn
) -> None:
    client = sign_in(cast.owner.user)
    where = reverse("staff:open_identity", args=[accepted.locator])
    asked = client.get(where)
    assert asked.headers["Location"].startswith("/accounts/reauthenticate/")
    unconfirmed = client.post(where, {"reason": "需要核对工资卡号才能补发"})
    assert unconfirmed.status_code == 409
    assert "王小明" not in unconfirmed.content.decode()
    assert "需要核对工资卡号才能补发" in unconfirmed.content.decode()  # what was typed is kept
    confirm(client)
    thin = client.post(where, {"reason": "想看"})
    assert "王小明" not in thin.content.decode()
    opened = client.post(where, {"reason": "需要核对工资卡号才能补发"})
    assert "王小明" in opened.content.decode()
    assert "王小明" not in client.get(where).content.decode()
    letter = client.get(address(accepted.locator)).content.decode()
    assert "王小明" not in letter
    assert "需要核对工资卡号才能补发" in letter


def test_an_official_letter_says_what_the_step_said_and_until_when_to_ask_for_review(
    cast: Cast, accepted: Case, now: datetime, sign_in: SignIn
) -> None:
    answering.answer(cast.owner, accepted.locator, ANSWER, now=now)
    step = accepted.steps.get(kind="answered")
    client = sign_in(cast.owner.user)
    where = reverse("staff:official", args=[accepted.locator, step.number, "docx"])
    response = client.get(where)
    assert response.headers["Content-Disposition"].startswith("attachment")
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    text = "\n".join(p.text for p in docx.Document(io.BytesIO(response.content)).paragraphs)
    for part in ("处理意见书", ANSWER.ground, ANSWER.decision, "2026年4月2日", "12345"):
        assert part in text


@pytest.mark.parametrize("kind", ["declined", "extended", "accepted", "review_decided"])
def test_each_kind_of_official_letter_is_made(
    kind: str, cast: Cast, filed: Case, now: datetime, sign_in: SignIn
) -> None:
    locator = filed.locator
    forwarding.forward(cast.clerk, locator, cast.works, now=now)
    expected = {
        "accepted": "2026年5月2日",
        "declined": "仲裁",
        "extended": "银行",
        "review_decided": "复查意见书",
    }
    if kind == "declined":
        handling.decline(cast.owner, locator, "arbitration", "请向仲裁委员会提出申请。", now=now)
    else:
        handling.accept(cast.owner, locator, now=now)
    if kind == "extended":
        handling.ask_extension(cast.owner, locator, 10, "等待银行对账，情况复杂。", now=now)
        handling.decide_extension(
            cast.works_deputy, locator, True, "同意，银行对账确需时间。", now=now
        )
    if kind == "review_decided":
        answering.answer(cast.owner, locator, ANSWER, now=now)
        reviews.ask_review(locator, "赔偿没有算清楚。", now=now)
        reviews.decide_review(cast.group_reviewer, locator, "upheld", ANSWER, now=now)
    step = filed.steps.get(kind=kind)
    where = reverse("staff:official", args=[locator, step.number, "docx"])
    response = sign_in(cast.clerk.user).get(where)
    text = "\n".join(p.text for p in docx.Document(io.BytesIO(response.content)).paragraphs)
    assert expected[kind] in text


def test_no_official_letter_for_a_step_that_has_none(
    cast: Cast, accepted: Case, now: datetime, sign_in: SignIn
) -> None:
    handling.note(cast.owner, accepted.locator, "内部记录，不外传。", now=now)
    client = sign_in(cast.owner.user)
    for number, extension in ((4, "docx"), (1, "docx"), (99, "pdf"), (3, "exe")):
        where = reverse("staff:official", args=[accepted.locator, number, extension])
        assert client.get(where).status_code == 404


def test_an_attachment_comes_as_a_download_and_only_through_its_own_letter(
    cast: Cast, accepted: Case, now: datetime, sign_in: SignIn
) -> None:
    writer.attach(accepted.locator, "工资单见照片。".encode(), "工资单.txt", now=now)
    token = files_of(accepted.ref).get().token
    client = sign_in(cast.owner.user)
    response = client.get(reverse("staff:attachment", args=[accepted.locator, token]))
    assert response.status_code == 200
    assert response.headers["Content-Disposition"].startswith("attachment;")
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    other = cast.file(now).case.locator
    forwarding.forward(cast.clerk, other, cast.works, now=now)
    assert client.get(reverse("staff:attachment", args=[other, token])).status_code == 404
    cook = sign_in(cast.cook.user)
    where = reverse("staff:attachment", args=[accepted.locator, token])
    assert cook.get(where).status_code == 404


def test_an_internal_note_is_marked_as_such(
    cast: Cast, accepted: Case, now: datetime, sign_in: SignIn
) -> None:
    handling.note(cast.owner, accepted.locator, "已经联系财务。", now=now)
    page = sign_in(cast.owner.user).get(address(accepted.locator)).content.decode()
    assert page.count("internal, not on the writer") == 1


def test_a_promise_may_be_given_to_another_post_of_the_unit(
    cast: Cast, accepted: Case, now: datetime, sign_in: SignIn
) -> None:
    client = sign_in(cast.owner.user)
    given = {
        **seen(client, accepted.locator, "answer"), "facts": ANSWER.facts, "ground": ANSWER.ground,
        "decision": ANSWER.decision, "rows": "2", "what_1": "补发工资",
        "on_1": now.date().isoformat(), "who_1": str(cast.works_deputy.post.pk),
    }  # fmt: skip
    assert client.post(address(accepted.locator, "answer"), given).status_code == 302
    assert accepted.remedies.get().post == cast.works_deputy.post


def test_a_missing_identity_key_is_said_and_nothing_is_recorded_as_opened(
    cast: Cast, accepted: Case, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    from huiyin.kernel.vault import actions as vault
    from huiyin.kernel.vault import keyring

    def missing(*_given: object) -> dict[str, str]:
        raise keyring.KeyringError("no key")

    monkeypatch.setattr(vault, "_disclose", missing)
    client = sign_in(cast.owner.user)
    where = reverse("staff:open_identity", args=[accepted.locator])
    confirm(client)
    page = client.post(where, {"reason": "需要核对工资卡号才能补发"}).content.decode()
    assert "its key is missing or damaged" in page
    assert "Who opened the identity" not in client.get(address(accepted.locator)).content.decode()


def test_an_erased_letter_shows_that_it_was_there_and_takes_nothing_more(
    cast: Cast, accepted: Case, clock: time_machine.Traveller, now: datetime, sign_in: SignIn
) -> None:
    from huiyin.parts.cases.actions.closing import erase_due

    writer.withdraw(accepted.locator, "", now=now)
    later = now + timedelta(days=1000)
    assert erase_due(later) == 1
    clock.move_to(later)
    client = sign_in(cast.owner.user)
    page = client.get(address(accepted.locator))
    assert page.status_code == 200
    assert not page.context["moves"]
    assert "三个月没有发工资" not in page.content.decode()
    refused = client.post(address(accepted.locator, "note"), {"text": "补一条记录"})
    assert refused.status_code == 409
    step = accepted.steps.get(kind="accepted")
    gone = reverse("staff:official", args=[accepted.locator, step.number, "docx"])
    assert client.get(gone).status_code == 404
