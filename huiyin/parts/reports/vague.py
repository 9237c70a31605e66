"""What is unclear in a report, as questions beside its fields. They ask; they refuse nothing.

A report can be sent with questions open: late and unclear is mended by a further version, late and
unsent is not. The open questions stay beside the report for whoever reads it.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from huiyin.parts.reports.templates import Field, templates

VAGUE = re.compile(
    r"基本稳定|总体稳定|总体平稳|情况可控|基本可控|基本正常|一些|若干|部分(?!门)|有的|个别|大量|"
    r"不少|许多|左右|大概|大约|尽快|及时处理|正在处理中|正在积极|高度重视|妥善处[理置]|有关部门|"
    r"相关部门|有关人员|近期|近日|适时|等情况|"
    r"\b(?:some|several|many|a few|various|as soon as possible|asap|soon|shortly|basically stable|"
    r"under control|largely normal|relevant departments?|appropriate measures?|attach great importance|"
    r"recently|approximately|about)\b",
    re.IGNORECASE,
)
NUMERAL = re.compile(r"[\d０-９〇零一二两三四五六七八九十百千万]")
PLACE = re.compile(
    r"[\d０-９一二三四五六七八九十]|[路街巷道村镇乡区县市号楼栋层室厅厂库场站桥门院园]|车间|食堂|宿舍|"
    r"\b(?:road|street|hall|room|floor|building|gate|plant|works|warehouse|station|canteen|yard)\b",
    re.IGNORECASE,
)
TIME = re.compile(
    r"[\d０-９]{1,2}\s*[:：时点]\s*[\d０-９]{0,2}|[上下]午|凌晨|[早晚]上|今[天日晚]|明[天日]|\d月\d|"
    r"\b(?:\d{1,2}\s*(?:am|pm)|today|tomorrow|noon|midnight)\b",
    re.IGNORECASE,
)
WHOM = re.compile(
    r"[公司厂部处科局所队站院室组会办]|部门|单位|集团|上级|岗|消防|医|警|"
    r"\b(?:from|by|office|department|company|unit|team|brigade|board|group)\b",
    re.IGNORECASE,
)
NOTHING = {"", "无", "没有", "不需要", "无需", "暂无", "none", "nothing", "no", "-", "—"}
SHORT = 10  # characters that "what" has at least
NAMES_A_NUMBER = {"affected"}


@dataclass(frozen=True)
class Question:
    """What is asked beside a field: `code` is its wording (messages.py), `word` what was unclear."""

    field: str
    code: str
    word: str = ""


def nothing_needed(text: Any) -> bool:
    """Whether "what is needed" says that nothing is."""
    return str(text or "").strip().strip("。.").lower() in NOTHING


def _asked(one: Field, text: str) -> list[Question]:
    found = []
    if "vague" in one.ask and (met := VAGUE.search(text)):
        found.append(Question(one.name, "vague", met[0]))
    if "short" in one.ask and len(text) < SHORT:
        found.append(Question(one.name, "short"))
    if "place" in one.ask and not PLACE.search(text):
        found.append(Question(one.name, "no_place"))
    if "time" in one.ask and not TIME.search(text) and not nothing_needed(text):
        found.append(Question(one.name, "no_time"))
    if "whom" in one.ask and not nothing_needed(text) and not WHOM.search(text):
        found.append(Question(one.name, "no_whom"))
    return found


def questions(
    kind: str,
    fields: Mapping[str, Any],
    *,
    now: datetime,
    earlier: Mapping[str, Any] | None = None,
) -> list[Question]:
    """Return what is to be asked about `fields` (as `templates.clean` gives them), in page order.

    `now` is when they are written or were sent; `earlier` what the last report of the matter said.
    """
    found: list[Question] = []
    for one in templates()[kind].fields:
        value = fields.get(one.name)
        if value is None or value == "":
            if one.required:
                code = {"number": "no_number", "moment": "no_moment"}.get(one.type, "empty")
                found.append(Question(one.name, code))
            continue
        if one.type == "moment":
            found += _when(one.name, kind, datetime.fromisoformat(str(value)), now)
        elif one.type in {"text", "lines"}:
            found += _asked(one, str(value))
    if earlier and fields.get("affected") is not None and earlier.get("affected") is not None:
        fewer = int(fields["affected"]) < int(earlier["affected"])
        if fewer and not fields.get("why"):
            found.append(Question("affected", "fewer", str(earlier["affected"])))
    return found


def _when(name: str, kind: str, moment: datetime, now: datetime) -> list[Question]:
    if name == "next" and moment <= now:
        return [Question(name, "past")]
    if name == "when" and moment > now and kind != "early":
        return [Question(name, "future")]
    return []
