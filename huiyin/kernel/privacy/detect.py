"""Catch what must not be in a report: numbers that stand for a person, and names of complainants.

Identity-card numbers (GB 11643-1999, with its check digit), the old ones of 15 digits, and telephone
numbers are refused with what to write instead. Names can't be told for certain: they are asked about,
and whoever sends says that none is of somebody who complained.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

import rjieba

from huiyin.kernel.privacy.everyday import PEOPLE, WORDS

Kind = Literal["id_card", "mobile", "landline", "name"]
REFUSED: tuple[Kind, ...] = ("id_card", "mobile", "landline")
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_DIGITS = str.maketrans(
    "０１２３４５６７８９〇零一二三四五六七八九幺ＸｘＯ－—–·．（）＋　",
    "0123456789001234567891XX0----.()+ ",
)
_GAP = r"[ \-.·]?"
_ID = re.compile(rf"(?<!\d)\d(?:{_GAP}\d){{16}}{_GAP}[\dXx](?!\d)|(?<!\d)\d{{15}}(?!\d)")
_MOBILE = re.compile(rf"(?<!\d)(?:\+?86{_GAP}|0086{_GAP})?1[3-9](?:{_GAP}\d){{9}}(?!\d)")
_LANDLINE = re.compile(rf"(?<!\d)\(?0\d{{2,3}}\)?[ \-]{{0,2}}[1-9]\d{{2,3}}{_GAP}\d{{4}}(?!\d)")
_SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏"
    "薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常"
    "武乔贺赖龚文"
)
_DOUBLE = "欧阳|司徒|上官|诸葛|司马|东方|皇甫|尉迟|公孙|慕容|令狐|夏侯"
_SURNAME = rf"(?:{_DOUBLE}|[{_SURNAMES}])"
_BEFORE = re.compile(
    r"(来信人|来访人|上访人|信访人|反映人|投诉人|举报人|申请人|当事人|代表人|联系人|姓名|姓名为|名叫|叫做)"
    rf"\s*[:：为是]?\s*({_SURNAME}[一-龥]{{1,2}})"
)
_AFTER = re.compile(
    rf"({_SURNAME}(?:[一-龥]{{1,2}})?)(先生|女士|小姐|同志|师傅|大姐|大哥|大爷|大妈|阿姨|老人家|家属)"
)
_CALLED = ("先生", "女士", "小姐", "同志")  # said of a name, not of what anything is
_LABELLED = re.compile(r"[:：]|姓名|名叫|叫做")
_SAYS = re.compile(r"说|称|讲|反映|表示|来电|来信|来访|投诉|举报|要求|认为|告诉|自述|诉|本人")
_GOES_ON = (
    "的了在到至于和与及来去有是被因将已未不也都就又再前后起"  # after a word, as in no given name
)
_ENGLISH = re.compile(
    r"\b(?:Mr|Mrs|Ms|Miss|Dr|[Cc]omplainant|[Pp]etitioner)\.?\s+([A-Z][a-z]+(?:\s+[A-Z][a-z]+)?)"
)
_ANONYMOUS = re.compile(r"某|^[王李张赵刘]$")


@dataclass(frozen=True)
class Found:
    """What was caught in a field; `text` stands there from `start` to `end`."""

    field: str
    kind: Kind
    text: str
    start: int
    end: int

    @property
    def refused(self) -> bool:
        """Whether it may not be sent at all."""
        return self.kind in REFUSED


def _is_day(text: str) -> bool:
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:8])).year >= 1900
    except ValueError:
        return False


def is_identity_number(text: str) -> bool:
    """Whether 18 characters are an identity number by check digit (GB 11643-1999, ISO 7064 11-2).

    Also the 15 digits used until 2013, which have no check digit, where they hold a day.
    """
    if len(text) == 15:
        return text.isdigit() and _is_day("19" + text[6:12])
    if len(text) != 18 or not text[:17].isdigit():
        return False
    rest = sum(int(digit) * weight for digit, weight in zip(text, _WEIGHTS, strict=False)) % 11
    return text[17].upper() == "10X98765432"[rest]


def _numbers(name: str, text: str) -> Iterator[Found]:
    plain = text.translate(_DIGITS)  # one character for one: places stay as they are
    taken: list[tuple[int, int]] = []
    for kind, pattern in (("id_card", _ID), ("mobile", _MOBILE), ("landline", _LANDLINE)):
        for met in pattern.finditer(plain):
            if any(met.start() < end and start < met.end() for start, end in taken):
                continue
            if kind == "id_card" and not is_identity_number(re.sub(r"[ \-.·]", "", met[0])):
                continue
            taken.append(met.span())
            yield Found(name, kind, text[met.start() : met.end()], *met.span())  # type: ignore[arg-type]


_GIVEN = frozenset(  # what given names often end in
    "明平华国军强文志建伟林海波生春晓红丽芳英杰鹏飞涛勇斌辉凡鸣峰刚超磊洋艳娟敏静霞秀玲桂燕萍梅兰云雪莉洁琳婷雯颖慧"
    "佳欣怡丹露倩宁安康乐福贵财德义仁信成功胜利东南北新民良善美玉珍宝龙虎彪豪俊帅浩宇轩泽晨阳光亮星天山川泉松柏竹"
)


class _Words:
    """The words of a text by their places, to tell everyday ones from names."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tagged: list[tuple[int, str, str]] = []
        at = 0
        for word, tag in rjieba.tag(text):
            self.tagged.append((at, word, tag))
            at += len(word)
        self._starts = {start: n for n, (start, _, _) in enumerate(self.tagged)}

    def everyday(self, start: int) -> str:
        """Return the everyday word that begins here and is not the beginning of a name; else "".

        A character that stands alone after it, or that given names end in, may be the rest of a name.
        """
        n = self._starts.get(start)
        if n is None:
            return ""
        _, word, tag = self.tagged[n]
        if len(word) > 3 and not tag.startswith("nr") and rjieba.has_word(word):
            return word
        after = self.tagged[n + 1][1] if n + 1 < len(self.tagged) else ""
        alone = len(after) == 1 and "一" <= after <= "龥" and after not in _GOES_ON
        return "" if word not in WORDS or alone or after[:1] in _GIVEN else word

    def named(self) -> Iterator[tuple[int, int]]:
        """Yield where a word is tagged as a name; an everyday one only where it says something."""
        for start, word, tag in self.tagged:
            if not tag.startswith("nr") or not re.fullmatch(rf"{_SURNAME}[一-龥]{{1,2}}", word):
                continue
            end = start + len(word)
            if word not in WORDS or (word not in PEOPLE and _SAYS.match(self.text, end)):
                yield start, end


def _names(name: str, text: str) -> Iterator[Found]:
    words = _Words(text)
    spans = {met.span(1) for met in _ENGLISH.finditer(text)} | set(words.named())
    for met in _BEFORE.finditer(text):
        if _LABELLED.search(text, met.start(), met.start(2)) or not words.everyday(met.start(2)):
            spans.add(met.span(2))
    for met in _AFTER.finditer(text):
        if met[2] in _CALLED or words.everyday(met.start(1)) != met[1]:
            spans.add(met.span(1))
    last = 0
    for start, end in sorted(spans, key=lambda span: (span[0], -span[1])):
        if start >= last and not _ANONYMOUS.search(text[start:end]):
            yield Found(name, "name", text[start:end], start, end)
            last = end


def caught(fields: Mapping[str, Any]) -> list[Found]:
    """Return what is caught in the texts of a report, field by field, in the order of the text."""
    found: list[Found] = []
    for name, value in fields.items():
        if isinstance(value, str) and value:
            numbers = list(_numbers(name, value))
            inside = [(one.start, one.end) for one in numbers]
            names = [
                one
                for one in _names(name, value)
                if not any(start <= one.start < end for start, end in inside)
            ]
            found += sorted([*numbers, *names], key=lambda one: one.start)
    return found
