"""Whoever looks at pages notices what is wrong with one."""

import pytest

from tests.browser.conftest import LOCALES, Opened
from tests.browser.looking import Looking

LANGS = {"zh-hans": "zh-Hans", "en": "en"}
PAGE = (
    '<!doctype html><html lang="{lang}"><title>A page</title><style>'
    ":root {{ color-scheme: light dark }} body {{ background: Canvas; color: CanvasText }}"
    "</style><main><h1>A page</h1>{fault}</main></html>"
)
UNLABELLED = '<input name="title">'
WIDE = '<p style="width: 352px">A page</p>'
WIDER = '<p style="width: 400px">A page</p>'
FAINT = '<style>p { color: light-dark(#595959, #595959) }</style><p class="faint">A page</p>'
SMALL = (
    "<style>@media (max-width: 400px) { button { width: 9px; height: 9px; padding: 0 } }</style>"
    '<div style="display: flex"><button>A</button><button>B</button></div>'
)


@pytest.mark.parametrize(
    ("fault", "problem"),
    [
        (UNLABELLED, "1280 px: label "),
        (WIDE, "320 px: 360 px wide"),
        (WIDER, "360 px: 408 px wide"),
        (SMALL, "360 px: target-size "),
    ],
)
def test_a_fault_is_noticed_in_both_languages(
    opened: Opened, language: str, fault: str, problem: str
) -> None:
    page = opened(language)
    page.set_content(PAGE.format(lang=LANGS[language], fault=fault))
    problems = Looking(language).problems(page, "broken")
    assert [each for each in problems if each.startswith(f"broken, {problem}")]
    page.set_content(PAGE.format(lang=LANGS[language], fault=""))
    assert Looking(language).problems(page, "whole") == []


def test_faint_words_in_the_dark_are_noticed_wherever_they_first_occur(opened: Opened) -> None:
    page, looking = opened(), Looking("zh-hans")
    page.set_content(PAGE.format(lang="zh-Hans", fault=""))
    assert looking.problems(page, "whole") == []
    page.set_content(PAGE.format(lang="zh-Hans", fault=FAINT))
    (problem,) = looking.problems(page, "broken")
    assert problem.startswith("broken, 1280 px, dark: color-contrast ")


def test_a_page_in_the_language_of_another_is_noticed(opened: Opened, language: str) -> None:
    page = opened(language)
    (other,) = (lang for name, lang in LANGS.items() if name != language)
    page.set_content(PAGE.format(lang=other, fault=""))
    assert f"broken, 1280 px: lang is “{other}”" in Looking(language).problems(page, "broken")


def test_a_message_that_was_not_translated_is_noticed(opened: Opened) -> None:
    page = opened()
    page.set_content(PAGE.format(lang="zh-Hans", fault="<p>Send the\n letter</p>"))
    assert Looking("zh-hans").problems(page, "broken") == [
        "broken, 1280 px: not translated: Send the letter"
    ]


def test_looking_leaves_a_page_as_it_was(opened: Opened) -> None:
    page = opened(size="telephone")
    page.set_content(PAGE.format(lang="zh-Hans", fault=FAINT))
    Looking("zh-hans").problems(page, "broken")
    assert page.viewport_size == {"width": 360, "height": 740}
    assert not page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches")


def test_both_languages_are_walked() -> None:
    assert set(LANGS) == set(LOCALES)
