"""The papers of reports as spreadsheets."""

from collections.abc import Sequence

from huiyin.kernel.papers.paper import Lang
from huiyin.kernel.papers.sheet import Cell, Sheet, workbook
from huiyin.parts.reports.documents import trend
from huiyin.parts.reports.documents.compose import heading
from huiyin.parts.reports.documents.content import (
    Named,
    Number,
    ReportContent,
    Series,
    WholeContent,
)
from huiyin.parts.reports.documents.words import Words, words


def report_sheets(content: ReportContent) -> bytes:
    """Return one report: its numbers, what it says, what was corrected, where it lies."""
    its = words(content.lang)
    fields = [(heading(name), text) for name, text in (*content.short, *content.long)]
    changes = [
        (one.version, one.at, heading(one.field), one.before, one.after) for one in content.changes
    ]
    desks = [(one.unit, one.acknowledged or its.not_yet, one.action) for one in content.desks]
    sheets: list[Sheet] = [_numbers(content.numbers, its)] if content.numbers else []
    sheets.append((its.sheets["fields"], its.field_head, fields))
    if changes:
        sheets.append((its.sheets["changes"], its.change_head, changes))
    return workbook([*sheets, (its.sheets["desks"], its.desk_head, desks)])


def whole_sheets(content: WholeContent) -> bytes:
    """Return a day over a subtree: numbers, units below, who is missing or late, needs, trend."""
    its = words(content.lang)
    code = its.named_head[0]
    rows: list[Sequence[Cell]] = [
        (one.code, one.unit, one.owed, one.sent, one.missing, *one.counted)
        for one in content.branches
    ]
    sheets: list[Sheet] = [
        _numbers(content.numbers, its),
        (its.sheets["below"], (code, *its.below_head, *content.names), rows),
        (its.sheets["missing"], its.named_head, _named(content.missing, its)),
        (its.sheets["late"], its.named_head, _named(content.late, its)),
        (its.sheets["needs"], its.need_head, [(n, unit, text) for n, text, unit in content.needs]),
    ]
    if content.trend:
        sheets.append(_trend(content.trend, content.lang))
    return workbook(sheets)


def trend_sheets(series: Series, lang: Lang) -> bytes:
    """Return numbers over time."""
    return workbook([_trend(series, lang)])


def _trend(series: Series, lang: Lang) -> Sheet:
    table = trend.table(series, lang)
    rows: list[Sequence[Cell]] = [
        (start, *row[1:]) for start, row in zip(series.starts, table.rows, strict=True)
    ]
    return words(lang).sheets["trend"], table.head, rows


def _numbers(numbers: Sequence[Number], its: Words) -> Sheet:
    rows: list[Sequence[Cell]] = [
        (
            one.name,
            one.said,
            one.counted,
            None if one.said is None or one.counted is None else one.said - one.counted,
        )
        for one in numbers
    ]
    return its.sheets["numbers"], (its.item, its.said, its.counted, its.difference), rows


def _named(named: Sequence[Named], its: Words) -> list[Sequence[Cell]]:
    return [(one.code, one.unit, one.branch or its.own) for one in named]
