"""A letter lives its life over the API alone; whoever may not, learns nothing."""

from collections.abc import Callable
from datetime import timedelta
from urllib.parse import quote

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from huiyin.kernel.units.actions import Acting, release
from huiyin.kernel.units.models import Tenure
from huiyin.kernel.vault import codes
from huiyin.parts.cases.models import Case
from huiyin.web.api import tokens
from huiyin.web.api.models import ApiToken
from tests.cast import Cast
from tests.web.api.conftest import Caller

LETTER = {
    "title": "三个月没有发工资",
    "text": "装配车间从去年十二月起没有发工资。",
    "category": "wages",
}
ANSWER = {
    "facts": "经核实，装配车间四十二人的工资没有发放。",
    "ground": "劳动法第五十条",
    "decision": "三月二十日前全部补发。",
}
AsPost = Callable[[Acting], Caller]
AsWriter = Callable[[str], Caller]


def test_a_letter_is_filed_answered_rated_reviewed_and_closed_over_the_api(
    cast: Cast, anybody: Caller, as_post: AsPost, as_writer: AsWriter
) -> None:
    status, receipt = anybody("POST", "/letters", **LETTER)
    assert status == 201
    at = f"/cases/{receipt['locator']}"
    writer, clerk, owner = (
        as_writer(receipt["receipt_code"]),
        as_post(cast.clerk),
        as_post(cast.owner),
    )
    assert [one["locator"] for one in clerk("GET", "/cases")[1]["letters"]] == [receipt["locator"]]
    status, moved = clerk("POST", f"{at}/forward", unit="HX-W", reason="由机械厂答复")
    assert (status, moved["stage"]) == (200, "forwarded")
    assert owner("GET", "/owed")[1]["owed"][0]["deadline"]["name"] == "case.accept"
    assert owner("POST", f"{at}/accept")[1]["stage"] == "accepted"
    owner("POST", f"{at}/messages", text="请说明是哪几个月。")
    writer("POST", "/letter/messages", text="去年十二月至今年二月。")
    due = (timezone.now() + timedelta(days=9)).date().isoformat()
    remedy = {"text": "补发三个月工资", "due_on": due}
    status, moved = owner("POST", f"{at}/answer", **ANSWER, remedies=[remedy])
    assert (status, moved["stage"]) == (200, "answered")
    status, seen = writer("GET", "/letter")
    assert seen["story"][-1]["body"]["decision"] == ANSWER["decision"]
    assert seen["remedies"][0]["text"] == "补发三个月工资"
    assert "article" in seen["deadlines"][0]["why"]
    assert writer("POST", "/letter/rating", handling=4, outcome=2)[0] == 200
    owner("POST", f"{at}/remedies/1/report", text="工资已发放到账。")
    writer("POST", "/letter/remedies/1/confirmation")
    assert writer("POST", "/letter/review", text="赔偿没有算清楚。")[1]["stage"] == "reviewing"
    reviewer = as_post(cast.group_reviewer)
    assert reviewer("GET", at)[1]["moves"]
    status, moved = reviewer("POST", f"{at}/review/decision", outcome="upheld", **ANSWER)
    assert (status, moved["stage"]) == (200, "reviewed")
    assert writer("POST", "/letter/content")[1]["stage"] == "closed"


def test_absent_and_not_yours_are_one_answer(cast: Cast, as_post: AsPost) -> None:
    locator = cast.file(timezone.now()).case.locator
    driver = as_post(cast.driver)
    absent = driver("GET", "/cases/ZZZZZZZZ")
    assert driver("GET", f"/cases/{locator}") == absent
    assert driver("POST", f"/cases/{locator}/accept") == absent
    assert driver("GET", "/cases/not-a-locator") == absent
    assert absent[0] == 404
    assert driver.response.headers["Content-Type"] == "application/problem+json"


def test_a_wrong_an_unknown_and_a_malformed_code_get_the_same_answer_and_then_a_limit(
    cast: Cast, as_writer: AsWriter
) -> None:
    filed = cast.file(timezone.now())
    wrong = codes.ReceiptCode(filed.case.locator, codes.new_code().secret)
    answers = [
        as_writer(text)("GET", "/letter")
        for text in (str(wrong), str(codes.new_code()), "no code at all")
    ]
    assert answers[0] == answers[1] == answers[2]
    assert answers[0][0] == 404
    for _attempt in range(30):
        status, told = as_writer(str(wrong))("GET", "/letter")
    assert (status, told["type"]) == (429, "urn:huiyin:problem:too-many")
    assert as_writer(str(filed.code))("GET", "/letter")[0] == 200


def test_the_same_key_and_content_are_one_letter_and_the_key_alone_opens_nothing(
    cast: Cast,
) -> None:
    caller = Caller({"Idempotency-Key": "k" * 30})
    first = caller("POST", "/letters", **LETTER)[1]
    status, again = caller("POST", "/letters", **LETTER)
    assert (status, again["receipt_code"], again["again"]) == (200, first["receipt_code"], True)
    _, other = caller("POST", "/letters", **LETTER | {"text": "同一个钥匙，另一封信的内容。"})
    assert other["locator"] != first["locator"]
    assert Case.objects.count() == 2


