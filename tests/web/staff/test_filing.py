"""A clerk takes down a letter: the receipt is shown once, to be handed over."""

import io
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import time_machine
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader

from huiyin.kernel.ledger import sequencer
from huiyin.parts.cases.models import Case
from huiyin.parts.cases.queries import case_of_code
from tests.cast import Cast
from tests.web.staff.conftest import SignIn

NEW, SLIP = "/staff/letters/new/", "/staff/letters/new/slip/"


def typed(client: Client, **changes: object) -> dict[str, object]:
    seed = client.get(NEW).context["form"]["seed"].value()
    return {
        "seed": seed,
        "channel": "counter",
        "title": "食堂饭菜变质",
        "text": "食堂昨天的饭菜变质，多人腹泻。",
        "naming": "named",
        "name": "李四",
        "language": "zh-hans",
    } | changes


def test_the_receipt_opens_the_letter_and_is_shown_once(
    cast: Cast, sign_in: SignIn, clock: time_machine.Traveller
) -> None:
    client = sign_in(cast.clerk.user)
    given = typed(client)
    receipt = client.post(NEW, given)
    case = Case.objects.get()
    code = receipt.context["code"]
    assert case_of_code(code) == case
    assert (case.channel, case.steps.get().post) == ("counter", cast.clerk.post)
    page = client.get(reverse("staff:letter", args=[case.locator])).content.decode()
    assert code.split("-")[3] not in page
    assert "李四" not in page
    again = client.post(NEW, given)  # pressed twice: the browser shows the second answer
    assert again.context["code"] == code
    clock.shift(timedelta(minutes=3))
    later = client.post(NEW, given)
    assert later.status_code == 302
    assert Case.objects.count() == 1


def test_what_is_wrong_is_said_and_nothing_typed_is_lost(cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.clerk.user)
    response = client.post(NEW, typed(client, name="", telephone="13900000000"))
    assert list(response.context["form"].errors) == ["name"]
    assert "13900000000" in response.content.decode()
    assert not Case.objects.exists()


def test_a_forged_seed_is_refused(cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.clerk.user)
    response = client.post(NEW, typed(client, seed="00" * 32))
    assert list(response.context["form"].errors) == ["seed"]
    assert not Case.objects.exists()


def test_the_day_on_which_it_came_is_the_day_from_which_it_counts(
    cast: Cast, now: datetime, sign_in: SignIn
) -> None:
    client = sign_in(cast.clerk.user)
    client.post(NEW, typed(client, received_on="2026-02-27"))
    assert Case.objects.get().received_at.isoformat() == "2026-02-26T16:00:00+00:00"
    future = client.post(NEW, typed(client, received_on="2026-03-09"))
    assert future.context["form"].errors
    assert Case.objects.count() == 1


def test_whom_it_complains_of_is_kept_out_from_the_start(cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.clerk.user)
    client.post(NEW, typed(client, complained=f"post:{cast.works_head.post.pk}"))
    case = Case.objects.get()
    assert (case.complained_post, case.conflict_unit) == (cast.works_head.post, cast.works)


def test_an_attachment_comes_along_even_after_a_first_try_that_was_refused(
    cast: Cast, sign_in: SignIn
) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    from huiyin.kernel.files.queries import files_of

    client = sign_in(cast.clerk.user)
    paper = SimpleUploadedFile("便条.txt", "饭菜变质的照片在厨房。".encode())
    given = typed(client, name="")
    refused = client.post(NEW, {**given, "papers": paper})
    assert list(refused.context["form"].errors) == ["name"], refused.context["form"].errors
    client.post(NEW, {**given, "name": "李四"})
    assert files_of(Case.objects.get().ref).count() == 1


def test_the_slip_holds_the_code_which_stands_in_no_address(cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.clerk.user)
    receipt = client.post(NEW, typed(client))
    code, case = receipt.context["code"], Case.objects.get()
    assert f'<input type="hidden" name="code" value="{code}">' in receipt.content.decode()
    slip = client.post(SLIP, {"code": code})
    assert slip.headers["Content-Type"] == "application/pdf"
    assert slip.headers["Cache-Control"] == "no-store"
    named = slip.headers["Content-Disposition"]
    assert named == f"attachment; filename*=UTF-8''{case.locator}.pdf"
    (page,) = PdfReader(io.BytesIO(slip.content)).pages
    said = page.extract_text()
    assert all(group in said for group in code.split("-"))
    assert "李四" not in said
    assert code.split("-")[3] not in str(dict(client.session))
    assert client.get(SLIP, {"code": code}).status_code == 405


def test_nobody_else_gets_a_slip_nor_learns_whether_the_code_is_right(
    cast: Cast, sign_in: SignIn
) -> None:
    client = sign_in(cast.clerk.user)
    code = client.post(NEW, typed(client)).context["code"]
    refused = [client.post(SLIP, {"code": "ABC"})]
    refused += [sign_in(who.user).post(SLIP, {"code": code}) for who in (cast.owner, cast.cook)]
    assert [one.status_code for one in refused] == [404, 404, 404]


def test_the_slip_has_the_proof_where_the_writer_wants_it_and_it_is_there(
    cast: Cast, sign_in: SignIn, tmp_path: Path, settings: Any, now: datetime
) -> None:
    settings.HUIYIN_LOG = tmp_path / "log"
    client = sign_in(cast.clerk.user)
    receipt = client.post(NEW, typed(client))
    said = receipt.content.decode()
    assert 'name="proof" value="1" aria-describedby="proof-hint">' in said  # and not ticked
    code = receipt.context["code"]
    early = client.post(SLIP, {"code": code, "proof": "1"})
    assert early.status_code == 503
    sequencer.round_now(now)
    pages = [PdfReader(io.BytesIO(client.post(SLIP, given).content)).pages for given in ({"code": code}, {"code": code, "proof": "1"})]  # fmt: skip
    assert [len(one) for one in pages] == [1, 2]
    assert "/log/verify.html" in "".join(pages[1][1].extract_text().split())
    assert all(group not in pages[1][1].extract_text() for group in code.split("-")[2:])
