"""The report as a table of text, and as a picture (SVG)."""

from pathlib import Path

from huiyin.replay.report import COLUMNS, Month, Report

HEADINGS = (
    "month",
    "letters",
    "answers",
    "late",
    "warned",
    "→owner",
    "→deputy",
    "→head",
    "→parent",
)
BAR = 40


def _line(cells: tuple[object, ...]) -> str:
    return f"{cells[0]!s:<8}" + "".join(f"{cell!s:>9}" for cell in cells[1:])


def _counts(month: Month) -> tuple[int, ...]:
    return tuple(getattr(month, column) for column in COLUMNS)


def by_year(report: Report) -> dict[str, Month]:
    """Return the months added up to years."""
    years: dict[str, Month] = {}
    for name, month in report.months.items():
        before = years.setdefault(name[:4], Month())
        for column in COLUMNS:
            setattr(before, column, getattr(before, column) + getattr(month, column))
    return years


def table(months: dict[str, Month]) -> str:
    """Return a line for each month with a bar of the escalations, and a sum."""
    most = max((sum(_counts(one)[4:]) for one in months.values()), default=1) or 1
    lines = [_line(HEADINGS)]
    for name, one in months.items():
        counts = _counts(one)
        bar = "█" * round(sum(counts[4:]) / most * BAR)
        lines.append(f"{_line((name, *counts))}  {bar}".rstrip())
    sums = [sum(column) for column in zip(*map(_counts, months.values()), strict=True)]
    lines.append(_line(("all", *sums)))
    return "\n".join(lines)


WIDTH, HEIGHT, LEFT, RIGHT, TOP, FOOT = 1000, 360, 46, 40, 34, 46
LAYERS = (
    ("warn", "warnings", "#9fb7c9"),
    ("owner", "told: owner", "#e3b04b"),
    ("deputy", "told: deputy", "#d98032"),
    ("head", "told: head", "#b9501f"),
    ("parent", "told: unit above", "#7a1f1f"),
)


def draw(report: Report, path: Path) -> None:
    """Write warnings and escalations by month as an SVG of stacked bars, without any script."""
    names = list(report.months)
    most = max((sum(_counts(one)[3:]) for one in report.months.values()), default=1) or 1
    step = (WIDTH - LEFT - RIGHT) / max(len(names), 1)
    scale = (HEIGHT - TOP - FOOT) / most
    floor = HEIGHT - FOOT
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        'font-family="sans-serif" font-size="12">',
        "<title>Warnings and escalations that would have been sent, by month</title>",
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>',
    ]
    for mark in range(0, most + 1, max(1, most // 4)):
        y = floor - mark * scale
        parts.append(f'<path d="M{LEFT} {y:.1f}H{WIDTH - RIGHT}" stroke="#ddd"/>')
        parts.append(f'<text x="{LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{mark}</text>')
    for place, name in enumerate(names):
        x, y = LEFT + place * step, float(floor)
        for column, _label, colour in LAYERS:
            if count := getattr(report.months[name], column):
                y -= count * scale
                parts.append(
                    f'<rect x="{x:.1f}" y="{y:.1f}" width="{step * 0.8:.1f}" '
                    f'height="{count * scale:.1f}" fill="{colour}"/>'
                )
        if name.endswith("-01"):
            parts.append(f'<text x="{x:.1f}" y="{floor + 16}">{name[:4]}</text>')
    for place, (_column, label, colour) in enumerate(LAYERS):
        x = LEFT + place * 150
        parts.append(f'<rect x="{x}" y="10" width="12" height="12" fill="{colour}"/>')
        parts.append(f'<text x="{x + 18}" y="20">{label}</text>')
    path.write_text("\n".join([*parts, "</svg>\n"]), encoding="utf-8")
