"""The demonstration organisation: Yuanshan Group, its subsidiaries, posts, holders and claims.

Everything in it is invented. All sign-ins have the same password, which is printed: never open the
demonstration to a network that you don't trust.
"""

from dataclasses import dataclass, field
from datetime import datetime

from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import User

from huiyin.kernel.holding.actions import hold
from huiyin.kernel.units.actions import (
    Acting,
    add_post,
    add_unit,
    appoint,
    change_organisation,
    set_up,
)
from huiyin.kernel.units.models import Post, Role, Unit
from huiyin.parts.cases.models import Category, Claim

NAME = "远山集团"
PASSWORD = "yuanshan-2026"  # noqa: S105 - of the demonstration, and printed

# code, parent, name, English name
UNITS = (
    ("ys", "", NAME, "Yuanshan Group"),
    ("ys-office", "ys", "信访工作办公室", "Petitions Office"),
    ("ys-hr", "ys", "人力资源部", "Human Resources"),
    ("ys-safety", "ys", "安全环保部", "Safety and Environment"),
    ("ys-audit", "ys", "审计部", "Internal Audit"),
    ("equip", "ys", "装备制造公司", "Equipment Manufacturing"),
    ("equip-assembly", "equip", "装配车间", "Assembly Shop"),
    ("equip-canteen", "equip", "职工食堂", "Staff Canteen"),
    ("logistics", "ys", "物流运输公司", "Logistics and Transport"),
    ("logistics-bus", "logistics", "通勤车队", "Commuter Buses"),
    ("build", "ys", "建设工程公司", "Construction"),
    ("build-contracts", "build", "合约部", "Contracts Department"),
    ("heat", "ys", "供热公司", "District Heating"),
    ("heat-east", "heat", "东片区服务站", "East Area Station"),
    ("estate", "ys", "物业公司", "Housing and Property"),
    ("estate-repair", "estate", "维修中心", "Repairs Centre"),
    ("hospital", "ys", "职工医院", "Staff Hospital"),
    ("mine", "ys", "北岭矿业公司", "Beiling Mining"),
    ("mine-safety", "mine", "安全部", "Safety Department"),
    ("trade", "ys", "商贸公司", "Trading"),
    ("board", "", "独立监督委员会", "Independent Supervisory Board"),
)

TITLES = {
    Role.HEAD: ("总经理", "General Manager"),
    Role.DEPUTY: ("分管副总经理", "Deputy General Manager"),
    Role.HANDLER: ("来信承办岗", "Case Handler"),
    Role.CLERK: ("来信接待岗", "Reception"),
    Role.REVIEWER: ("复查复核岗", "Reviewer"),
    Role.SECRETARY: ("秘书", "Secretary"),
    Role.DUTY_LEADER: ("值班领导", "Duty Leader"),
}

H, D, A, C, R = Role.HEAD, Role.DEPUTY, Role.HANDLER, Role.CLERK, Role.REVIEWER
POSTS: dict[str, tuple[Role, ...]] = {
    "ys": (H, D, C, R, Role.SECRETARY, Role.DUTY_LEADER),
    "ys-office": (A,),
    "ys-hr": (A,),
    "ys-safety": (A,),
    "ys-audit": (A,),
    **dict.fromkeys(("equip", "logistics", "build", "heat", "estate", "mine"), (H, D, C, A)),
    **dict.fromkeys(("hospital", "trade"), (H, D, A)),
    **dict.fromkeys(
        (
            "equip-assembly",
            "equip-canteen",
            "logistics-bus",
            "build-contracts",
            "heat-east",
            "estate-repair",
            "mine-safety",
        ),
        (A,),
    ),
    "board": (H, R),
}

# code, parent, name, English name
CATEGORIES = (
    ("labour", "", "劳动用工", "Employment"),
    ("wages", "labour", "工资福利", "Wages and benefits"),
    ("hours", "labour", "工时休假", "Working hours and leave"),
    ("insurance", "labour", "社会保险", "Social insurance"),
    ("contract", "labour", "劳动合同与离职", "Contracts and leaving"),
    ("safety", "", "安全与职业健康", "Safety and health at work"),
    ("hazard", "safety", "事故隐患", "Hazards"),
    ("health", "safety", "职业健康", "Occupational health"),
    ("environment", "", "环境影响", "Environment"),
    ("noise", "environment", "噪声扬尘", "Noise and dust"),
    ("water", "environment", "水与废弃物", "Water and waste"),
    ("living", "", "生活服务", "Living services"),
    ("heating", "living", "供热", "Heating"),
    ("housing", "living", "住房与物业", "Housing and property"),
    ("canteen", "living", "食堂", "Canteens"),
    ("commute", "living", "通勤", "Commuting"),
    ("medical", "living", "医疗服务", "Medical care"),
    ("business", "", "经营往来", "Business partners"),
    ("payment", "business", "工程款与货款", "Overdue payments"),
    ("tender", "business", "招标采购", "Tenders"),
    ("land", "", "征地补偿与邻里", "Land, compensation and neighbours"),
    ("conduct", "", "管理作风与廉洁", "Conduct of managers"),
    ("suggestion", "", "意见建议", "Suggestions"),
)

