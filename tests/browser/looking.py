"""What is looked at on every page, and how: in which language, at which width, light or dark.

The template of a page is the same in both languages, and so are its colours: contrast, which costs
axe more than all other rules together, is looked at in one language; in the dark for each kind of
element that a walk meets. Whatever words or widths may change is looked at in each language.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from axe_playwright_python.base import AXE_SCRIPT
from django.utils import translation
from django.utils.translation import gettext
from playwright.sync_api import Page

WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
DESKTOP, TELEPHONE, SMALLEST = 1280, 360, 320  # the smallest: 1280 px seen at 400 %
HEIGHTS = {DESKTOP: 900, TELEPHONE: 740, SMALLEST: 640}
CJK = re.compile("[\u4e00-\u9fff]")
BILINGUAL = "/screen/"  # on the wall of a hall: Chinese for all, with English beside it
OWN_NAMES = {"English"}  # a choice of languages says each in its own

RULES = "every rule of axe for WCAG 2.2 AA"
STRUCTURE = "every rule of axe but contrast"
CONTRAST = "contrast, of every kind of element"
TARGETS = "size of targets"
FITS = "no wider than the screen"
WORDS = "words in the language of the page"
AXE: dict[str, dict[str, object]] = {
    RULES: {"runOnly": {"type": "tag", "values": WCAG}},
    STRUCTURE: {
        "runOnly": {"type": "tag", "values": WCAG},
        "rules": {"color-contrast": {"enabled": False}},
    },
    CONTRAST: {"runOnly": {"type": "rule", "values": ["color-contrast"]}},
    TARGETS: {"runOnly": {"type": "rule", "values": ["target-size"]}},
}


@dataclass(frozen=True)
class Look:
    """One look at a page: `width` in CSS pixels, and what is asked of the page then."""

    language: str
    width: int
    asked: tuple[str, ...]
    dark: bool = False

    def __str__(self) -> str:
        return f"{self.width} px{', dark' if self.dark else ''}"


LOOKS = (
    Look("zh-hans", DESKTOP, (RULES, FITS, WORDS)),
    Look("zh-hans", DESKTOP, (CONTRAST,), dark=True),
    Look("zh-hans", TELEPHONE, (FITS, TARGETS)),
    Look("zh-hans", SMALLEST, (FITS,)),
    Look("en", DESKTOP, (STRUCTURE, FITS, WORDS)),
    Look("en", TELEPHONE, (FITS, TARGETS)),
    Look("en", SMALLEST, (FITS,)),
)

KINDS = """[...new Set([...document.querySelectorAll('body, body *')].map(each =>
  [each.tagName, ...[...each.classList].sort(), ...each.getAttributeNames()].join(' ')))]"""
TEXTS = """() => {
  const [language, texts] = [document.documentElement.lang, new Set()];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const parent = walker.currentNode.parentElement;
    if ((parent.closest('[lang]')?.lang ?? '') === language)
      texts.add(walker.currentNode.data.replace(/\\s+/g, ' ').trim());
  }
  return [language, document.title, [...texts]];
}"""


@dataclass
class Looking:
    """Looks at the pages of one walk in one language; `kinds` of elements were seen in the dark."""

    language: str
    kinds: set[str] = field(default_factory=set)

    def problems(self, page: Page, name: str) -> list[str]:
        """Return what is wrong with the open page, in all looks; leave it as it was."""
        page.wait_for_load_state()  # a click returns before the page that it asks for is there
        if page.evaluate("typeof axe === 'undefined'"):
            page.evaluate(AXE_SCRIPT)
        assert page.viewport_size is not None
        before = shown = Look(self.language, page.viewport_size["width"], ())
        problems: list[str] = []
        for look in LOOKS:
            if look.language != self.language or (look.dark and not self._has_new_kinds(page)):
                continue
            _show(page, shown, look)
            shown = look
            problems += [f"{name}, {look}: {problem}" for problem in _problems(page, look)]
        _show(page, shown, before)
        return problems

    def _has_new_kinds(self, page: Page) -> bool:
        kinds = set(page.evaluate(KINDS))
        has_new = not kinds <= self.kinds
        self.kinds |= kinds
        return has_new


def _show(page: Page, before: Look, look: Look) -> None:
    """Show the page in another way: style alone differs, so that nothing is loaded again."""
    if look.dark != before.dark:
        page.emulate_media(color_scheme="dark" if look.dark else "light")
    if look.width != before.width:
        page.set_viewport_size({"width": look.width, "height": HEIGHTS[look.width]})


def _problems(page: Page, look: Look) -> list[str]:
    return [problem for asked in look.asked for problem in _ask(page, asked, look)]


def _ask(page: Page, asked: str, look: Look) -> Iterable[str]:
    if asked == FITS:
        return _too_wide(page, look.width)
    if asked == WORDS:
        return _foreign_words(page, look.language)
    return _violations(page, AXE[asked])


def _violations(page: Page, options: dict[str, object]) -> list[str]:
    options = {**options, "resultTypes": ["violations"]}
    answer = page.evaluate("options => axe.run(document, options)", options)
    return [
        f"{rule['id']} {node['target']} {node['html'][:120]}"
        for rule in answer["violations"]
        for node in rule["nodes"]
    ]


def _too_wide(page: Page, width: int) -> list[str]:
    needs, has = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
    assert has == width
    return [f"{needs} px wide on a screen of {has} px"] if needs > has else []


def _foreign_words(page: Page, language: str) -> list[str]:
    """Return what the page says in another language than it should, as far as can be known.

    Letters and names are in whatever language people wrote them. What is a message of the program
    and has other words in this language was not translated.
    """
    if urlsplit(page.url).path.startswith(BILINGUAL):
        language = "zh-hans"
    lang, title, texts = page.evaluate(TEXTS)
    problems = [] if lang.lower() == language else [f"lang is “{lang}”"]
    with translation.override(language):
        for text in {title, *texts} - {"", *OWN_NAMES}:
            if not CJK.search(text) and gettext(text) != text:
                problems.append(f"not translated: {text}")
    return problems
