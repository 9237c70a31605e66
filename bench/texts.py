"""Letters of our own making for measurements: realistic in length and words, in any number.

Letter ``i`` is the same on every machine. ``COMMON`` stands in about one letter in six, ``RARE``
in exactly one of ``RARE_EVERY``; both are everyday words of two characters.
"""

from __future__ import annotations

import random
from dataclasses import dataclass

COMMON = "工资"
RARE = "井盖"
RARE_EVERY = 5_000

PLACES = (
    "一号门", "东区宿舍", "西区食堂", "三号车间", "装配二线", "物流园", "培训楼", "南门停车场", "老办公楼",
    "机修班", "仓储中心", "质检室", "客服大厅", "北区泵站", "热力站", "行政楼", "职工活动室", "七号公寓",
)  # fmt: skip
TIMES = (
    "上个月",
    "今年三月",
    "国庆节前",
    "从去年冬天起",
    "上周二夜班",
    "最近两周",
    "半年以来",
    "入职以后",
)
MATTERS = (
    ("拖欠{common}一直没有补发", "{time}{place}的{common}没有按时发放，班组长说再等等，到今天也没有说法。"),
    ("宿舍热水供应时断时续", "{time}{place}的热水晚上九点以后就停了，打了维修电话，来人看过一次就再没有消息。"),
    ("食堂饭菜质量下降", "{time}{place}的饭菜常常是凉的，价格却涨了两次，没有人解释涨价的原因。"),
    ("加班调休没有兑现", "{time}{place}安排了六次周末加班，说好可以调休，考勤系统里却查不到记录。"),
    ("噪声影响夜间休息", "{time}{place}旁边的风机整夜运转，住在附近的人都睡不好，希望能够检测并公布结果。"),
    ("劳保用品发放不足", "{time}{place}只发了一副手套和两个口罩，粉尘大的岗位根本不够用。"),
    ("岗位调整未经沟通", "{time}我被从{place}调走，事先没有谈话，也没有书面通知，待遇还降了一档。"),
    ("通勤班车经常晚点", "{time}去{place}的班车晚点了好几次，迟到却记在个人头上，这不公平。"),
    ("停车收费标准不清", "{time}{place}开始收费，门口没有公示标准，每个人交的钱还不一样。"),
    ("培训证书迟迟不发", "{time}在{place}参加的培训早已结业，证书一直没有发下来，影响了职称申报。"),
    ("报销手续反复退回", "{time}我在{place}办理报销，同一张单据被退回四次，每次的理由都不同。"),
    ("绿化带积水蚊虫多", "{time}{place}前的绿化带一直积水，孩子们被叮得满身是包，反映多次没有人处理。"),
)  # fmt: skip
FOLLOW_UPS = (
    "我向值班室反映过，得到的答复是正在研究。",
    "同事们也遇到了同样的情况，只是大家不愿意多说。",
    "相关的照片和记录我都留着，需要时可以提供。",
    "我理解工作有难处，但至少应当给一个明确的时间。",
    "此前打过两次电话，都说会有人联系我，结果没有下文。",
    "如果制度上确实不能办，也请书面告诉我依据是哪一条。",
    "这件事情已经影响到家里人的正常生活。",
    "负责这件事的人换了三位，每换一位就要从头讲一遍。",
)
WISHES = (
    "请尽快查明情况，给我一个书面的答复。",
    "希望能够定下整改的期限，并且公布出来。",
    "请有关单位到现场看一看，不要只听汇报。",
    "希望今后不再发生同样的事。",
)
RARE_LINE = f"路上还有一处{RARE}松动，车一过就响，很危险。"


@dataclass(frozen=True)
class Letter:
    """One letter: title and text, both in Chinese, and which matter it is about."""

    title: str
    text: str
    matter: int


def letter(i: int) -> Letter:
    """Return letter number ``i``, about 120 to 260 characters long."""
    dice = random.Random(i)
    matter = dice.randrange(len(MATTERS))
    subject, opening = MATTERS[matter]
    place, time = dice.choice(PLACES), dice.choice(TIMES)
    lines = [opening.format(time=time, place=place, common=COMMON)]
    lines += dice.sample(FOLLOW_UPS, dice.randint(2, 5))
    if dice.random() < 0.09:
        lines.append(f"上面说的{COMMON}问题也请一并答复。")
    if i % RARE_EVERY == RARE_EVERY // 2:
        lines.append(RARE_LINE)
    lines.append(dice.choice(WISHES))
    return Letter(f"{place}：{subject.format(common=COMMON)}", "".join(lines), matter)
