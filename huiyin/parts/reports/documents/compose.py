"""The papers of reports in words and order, ready to be set."""

import re
from collections.abc import Sequence
from itertools import count

from huiyin.kernel.papers.page import NONE
from huiyin.kernel.papers.paper import (
    Block,
    Paper,
    Picture,
    Table,
    Text,
    day,
    lines,
    numbered,
    numbered_below,
    tidy,
)
from huiyin.parts.reports.documents import trend
from huiyin.parts.reports.documents.content import Named, Number, ReportContent, WholeContent
from huiyin.parts.reports.documents.words import Words, words

MANY = 40  # names that are set as text; more are set smaller
_HINT = re.compile(r"\s*[（(][^（）()]*[）)]$")


def heading(name: str) -> str:
    """A field's name without the hint that stands behind it on the form."""
    return _HINT.sub("", name)


def report_paper(content: ReportContent) -> Paper:
    """Return one report as a paper to every unit above."""
    its, lang = words(content.lang), content.lang
    blocks: list[Block] = []
    section = count(1)
    if content.follows:
        blocks.append(Text(its.follows.format(number=content.follows)))
    if content.numbers:
        blocks += [numbered(next(section), its.numbers, lang), *_numbers(content.numbers, its)]
    if content.short:
        blocks += [
            numbered(next(section), its.basics, lang),
            Table(its.field_head, tuple((heading(k), tidy(v)) for k, v in content.short), (2, 4)),
        ]
    for name, text in content.long:
        blocks.append(numbered(next(section), heading(name), lang))
        blocks += [Text(line) for line in lines(text)]
    if content.open:
        asked = [its.asked.format(field=heading(f), question=q) for f, q in content.open]
        blocks += [numbered(next(section), its.open, lang), Text(its.open_lead)]
        blocks += [Text(tidy(one)) for one in asked]
    if content.changes:
        rows = tuple(
            (str(one.version), one.at, heading(one.field), tidy(one.before) or its.blank,
             tidy(one.after) or its.blank)
            for one in content.changes
        )  # fmt: skip
        blocks += [
            numbered(next(section), its.changes, lang),
            Table(its.change_head, rows, (2, 4, 4, 5, 5)),
        ]
    if content.desks:
        desks = tuple(
            (one.unit, one.acknowledged or its.not_yet, tidy(one.action) or NONE)
            for one in content.desks
        )
        blocks += [
            numbered(next(section), its.desks, lang), Table(its.desk_head, desks, (3, 3, 4)),
        ]  # fmt: skip
    blocks.append(Text(its.close))
    more = its.pictures.format(n=content.pictures) if content.pictures else ""
    note = its.note.format(version=content.version, at=content.sent_at, more=more)
    above = its.joint.join(tidy(one.unit) for one in content.desks)
    return Paper(
        lang=lang,
        issuer=tidy(content.unit),
        number=tidy(content.number),
        title=report_title(content),
        recipient=its.to.format(units=above) if above else "",
        blocks=tuple(blocks),
        signature=tuple(one for one in (tidy(content.unit), tidy(content.post)) if one),
        issued=day(content.sent_on, lang),
        issued_on=content.sent_on,
        note=note.replace(" )", ")"),
    )


def report_title(content: ReportContent) -> str:
    """Return the title: of the day, of the event, or the kind alone."""
    its = words(content.lang)
    if content.kind == "daily" and content.about:
        return its.daily.format(day=day(content.about, content.lang))
    if content.kind == "urgent" and content.event:
        return its.urgent.format(event=tidy(content.event))
    return tidy(content.kind_name)


def whole_paper(content: WholeContent, faces: str = "") -> Paper:
    """Return a day over a subtree; every missing unit is named. `faces` are for the drawings."""
    its, lang = words(content.lang), content.lang
    section = count(1)
    blocks: list[Block] = [
        numbered(next(section), its.state, lang),
        Text(
            its.state_text.format(
                owed=content.owed, sent=content.sent, missing=len(content.missing),
                late=len(content.late),
            )
        ),
    ]  # fmt: skip
    part = count(1)
    if content.missing:
        head = its.missing.format(n=len(content.missing))
        blocks.append(numbered_below(1, next(part), head, lang))
        blocks += _listed(content.missing, its)
    else:
        blocks.append(Text(its.none_missing))
    if content.late:
        head = its.late.format(n=len(content.late))
        blocks.append(numbered_below(1, next(part), head, lang))
        blocks += _listed(content.late, its)
    blocks += [numbered(next(section), its.numbers, lang), *_numbers(content.numbers, its)]
    if content.branches:
        rows = tuple((tidy(one.unit), one.owed, one.sent, one.missing) for one in content.branches)
        blocks += [
            numbered(next(section), its.below, lang), Table(its.below_head, rows, (5, 2, 2, 2)),
        ]  # fmt: skip
    if content.needs:
        blocks.append(numbered(next(section), its.needs, lang))
        for number, text, unit in content.needs:
            said = tidy(text).rstrip("。；;.")
            blocks.append(Text(its.need.format(unit=tidy(unit), text=said, number=number)))
    if content.trend:
        at = next(section)
        series = content.trend
        blocks.append(numbered(at, its.trend[series.weeks], lang))
        shown = ((its.letters, trend.LETTERS), (its.work, trend.WORK))
        for below, (name, what) in enumerate(shown, 1):
            blocks.append(numbered_below(at, below, name, lang))
            blocks.append(
                Picture(trend.drawing(series, what, lang, faces), trend.spoken(series, what, lang))
            )
        blocks.append(trend.table(series, lang))
        blocks.append(Text(its.trend_note + ("" if series.over else its.gap + its.still)))
    return Paper(
        lang=lang,
        issuer=tidy(content.unit),
        number=f"{content.code}-{content.day:%Y%m%d}",
        title=its.whole.format(day=day(content.day, lang)),
        recipient="",
        blocks=tuple(blocks),
        signature=tuple(one for one in (tidy(content.unit), tidy(content.post)) if one),
        issued=day(content.made_on, lang),
        issued_on=content.made_on,
        note=its.made.format(at=content.made_at),
    )


def _numbers(numbers: Sequence[Number], its: Words) -> list[Block]:
    differ = [one.said is not None and one.said != one.counted for one in numbers]
    rows = tuple(
        (
            tidy(one.name) + ("＊" if odd else ""),
            NONE if one.said is None else one.said,
            NONE if one.counted is None else one.counted,
        )
        for one, odd in zip(numbers, differ, strict=True)
    )
    made: list[Block] = [Table((its.item, its.said, its.counted), rows, (5, 2, 2))]
    return [*made, Text(its.differ, fine=True)] if any(differ) else made


def _listed(named: Sequence[Named], its: Words) -> list[Block]:
    """Return the names by the unit right below under which they stand, in the order given."""
    groups: dict[str, list[str]] = {}
    for one in named:
        groups.setdefault(tidy(one.branch) or its.own, []).append(tidy(one.unit))
    alone = [branch for branch, units in groups.items() if units == [branch]]
    texts = [its.listed.format(units=its.joint.join(alone))] if alone else []
    texts += [
        its.under.format(branch=branch, n=len(units), units=its.joint.join(units))
        for branch, units in groups.items()
        if branch not in alone
    ]
    return [Text(one, fine=len(named) > MANY) for one in texts]
