"""Numbers over time: as two drawings, each with its table."""

from datetime import date

from huiyin.kernel.papers.page import NONE
from huiyin.kernel.papers.paper import Lang, Table, day
from huiyin.parts.reports.documents.chart import Panel, draw
from huiyin.parts.reports.documents.content import Series
from huiyin.parts.reports.documents.words import words

LETTERS = ("filed", "answered", "late")
WORK = ("remedies", "failed")


def spoken(series: Series, shown: tuple[str, ...], lang: Lang) -> str:
    """Return what a drawing shows, in a sentence for whoever can't see it."""
    its = words(lang)
    parts = []
    for what in shown:
        values = series.counts[what]
        most = max(values, default=0)
        when = day(series.starts[list(values).index(most)], lang) if most else NONE
        parts.append(
            its.trend_says.format(
                name=its.series[what], total=sum(values), most=most, unit=its.count[what], when=when
            )
        )
    return ("；" if lang == "zh-hans" else "; ").join(parts)


def drawing(series: Series, shown: tuple[str, ...], lang: Lang, faces: str = "") -> str:
    """Return the drawing of some of the numbers as SVG."""
    its = words(lang)
    named = [
        Panel(
            its.panel.format(
                name=its.series[what], total=sum(series.counts[what]), unit=its.count[what]
            ),
            series.counts[what],
        )
        for what in shown
    ]
    return draw(
        named,
        [short(one, lang) for one in series.starts],
        says=spoken(series, shown, lang),
        every=9 if series.weeks else 5,
        over=series.over,
        faces=faces,
    )


def table(series: Series, lang: Lang) -> Table:
    """Return all numbers, the newest day or week last."""
    its = words(lang)
    head = ("日期" if not series.weeks else "周（起始日）") if lang == "zh-hans" else (
        "Week from" if series.weeks else "Day"
    )  # fmt: skip
    shown = (*LETTERS, *WORK)
    return Table(
        (head, *(its.series[what] for what in shown)),
        tuple(
            (one.isoformat(), *(series.counts[what][at] for what in shown))
            for at, one in enumerate(series.starts)
        ),
        (5, 4, 4, 4, 4, 5),
    )


def short(one: date, lang: Lang) -> str:
    """A day as an axis has room for: 11-28, 28 Nov."""
    if lang == "zh-hans":
        return f"{one.month}-{one.day}"
    _day, month, _year = day(one, lang).split()
    return f"{one.day} {month[:3]}"