# unit, category, place, matter
CLAIMS = (
    ("ys-hr", "labour", "", ""),
    ("ys-safety", "safety", "", ""),
    ("ys-safety", "environment", "", ""),
    ("ys-audit", "conduct", "", ""),
    ("ys-audit", "tender", "", ""),
    ("ys-office", "suggestion", "", ""),
    ("equip", "labour", "装备制造", ""),
    ("equip", "noise", "装备制造", ""),
    ("equip-canteen", "canteen", "", ""),
    ("logistics", "labour", "物流", ""),
    ("logistics-bus", "commute", "", ""),
    ("build", "payment", "", ""),
    ("build", "noise", "工地", ""),
    ("heat", "heating", "", ""),
    ("heat-east", "heating", "东片区", ""),
    ("estate", "housing", "", ""),
    ("estate-repair", "housing", "", "漏水"),
    ("hospital", "medical", "", ""),
    ("mine", "land", "北岭", ""),
    ("mine", "water", "北岭", ""),
    ("mine-safety", "safety", "北岭", ""),
    ("trade", "payment", "商贸", ""),
)

SURNAMES = "周吴郑王冯陈褚卫蒋沈韩杨朱秦许何吕施张孔曹严华金魏陶姜戚谢邹"
GIVEN = ("明远", "静", "建国", "晓岚", "志强", "秀英", "海波", "婷", "立新", "文杰", "玉兰", "浩")


@dataclass
class World:
    """Units, categories and holders by their codes: what the letters of the demonstration name."""

    units: dict[str, Unit] = field(default_factory=dict)
    categories: dict[str, Category] = field(default_factory=dict)
    holders: dict[int, User] = field(default_factory=dict)
    password: str = field(default_factory=lambda: make_password(PASSWORD))  # hashed once for all

    def acting(self, post: Post) -> Acting:
        """Return the holder of the post, acting for it."""
        return Acting(self.holders[post.pk], post)

    def post(self, unit: str, role: str) -> Post:
        """Return a post by its unit and role."""
        return Post.objects.select_related("unit").get(code=f"{unit}.{role}")


def _people(world: World, now: datetime) -> None:
    number = 0
    for code, roles in POSTS.items():
        unit = world.units[code]
        for role in roles:
            title, title_en = TITLES[role]
            post = add_post(unit, role, title, title_en=title_en, now=now)
            name = SURNAMES[number % len(SURNAMES)] + GIVEN[number * 7 % len(GIVEN)]
            user = User.objects.create(username=post.code, first_name=name, password=world.password)
            appoint(user, post, now=now)
            world.holders[post.pk] = user
            number += 1


def build(now: datetime) -> World:
    """Set up the organisation with everything in it; raise ValueError when there is one already."""
    set_up(
        NAME,
        now=now,
        name_en="Yuanshan Group",
        outside="属地信访局；12345 政务服务热线；劳动保障监察 12333；应急管理 12350；人民法院、法律援助 12348",
        outside_en=(
            "The local petitions office; the 12345 line; labour inspection 12333; "
            "emergency management 12350; the courts, legal aid 12348"
        ),
    )
    world = World()
    for code, parent, name, name_en in UNITS:
        above = world.units.get(parent)
        world.units[code] = add_unit(code, name, name_en=name_en, parent=above, now=now)
    for code, parent, name, name_en in CATEGORIES:
        world.categories[code] = Category.objects.create(
            code=code, name=name, name_en=name_en, parent=world.categories.get(parent)
        )
    claims = Claim.objects.bulk_create(
        Claim(
            unit=world.units[unit],
            category=world.categories[kind],
            place=place,
            matter=matter,
        )
        for unit, kind, place, matter in CLAIMS
    )
    hold(*world.categories.values(), now=now)
    hold(*claims, now=now)
    _people(world, now)
    change_organisation(now=now, reception=world.post("ys", C), independent=world.post("board", R))
    return world
