"""A month of duty goes on one sheet of A4, landscape, whatever the language; a week, too."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.template.loader import render_to_string
from django.utils import translation
from playwright.sync_api import Browser
from pypdf import PdfReader

from huiyin.kernel.units.models import Unit
from huiyin.parts.duty.models import DutyPoint, Pattern, Shift
from huiyin.parts.duty.timetable import Stander, Stood
from huiyin.web.staff.duty.months import Day, Span, month_of, week_of

CSS = Path(__file__).parents[2] / "huiyin" / "web" / "static" / "huiyin.css"
PEOPLE = [
    Stander(
        User(pk=n, username=f"u{n}", first_name=f"欧阳建{n:02}"), "member", f"139 0013 80{n:02}"
    )
    for n in range(24)
]
POINT = DutyPoint(
    unit=Unit(name="远山集团装备制造公司"),
    code="desk",
    name="群众来访接待窗口",
    telephone="010-66551234",
)
PATTERNS = [
    Pattern(pk=n, name=name, name_en=name) for n, name in enumerate(("夜班", "白班", "中班"))
]


def _days(span: Span) -> list[Day]:
    """A leader and three members on each of three shifts a day."""
    found = []
    for number, day in enumerate(span.days):
        standing = []
        for turn, pattern in enumerate(PATTERNS):
            some = [PEOPLE[(number * 3 + turn * 5 + k) % 24] for k in range(4)]
            first = Stander(some[0].user, "leader", some[0].telephone)
            standing.append(Stood(Shift(pattern=pattern, day=day), (first, *some[1:])))
        found.append(Day(day, day.weekday() > 4, "国庆节" if day.day < 8 else "", standing))
    return found


def _html(span: Span, language: str) -> str:
    days = _days(span)
    middle = (len(days) + 1) // 2 if span.kind == "month" else len(days)
    with translation.override(language):
        html = render_to_string(
            "staff/duty/paper.html",
            {
                "point": POINT, "span": span, "columns": PATTERNS, "people": PEOPLE,
                "halves": [half for half in (days[:middle], days[middle:]) if half],
                "title": "远山集团装备制造公司群众来访接待窗口值班表",
            },
        )  # fmt: skip
    return html.replace("</head>", f"<style>{CSS.read_text(encoding='utf-8')}</style></head>")


@pytest.mark.parametrize("span", [month_of(date(2026, 10, 1)), week_of(date(2026, 10, 1))])
def test_it_is_one_sheet(chromium: Browser, language: str, span: Span, tmp_path: Path) -> None:
    page = chromium.new_page(java_script_enabled=False)
    page.set_content(_html(span, language))
    path = tmp_path / "paper.pdf"
    page.pdf(path=path, prefer_css_page_size=True, print_background=True)
    page.close()
    (sheet,) = PdfReader(path).pages
    width, height = float(sheet.mediabox.width), float(sheet.mediabox.height)
    assert (round(width), round(height)) == pytest.approx((842, 595), abs=2)
    text = sheet.extract_text()
    last = span.days[-1]
    assert f"{last.month}-{last.day}" in text.replace("\n", " ")
    assert PEOPLE[-1].telephone in text
    assert span.end - span.first >= timedelta(days=7)
