"""Letters at the reception or with a unit that has not yet accepted; late ones among them."""

from huiyin.demo import script as s
from huiyin.demo.script import Told

WAITING = (
    Told(
        "bus-stop",
        0,
        "08:05",
        "通勤班车临时改站没有通知",
        "今天早上六点四十，机修家属区的十几个人在原站点等了二十分钟，后来才知道站点挪到了南门。"
        "有两位同事因此迟到。希望改站前至少提前一天在站牌和工作群里说明，并且不要算我们迟到。",
        "commute",
        place="南门站",
    ),
    Told(
        "guardrail",
        3,
        "21:40",
        "Missing guardrail above the crusher hall",
        "The guardrail on the north walkway above the crusher hall has been missing for about two "
        "weeks. A rope was tied across the gap. The lighting there is poor and the night shift "
        "walks past it every hour. Please close the walkway until it is repaired.",
        "hazard",
        naming="named",
        identity={"name": "Peter Lindqvist", "email": "p.lindqvist@example.org"},
        place="北岭矿业公司破碎车间",
        danger=True,
        language="en",
    ),
    Told(
        "lunch",
        12,
        "12:55",
        "食堂午餐供应时间能否延长",
        "我们班组十二点半才能下线，到食堂时经常只剩两个菜。"
        "建议把午餐供应延长到一点二十，或者给晚下线的班组预留。",
        "canteen",
        place="装备制造公司职工食堂",
        place_unit="equip-canteen",
    ),
    Told(
        "overtime-bonus",
        17,
        "19:20",
        "春节加班费至今没有说法",
        "春节期间安排我们连续值守七天，说好按规定发加班费，到现在工资条里仍然没有。"
        "问班组长，班组长说在等通知。请明确告诉我们什么时候发、按什么标准发。",
        "wages",
        naming="named",
        identity={"name": "郑海波", "telephone": "13800000021"},
        place="物流运输公司",
        place_unit="logistics",
    ),
    Told(
        "dust",
        5,
        "09:12",
        "新厂房工地夜间施工扬尘",
        "集团新厂房工地这一周每天夜里十点以后还在运土，没有洒水，"
        "我们小区一楼的窗台一早上就是一层灰。请问夜间施工有没有审批，什么时候能停。",
        "noise",
        [(4, "10:30", s.forward("build", "工地由建设工程公司负责，请在期限内决定是否受理。"))],
        place="新厂房工地",
    ),
    Told(
        "clinic",
        21,
        "15:08",
        "职工医院周末不能开慢性病处方",
        "我父亲是退休职工，高血压药吃完了，周六到职工医院说周末不能开慢性病处方，"
        "要等到周一。老人来回一趟要换两次车。请考虑周末也安排一位医生。",
        "medical",
        [(19, "09:40", s.forward("hospital"))],
        naming="named",
        identity={"name": "沈秀英", "telephone": "13800000034", "address": "家属区十二栋"},
    ),
    Told(
        "well-water",
        9,
        "08:30",
        "北岭村水井变浑",
        "今年雨季以来，村东头三口井的水发黄发浑，烧开后有沉淀。"
        "以前没有这种情况，时间上和北岭矿新开的排土场对得上。请派人来取水样化验，并把结果告诉村里。",
        "water",
        [
            (8, "11:05", s.forward("mine", "请北岭矿业公司现场取样。")),
            (
                6,
                "16:20",
                s.objected(
                    "排土场的防渗工程由建设工程公司承建并仍在保修期内，应由其答复水井浑浊的原因。"
                ),
            ),
        ],
        place="北岭村东",
    ),
    Told(
        "clinic-boss",
        6,
        "20:15",
        "反映供热公司总经理用公车办私事",
        "我多次看到供热公司总经理在周末使用抢修车辆接送家人，抢修班因此两次推迟出车。"
        "请由与供热公司无关的部门核实，车辆行驶记录应当能够查到。",
        "conduct",
        [(5, "09:00", s.forward("ys-audit", "涉及子公司主要负责人，由集团审计部核实。"))],
        complained_post=("heat", "head"),
    ),
    Told(
        "top",
        4,
        "22:31",
        "集团总部招标打招呼的问题",
        "集团信息化项目招标前，投标单位就已经知道评分办法。经办人说是上面打过招呼。"
        "因为涉及集团负责人，我不希望这封信回到集团内部处理。",
        "tender",
        complained_post=("ys", "head"),
    ),
    Told(
        "gas-smell",
        1,
        "07:50",
        "家属区七栋楼道有燃气味",
        "七栋二单元楼道从昨晚开始有燃气味，三楼住户家里有老人和孩子。已经打过燃气公司电话，"
        "对方说管道井的钥匙在物业手里。请物业马上派人开门。",
        "housing",
        [
            (1, "08:02", s.forward("estate", "有危险，请立即派人到现场并电话联系燃气公司。")),
            (
                1,
                "08:10",
                s.accept("已派维修中心携钥匙到场，现场人员已疏散，正与燃气公司共同排查。"),
            ),
        ],
        channel="telephone",
        naming="named",
        identity={"name": "谢玉兰", "telephone": "13800000058"},
        place="家属区七栋",
        danger=True,
    ),
)