def test_a_token_is_worth_nothing_once_revoked_expired_or_the_post_is_lost(
    cast: Cast, as_post: AsPost
) -> None:
    now = timezone.now()
    for end in ("revoked", "expired", "lost"):
        caller = as_post(cast.owner)
        assert caller("GET", "/me")[0] == 200
        token = ApiToken.objects.latest("id")
        if end == "revoked":
            tokens.revoke(token, now=now)
        elif end == "expired":
            ApiToken.objects.filter(pk=token.pk).update(expires_at=now - timedelta(seconds=1))
        else:
            release(Tenure.objects.get(post=cast.owner.post), now=now - timedelta(seconds=1))
        status, told = caller("GET", "/me")
        assert (status, told["type"]) == (401, "urn:huiyin:problem:unauthorised"), end


def test_the_text_of_a_token_is_kept_nowhere(cast: Cast, as_post: AsPost) -> None:
    caller = as_post(cast.owner)
    text = caller.headers["Authorization"].removeprefix("Bearer ")
    kept = ApiToken.objects.values().get()
    assert not any(text in str(value) for value in kept.values())
    assert bytes(kept["digest"]) == tokens.digest_of(text)


def test_what_is_wrong_is_told_by_field_in_the_readers_language(
    cast: Cast, anybody: Caller, as_post: AsPost
) -> None:
    status, told = anybody("POST", "/letters", **LETTER | {"category": "no such"})
    assert (status, told["field"], told["code"]) == (422, "category", "unknown")
    status, told = anybody("POST", "/letters", title="x", text="y", extra=1)
    assert (status, told["type"]) == (422, "urn:huiyin:problem:invalid")
    locator = cast.file(timezone.now()).case.locator
    clerk = as_post(cast.clerk)
    status, told = clerk("POST", f"/cases/{locator}/answer", **ANSWER)
    assert (status, told["type"]) == (409, "urn:huiyin:problem:not-now")
    assert anybody("DELETE", "/letters")[0] == 405
    assert anybody("GET", "/nothing/here")[0] == 404


def test_the_receipt_code_is_taken_from_the_header_only(cast: Cast, anybody: Caller) -> None:
    filed = cast.file(timezone.now())
    assert anybody("GET", f"/letter?Receipt-Code={filed.code}")[0] == 401


def test_an_attachment_is_inspected_and_fetched_by_writer_and_owner_only(
    cast: Cast, as_post: AsPost, as_writer: AsWriter
) -> None:
    filed = cast.file(timezone.now())
    headers = {"Receipt-Code": str(filed.code)}
    upload = SimpleUploadedFile("工资.txt", "五月 5480 元\n".encode())
    response = Client().post("/api/v1/letter/files", {"file": upload}, headers=headers)
    assert response.status_code == 200
    token = response.json()["files"][0]["token"]
    writer, clerk, driver = (
        as_writer(str(filed.code)),
        as_post(cast.clerk),
        as_post(cast.driver),
    )
    assert writer("GET", f"/letter/files/{token}")[1] == "五月 5480 元\n".encode()
    at = f"/cases/{filed.case.locator}/files/{token}"
    assert clerk("GET", at)[0] == 200
    assert clerk.response.headers["Content-Disposition"].startswith("attachment")
    assert driver("GET", at)[0] == 404
    bad = SimpleUploadedFile("x.exe", b"MZ" + bytes(200))
    response = Client().post("/api/v1/letter/files", {"file": bad}, headers=headers)
    assert response.status_code == 422


def test_the_post_complained_of_sees_nothing_over_the_api(cast: Cast, as_post: AsPost) -> None:
    now = timezone.now()
    filed = cast.file(now, complained_post=cast.works_head.post)
    head = as_post(cast.works_head)
    assert head("GET", f"/cases/{filed.case.locator}")[0] == 404
    assert head("GET", "/cases")[1]["letters"] == []


@pytest.mark.parametrize("name", ["name", "telephone", "id_number"])
def test_no_answer_of_the_api_holds_the_identity(
    cast: Cast, as_post: AsPost, anybody: Caller, name: str
) -> None:
    secret = "SECRET-identity-field"
    person = {"name": "赵六"} | {name: secret}
    _, receipt = anybody("POST", "/letters", **LETTER, naming="named", identity=person)
    clerk = as_post(cast.clerk)
    at = f"/cases/{receipt['locator']}"
    clerk("GET", "/cases")
    assert secret.encode() not in clerk.response.content
    clerk("GET", at)
    assert secret.encode() not in clerk.response.content
    # a token is no person who has just signed in: an identity opens on the page alone
    assert clerk("POST", f"{at}/identity", reason="需要与来信人约定上门核实的时间。")[0] == 404


def test_lists_go_on_where_the_page_before_ended(
    cast: Cast, as_post: AsPost, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("huiyin.parts.cases.queries.worklist.__defaults__", (2,))
    locators = {cast.file(timezone.now()).case.locator for _ in range(5)}
    clerk = as_post(cast.clerk)
    for order in ("due", "newest"):
        seen: list[str] = []
        after = ""
        while True:
            _, page = clerk("GET", f"/cases?order={order}&after={quote(after)}")
            seen += [one["locator"] for one in page["letters"]]
            after = page["after"]
            if not after:
                break
        assert len(seen) == 5
        assert set(seen) == locators
    assert clerk("GET", "/cases?after=2026")[0] == 422


def test_a_fault_is_told_as_a_problem_without_its_inside(
    cast: Cast, as_post: AsPost, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*args: object) -> None:
        raise RuntimeError("secret inside")

    monkeypatch.setattr("huiyin.web.api.staff.queries.owed", fails)
    owner = as_post(cast.owner)
    status, told = owner("GET", "/owed")
    assert (status, told["type"]) == (500, "urn:huiyin:problem:server")
    assert b"secret" not in owner.response.content
