"""The page of GB/T 9704-2012 (党政机关公文格式), in millimetres and points."""

from collections.abc import Sequence

WIDTH, HEIGHT = 210.0, 297.0
TOP, LEFT = 37.0, 28.0
TYPE_WIDTH, TYPE_HEIGHT = 156.0, 225.0
RIGHT = WIDTH - LEFT - TYPE_WIDTH
BOTTOM = HEIGHT - TOP - TYPE_HEIGHT
LINES, CHARACTERS = 22, 28

POINTS_A_MM = 72 / 25.4
LINE_PITCH = TYPE_HEIGHT * POINTS_A_MM / LINES
CHARACTER_PITCH = TYPE_WIDTH * POINTS_A_MM / CHARACTERS

BODY = 16.0  # 3号
TITLE = 22.0  # 2号
FOOT = 14.0  # 4号
FINE, FINE_PITCH = 12.0, 19.0  # 小4号: tables and long lists
HEAD_LARGEST = 42.0
HEAD_DROP = 35.0  # from the edge of the type area to the name of the issuing body

ENGLISH_BODY, ENGLISH_TITLE, ENGLISH_FOOT, ENGLISH_PITCH = 12.0, 18.0, 11.0, 19.0
ENGLISH_FINE, ENGLISH_FINE_PITCH = 10.5, 14.5

NONE = "–"
TOGETHER = 14  # rows of a table that a page break does not part

TITLE_FONTS = ("方正小标宋简体", "FZXiaoBiaoSong-B05S", "FZXiaoBiaoSong-B05")
BODY_FONTS = ("仿宋_GB2312", "FangSong_GB2312", "仿宋", "FangSong", "STFangsong", "Zhuque Fangsong")
HEADING_FONTS = ("黑体", "SimHei", "STHeiti")
SECOND_FONTS = ("楷体_GB2312", "KaiTi_GB2312", "楷体", "KaiTi", "STKaiti", "LXGW WenKai")
FOOT_FONTS = ("宋体", "SimSun", "STSong")
SERIF_FALLBACK = (
    "Noto Serif CJK SC", "Source Han Serif SC", "Source Han Serif CN", "Noto Serif SC", "SimSun",
    "Songti SC", "STSong", "AR PL UMing CN",
)  # fmt: skip
SANS_FALLBACK = (
    "Noto Sans CJK SC", "Source Han Sans SC", "Source Han Sans CN", "Noto Sans SC",
    "WenQuanYi Zen Hei", "WenQuanYi Micro Hei", "Microsoft YaHei", "PingFang SC", "SimHei",
    "Droid Sans Fallback",
)  # fmt: skip


def head_size(name: str) -> float:
    """Points at which the name of the issuing body fits the width of the type area on one line.

    Full-width characters take one em, others about half; never below the title's 22 points.
    """
    ems = sum(1.0 if ord(c) > 0x2E80 else 0.55 for c in name) or 1.0
    return max(TITLE, min(HEAD_LARGEST, TYPE_WIDTH * POINTS_A_MM * 0.98 / ems))


def numeric(rows: Sequence[Sequence[str | int]], columns: int) -> list[bool]:
    """Which columns hold whole numbers (or – for none), and so stand to the right."""
    return [
        any(isinstance(row[at], int) for row in rows)
        and all(isinstance(row[at], int) or row[at] == NONE for row in rows)
        for at in range(columns)
    ]
