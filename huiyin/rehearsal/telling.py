"""What a rehearsal showed, as a table of text and as one line of JSON."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from huiyin.rehearsal.faults import KINDS, Line
from huiyin.rehearsal.running import Rehearsed
from huiyin.rehearsal.world import code

HEADINGS = ("fault", "unit", "went wrong", "noticed", "after", "told, in this order")
LONGEST = 4  # posts named in a line of the table; the page names all


def duration(of: timedelta | None) -> str:
    """Return a time as days, hours and minutes; "at once" for none."""
    if of is None:
        return "never"
    minutes = int(of.total_seconds() // 60)
    days, hours = divmod(minutes // 60, 24)
    parts = ((days, "d"), (hours, "h"), (minutes % 60, "min"))
    return " ".join(f"{number} {unit}" for number, unit in parts if number) or "at once"


def in_chinese(of: timedelta | None) -> str:
    """Return a time as the page says it."""
    said = duration(of)
    for english, chinese in (("never", "未发现"), ("at once", "即时"), (" min", "分"), (" h", "小时"),
                             (" d", "天")):  # fmt: skip
        said = said.replace(english, chinese)
    return said.replace(" ", "")


def posts(line: Line, most: int | None = LONGEST) -> list[str]:
    """Return the codes of the posts that were told, each once, in the order in which they were."""
    found = list(dict.fromkeys(post for post, _at, _rung in line.told))
    return found if most is None or len(found) <= most else [*found[: most - 1], "…"]


def clock_time(at: datetime | None, zone: ZoneInfo) -> str:
    """Return day and time of the organisation."""
    return f"{at.astimezone(zone):%m-%d %H:%M}" if at else "—"


def row(line: Line, rehearsed: Rehearsed, most: int | None = LONGEST) -> tuple[str, ...]:
    """Return the cells of one fault."""
    zone = rehearsed.script.zone
    return (
        KINDS[line.fault.kind][0],
        code(rehearsed.script.world, line.fault.unit),
        clock_time(line.fault.at, zone),
        clock_time(line.at, zone),
        duration(line.after),
        f"!! {line.why}" if line.why else " → ".join(posts(line, most)),
    )


def table(rehearsed: Rehearsed) -> str:
    """Return a line for each fault, and by name what is missing and what was invented."""
    rows = [HEADINGS, *(row(line, rehearsed) for line in rehearsed.outcome.lines)]
    widths = [max(len(one[column]) for one in rows) for column in range(len(HEADINGS) - 1)]
    lines = [
        "  ".join([*(cell.ljust(width) for cell, width in zip(one, widths, strict=False)), one[-1]])
        for one in rows
    ]
    lines.insert(1, "-" * min(100, max(map(len, lines))))
    script = rehearsed.script
    lines += [
        f"NOT NOTICED: {KINDS[one.fault.kind][0]}, {code(script.world, one.fault.unit)}, "
        f"{clock_time(one.fault.at, script.zone)}: {one.why}"
        for one in rehearsed.outcome.missing
    ]
    lines += [
        f"INVENTED: {key[0]}, {one.unit}, {clock_time(one.at, script.zone)}, {' '.join(key[2:]).strip()}"
        for key, one in sorted(rehearsed.outcome.invented.items(), key=lambda pair: pair[1].at)
    ]
    lines += [
        f"No room for {number} of “{KINDS[kind][0]}”: too few units, days or posts."
        for kind, number in script.left_out.items()
    ]
    return "\n".join(lines)


def figures(rehearsed: Rehearsed, seconds: float) -> dict[str, object]:
    """Return what the last line of the command says."""
    outcome, script = rehearsed.outcome, rehearsed.script
    return {
        "units": len(script.world.units),
        "days": script.days,
        "events": rehearsed.events,
        "injected": len(outcome.lines),
        "noticed": len(outcome.lines) - len(outcome.missing),
        "invented": len(outcome.invented),
        "by_kind": {
            kind: sum(one.fault.kind == kind for one in outcome.lines)
            for kind in KINDS
            if any(one.fault.kind == kind for one in outcome.lines)
        },
        "stopped": rehearsed.stopped,
        "seconds": round(seconds, 1),
    }
