"""Pages that are the same for everybody but for a few words: rendered once, then filled in.

Most of the time that a page takes goes into the words that never change. Here a page is rendered
with marks where the words of one visit belong (`Page.slot`); the result, which holds nothing of any
visit, is kept for a few seconds, and each visit's own words are put in its place.
"""

import hashlib
import re
from collections.abc import Callable
from typing import Any

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from huiyin.kernel.units.queries import organisation

KEPT = 10  # seconds
_MARK = re.compile("\ue000([0-9]+)\ue001")
#: With any other cookie (somebody signed in, a message to show) a page is rendered for that visit.
_HARMLESS = {"csrftoken", "django_language"}


class Page:
    """One answer. Every word of this visit goes through `slot`; nothing else may differ."""

    def __init__(self, request: HttpRequest, *, shared: bool = True) -> None:
        self.request = request
        self.shared = shared and not (request.COOKIES.keys() - _HARMLESS)
        self._words: list[str] = []

    def slot(self, word: str) -> SafeString:
        """Return what stands for the word in the context; it is escaped unless marked as safe."""
        if not self.shared:
            return conditional_escape(word)
        self._words.append(conditional_escape(word))
        return mark_safe(f"\ue000{len(self._words) - 1}\ue001")  # noqa: S308 - a mark of our own

    def answer(
        self, template: str, context: Callable[[], dict[str, Any]], *same: object
    ) -> HttpResponse:
        """Render the template. Pages with equal `same` differ in their slots alone.

        `context` is called only when there is no frame yet; it must hold nothing of the visit that
        is neither in a slot nor in `same`.
        """
        if not self.shared:
            return render(self.request, template, context())
        token = self.slot(get_token(self.request))
        mine = organisation()
        whole = (template, get_language(), mine.pk, str(mine), mine.outside_text, *same)
        key = "frame:" + hashlib.blake2b(repr(whole).encode(), digest_size=20).hexdigest()
        frame: list[str] | None = cache.get(key)
        if frame is None:
            whole_page = render_to_string(
                template, {**context(), "csrf_token": token}, self.request
            )
            frame = _MARK.split(whole_page)
            cache.set(key, frame, KEPT)
        page = frame.copy()
        page[1::2] = [self._words[int(number)] for number in frame[1::2]]
        return HttpResponse("".join(page))
