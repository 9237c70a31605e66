"""Letters that have an answer: promised remedies, ratings, and how they ended."""

from huiyin.demo import script as s
from huiyin.demo.script import Told

ANSWERED = (
    Told(
        "heating",
        46,
        "20:05",
        "东片区顶楼暖气不热",
        "供热第一周，东片区五栋顶楼室温只有十五度，底楼要开窗。服务站说管网平衡要等。"
        "家里有刚满月的孩子，请派人测温并调整。",
        "heating",
        [
            (45, "08:40", s.forward("heat-east")),
            (44, "10:00", s.accept("已派人测温，顶楼实测十五点三度。")),
            (
                30,
                "16:00",
                s.answer(
                    "经三次入户测温，五栋顶楼室温十五点三至十六点一度，低于合同约定的十八度。"
                    "原因是五栋入口平衡阀卡滞，上水量不足。",
                    "供用热合同第六条",
                    "更换平衡阀，对顶楼十二户退还不达标期间的热费，并在全片区复测。",
                    ("更换五栋入口平衡阀", 4),
                    ("退还十二户不达标期间热费", 25),
                    ("复测东片区全部顶楼室温并公布", 35),
                ),
            ),
            (27, "17:30", s.done(1, "平衡阀已更换，次日入户测温十九点二度。")),
            (26, "19:10", s.confirm(1)),
            (25, "19:20", s.rate(4, 4)),
        ],
        naming="named",
        identity={"name": "陶婷", "telephone": "13800000105", "address": "东片区五栋顶楼"},
        place="东片区五栋",
    ),
    Told(
        "canteen-price",
        28,
        "12:40",
        "食堂涨价没有征求意见",
        "食堂从月初起套餐涨了三元，没有公示成本，也没有听取职工意见。希望公开采购价格和涨价依据。",
        "canteen",
        [
            (27, "09:30", s.forward("equip-canteen")),
            (25, "10:15", s.accept()),
            (
                8,
                "15:00",
                s.answer(
                    "月初涨价由食堂根据食材采购价自行决定，没有按照职工食堂管理办法征求伙食委员会意见。",
                    "远山集团职工食堂管理办法第九条",
                    "即日起恢复原价，重新测算后提交伙食委员会讨论，讨论结果公示七天后再执行。",
                    ("公示近三个月食材采购价", 6),
                    ("召开伙食委员会会议并公布记录", 20),
                ),
            ),
            (4, "11:20", s.done(1, "三个月采购价已张贴在食堂公示栏。")),
        ],
        place_unit="equip-canteen",
    ),
    Told(
        "badge",
        15,
        "09:33",
        "Contractor badge refused at the gate",
        "My contractor badge stopped working on Monday and the gate sent me home. I lost a day of "
        "pay because nobody could tell me which office renews it. Please say who is responsible "
        "and pay the day that was lost.",
        "contract",
        [
            (14, "10:00", s.forward("build", "The contractor works for Construction.")),
            (13, "11:00", s.accept()),
            (
                3,
                "16:40",
                s.answer(
                    "The badge expired because the renewal list of the previous month was not sent "
                    "to the gate. The contractor had asked for renewal in time.",
                    "Site access procedure, section 4",
                    "The lost day is paid with this month's wages. From now on the gate keeps "
                    "a badge working for five days after its end while a renewal is pending.",
                    ("Pay the lost day", 12),
                ),
            ),
        ],
        naming="named",
        identity={"name": "Maria Oduya", "email": "m.oduya@example.org"},
        language="en",
    ),
    Told(
        "reopened",
        62,
        "08:55",
        "宿舍热水每天只供一小时",
        "职工宿舍热水每天只在晚上七点到八点供应，倒班的人根本赶不上。请延长供应时间。",
        "housing",
        [
            (61, "10:20", s.forward("estate")),
            (57, "09:00", s.accept()),
            (
                35,
                "14:00",
                s.answer(
                    "宿舍热水锅炉容量不足，按现有容量只能集中供应，倒班职工确实无法使用。",
                    "职工宿舍管理办法第四条",
                    "供应时间调整为晚上七点到八点、早上六点到七点两个时段。",
                ),
            ),
            (34, "21:15", s.rate(3, 1)),
            (
                33,
                "20:40",
                s.not_solved("实际只开了三天早上时段，之后又停了，中班下班仍然没有热水。"),
            ),
        ],
        place="职工宿舍",
        place_unit="estate",
    ),
    Told(
        "declined",
        26,
        "17:12",
        "解除劳动合同补偿金额有争议",
        "公司上月与我解除劳动合同，补偿按四年计算，我实际工作四年八个月。"
        "我已经准备申请仲裁，也希望公司重新计算。",
        "contract",
        [
            (25, "09:20", s.forward("ys-hr")),
            (
                22,
                "16:00",
                s.decline(
                    "arbitration",
                    "补偿年限的争议依法由劳动人事争议仲裁委员会处理，您可以直接向其申请，不收费；"
                    "我们会同时请人力资源部核对您的工龄，并把核对结果提供给您。",
                ),
            ),
        ],
        naming="named",
        identity={"name": "姜浩", "telephone": "13800000112"},
    ),
    Told(
        "asked",
        95,
        "10:00",
        "通勤车末班时间太早",
        "二号线末班车晚上八点十分就走了，中班八点半才下班，只能自己打车。请把末班推迟到八点五十。",
        "commute",
        [
            (94, "11:00", s.forward("logistics-bus")),
            (90, "09:40", s.accept()),
            (
                47,
                "15:30",
                s.answer(
                    "中班现有六十三人乘坐二号线，末班时间与班次确实不衔接。",
                    "通勤班车运行办法第三条",
                    "二号线末班推迟到晚上八点五十分，自下月一日起执行。",
                    ("调整二号线末班时间并在站牌公布", 12),
                ),
            ),
            (38, "10:00", s.done(1, "末班已调整，站牌和工作群已公布。")),
        ],
        place_unit="logistics-bus",
    ),
    Told(
        "closed-content",
        72,
        "14:30",
        "矿区更衣室没有女更衣间",
        "北岭矿破碎车间有九名女职工，更衣室只有一间，轮流使用，换班时要排队半小时。",
        "health",
        [
            (71, "10:10", s.forward("mine-safety")),
            (69, "09:00", s.accept("情况属实，正在协调房间。")),
            (
                52,
                "16:20",
                s.answer(
                    "破碎车间只有一间更衣室，九名女职工换班时平均等候二十五分钟。",
                    "女职工劳动保护特别规定第十条",
                    "将二层备件间改为女更衣间，加装门锁、淋浴和储物柜。",
                    ("备件间改造完成并启用", 20),
                ),
            ),
            (36, "17:00", s.done(1, "女更衣间已启用，设储物柜十二个、淋浴两个。")),
            (35, "12:20", s.confirm(1)),
            (35, "12:22", s.rate(5, 5)),
            (34, "12:25", s.content()),
        ],
        place="北岭矿业公司破碎车间",
    ),
    Told(
        "remedy-disputed",
        66,
        "11:11",
        "仓库叉车通道没有划线",
        "商贸公司仓库叉车和行人混行，上个月发生过一次擦碰。请划出人行通道并装反光镜。",
        "hazard",
        [
            (65, "09:10", s.forward("trade")),
            (62, "10:00", s.accept()),
            (
                30,
                "15:00",
                s.answer(
                    "仓库现有三处叉车与行人混行路口，擦碰事件记录属实。",
                    "厂区道路交通安全规定第十二条",
                    "划设人行通道，在三处路口安装反光镜，叉车限速五公里。",
                    ("划设人行通道", 8),
                    ("三处路口安装反光镜", 15),
                ),
            ),
            (23, "16:00", s.done(1, "人行通道已划线。")),
            (16, "09:30", s.done(2, "反光镜已安装。")),
            (14, "18:10", s.dispute(2, "三处路口只装了一处，西侧两个路口还没有。")),
            (13, "18:20", s.confirm(1)),
        ],
        place="商贸公司仓库",
        danger=True,
    ),
    Told(
        "withdrawn",
        20,
        "08:20",
        "停车位分配",
        "家属区停车位分配名单里漏了我家，请更正。",
        "housing",
        [
            (19, "10:00", s.forward("estate")),
            (17, "09:30", s.accept()),
            (14, "19:05", s.withdraw("物业当天已经补上名单，不需要再处理了，谢谢。")),
        ],
    ),
)
