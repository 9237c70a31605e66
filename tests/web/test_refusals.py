"""What is said of a ground for not accepting: whole sentences, in both languages."""

from datetime import datetime

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from huiyin.parts.cases.actions import handling
from huiyin.parts.cases.queries import story
from huiyin.web.portal import page
from huiyin.web.staff import words
from tests.cast import Cast

SAID = {
    "zh-hans": ("《信访工作条例》第三十一条", "。可以提出的途径：", "。"),
    "en": ("article 31", ". Where to turn instead: ", "."),
}


@pytest.mark.parametrize("language", SAID)
def test_a_full_stop_stands_between_the_article_and_where_to_turn(
    language: str, cast: Cast, now: datetime
) -> None:
    article, between, stop = SAID[language]
    filed = cast.file(now)
    client = Client(headers={"accept-language": language})
    client.force_login(cast.clerk.user)
    form = client.get(reverse("staff:move", args=[filed.case.locator, "decline"]))
    assert f"{article}{between}" in form.content.decode()
    handling.decline(
        cast.clerk,
        filed.case.locator,
        "arbitration",
        "这是劳动争议，请向市劳动人事争议仲裁委员会提出。",
        now=now,
    )
    with translation.override(language):
        last = story(filed.case, for_writer=True)[-1]
        said = page.ground("arbitration")
        assert [text[-1] for _label, text in said] == [stop, stop]
        assert all(one.endswith(stop) for one in words.chapters([last], True)[0].details)
