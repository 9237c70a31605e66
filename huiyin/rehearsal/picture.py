"""A rehearsal as one page that needs nothing else: a picture of each fault on its way, and the table."""

import math
from datetime import timedelta
from html import escape
from pathlib import Path

from huiyin.rehearsal.faults import KINDS, Line
from huiyin.rehearsal.running import Rehearsed
from huiyin.rehearsal.telling import HEADINGS, duration, in_chinese, posts, row
from huiyin.rehearsal.world import code, posts_of

WIDTH, LEFT, RIGHT, TOP, ROW = 960, 250, 30, 56, 18
GRID = tuple(timedelta(minutes=one) for one in (0, 10, 30, 60, 180, 720, 1440, 4320))
ZH = ("差错", "单位", "发生", "发现", "用时", "依次告知")
STYLE = """
body{font:15px/1.5 system-ui,"Noto Sans CJK SC","PingFang SC","Microsoft YaHei",sans-serif;
margin:0 auto;max-width:64rem;padding:1rem;color:#1d1d1b;background:#fff}
h1{font-size:1.5rem;margin:.3rem 0}.sum{font-size:1.1rem}.bad{color:#a01818;font-weight:600}
.wide{overflow-x:auto}svg{min-width:40rem;width:100%;height:auto}
table{border-collapse:collapse;font-size:.9rem}th,td{text-align:left;padding:.3rem .6rem;
border-bottom:1px solid #ddd;vertical-align:top}th{background:#f3f3f0}td:nth-child(n+2):nth-child(-n+5){white-space:nowrap}
@media(max-width:40rem){thead{display:none}tr{display:block;border-bottom:2px solid #bbb;padding:.4rem 0}
td{display:block;border:0;padding:.1rem 0}td::before{content:attr(data-name)" ";color:#666}}
"""


def _x(after: timedelta) -> float:
    """Return where a time after going wrong lies: minutes on a scale of logarithms."""
    most = math.log1p(GRID[-1].total_seconds() / 60 / 5)
    return LEFT + (WIDTH - LEFT - RIGHT) * min(
        1.0, math.log1p(max(0.0, after.total_seconds()) / 60 / 5) / most
    )


def _axis(height: int) -> list[str]:
    parts = []
    for mark in GRID:
        x = _x(mark)
        label = "0" if not mark else duration(mark)
        parts.append(f'<path d="M{x:.1f} {TOP - 8}V{height - 8}" stroke="#ddd"/>')
        parts.append(f'<text x="{x:.1f}" y="{TOP - 14}" text-anchor="middle">{label}</text>')
    return parts


def _row(line: Line, y: int, rehearsed: Rehearsed) -> list[str]:
    label = f"{KINDS[line.fault.kind][1]} · {code(rehearsed.script.world, line.fault.unit)}"
    parts = [f'<text x="{LEFT - 10}" y="{y + 4}" text-anchor="end">{escape(label)}</text>']
    if line.after is None or line.why:
        return [
            *parts,
            f'<path d="M{LEFT - 5} {y - 5}l10 10m0 -10l-10 10" stroke="#a01818" stroke-width="2.5"/>',
            f'<text x="{LEFT + 14}" y="{y + 4}" fill="#a01818">{escape(line.why)}</text>',
        ]
    steps = [_x(at - line.fault.at) for _post, at, _rung in line.told]
    parts.append(
        f'<path d="M{LEFT} {y}H{_x(line.after):.1f}" stroke="#c8a03c" stroke-width="3"/>'
        f'<path d="M{_x(line.after):.1f} {y}H{max([*steps, LEFT]):.1f}" stroke="#c9c9c4"/>'
    )
    parts += [
        f'<rect x="{x - 2.5:.1f}" y="{y - 2.5}" width="5" height="5" fill="#b9501f">'
        f"<title>{escape(post)}</title></rect>"
        for x, (post, _at, _rung) in zip(steps, line.told, strict=True)
    ]
    parts.append(f'<circle cx="{_x(line.after):.1f}" cy="{y}" r="4.5" fill="#1f6f54"/>')
    return parts


def _picture(rehearsed: Rehearsed) -> str:
    kinds = list(KINDS)
    lines = sorted(
        rehearsed.outcome.lines, key=lambda one: (kinds.index(one.fault.kind), one.fault.at)
    )
    height = TOP + ROW * len(lines) + 16
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img" '
        'font-family="inherit" font-size="11.5">',
        "<title>每个差错从发生到被发现 · From going wrong to being noticed</title>",
        f'<circle cx="{LEFT + 6}" cy="14" r="4.5" fill="#1f6f54"/>'
        f'<text x="{LEFT + 16}" y="18">发现 noticed</text>'
        f'<rect x="{LEFT + 122}" y="11" width="5" height="5" fill="#b9501f"/>'
        f'<text x="{LEFT + 134}" y="18">告知一个岗位 a post told</text>',
        *_axis(height),
    ]
    for number, line in enumerate(lines):
        parts += _row(line, TOP + ROW * number + 8, rehearsed)
    return "\n".join([*parts, "</svg>"])


def page(rehearsed: Rehearsed) -> str:
    """Return the page: what was put in and noticed, the picture, the table. No script, no address."""
    outcome, script = rehearsed.outcome, rehearsed.script
    noticed = len(outcome.lines) - len(outcome.missing)
    bad = ' class="bad"' if outcome.status else ""
    names = [f"{zh} {en}" for zh, en in zip(ZH, HEADINGS, strict=True)]
    head = "".join(f"<th>{escape(name)}</th>" for name in names)
    called = posts_of({post for line in outcome.lines for post, _at, _rung in line.told})
    body = ""
    for line in outcome.lines:
        cells = list(row(line, rehearsed, most=None))
        cells[0] = f"{KINDS[line.fault.kind][1]} {cells[0]}"
        cells[1] = f"{script.world.units[line.fault.unit].name} {cells[1]}"
        cells[4] = in_chinese(line.after)
        if not line.why:
            cells[5] = " → ".join(called.get(post, post) for post in posts(line, None))
        body += "<tr>" + "".join(
            f'<td data-name="{escape(name)}">{escape(cell)}</td>'
            for name, cell in zip(names, cells, strict=True)
        ) + "</tr>\n"  # fmt: skip
    invented = "".join(
        f"<li>{escape(key[0])} · {escape(one.unit)} · {one.at.astimezone(script.zone):%m-%d %H:%M}</li>"
        for key, one in outcome.invented.items()
    )
    return f"""<!doctype html>
<html lang="zh-Hans"><head><meta charset="utf-8"><title>特护期演练 · Rehearsal of a window</title>
<meta name="viewport" content="width=device-width,initial-scale=1"><style>{STYLE}</style></head><body>
<h1>特护期演练 · Rehearsal of a window</h1>
<p class="sum">{len(script.world.units)} 个单位，{script.days} 天 ·
{len(script.world.units)} units, {script.days} days from {script.first}</p>
<p{bad}>设置差错 {len(outcome.lines)} 处，发现 {noticed} 处，误报 {len(outcome.invented)} 处。
{len(outcome.lines)} faults put in, {noticed} noticed, {len(outcome.invented)} invented.</p>
<div class="wide">{_picture(rehearsed)}</div>
{f"<h2>误报 · Invented</h2><ul>{invented}</ul>" if invented else ""}
<table><thead><tr>{head}</tr></thead><tbody>
{body}</tbody></table></body></html>
"""


def write(rehearsed: Rehearsed, path: Path) -> None:
    """Write the page; raises OSError."""
    path.write_text(page(rehearsed), encoding="utf-8")
