"""The fixed words of the papers of reports, in both languages."""

from dataclasses import dataclass

from huiyin.kernel.papers.paper import Lang


@dataclass(frozen=True, slots=True)
class Words:
    """One language's words; those with braces are filled in."""

    daily: str
    urgent: str
    to: str
    joint: str
    gap: str
    stop: str
    basics: str
    numbers: str
    item: str
    said: str
    counted: str
    open: str
    open_lead: str
    asked: str
    changes: str
    change_head: tuple[str, ...]
    blank: str
    desks: str
    desk_head: tuple[str, ...]
    not_yet: str
    follows: str
    close: str
    note: str
    pictures: str
    whole: str
    state: str
    state_text: str
    missing: str
    none_missing: str
    late: str
    listed: str
    under: str
    own: str
    differ: str
    below: str
    below_head: tuple[str, ...]
    needs: str
    need: str
    trend: dict[bool, str]
    letters: str
    work: str
    panel: str
    trend_says: str
    trend_note: str
    still: str
    series: dict[str, str]
    count: dict[str, str]
    made: str
    sheets: dict[str, str]
    need_head: tuple[str, ...]
    named_head: tuple[str, ...]
    field_head: tuple[str, ...]
    difference: str


ZH = Words(
    daily="{day}每日报告",
    urgent="关于{event}的紧急报告",
    to="{units}：",
    joint="、",
    gap="",
    stop="。",
    basics="基本情况",
    numbers="主要数字",
    item="项目",
    said="报告数",
    counted="账本数",
    open="尚未说明的问题",
    open_lead="本报告发出时，以下问题尚未说明。",
    asked="{field}：{question}",
    changes="更正情况",
    change_head=("版本", "更正时间", "栏目", "原为", "改为"),
    blank="（空）",
    desks="报送和签收情况",
    desk_head=("报送单位", "签收时间", "处置情况"),
    not_yet="尚未签收",
    follows="本报告接{number}号报告。",
    close="特此报告。",
    note="（本报告第{version}版，{at}发出。{more}）",
    pictures="现场图片{n}张，在系统中查看。",
    whole="{day}情况汇总",
    state="报告情况",
    state_text="当日应报{owed}个单位，已报{sent}个，未报{missing}个，迟报{late}个。",
    missing="未报单位（{n}个）",
    none_missing="没有单位未报。",
    late="迟报单位（{n}个）",
    listed="{units}。",
    under="{branch}（{n}个）：{units}。",
    own="本级",
    differ="标“＊”的，报告数与账本数不一致。",
    below="所属单位",
    below_head=("单位", "应报", "已报", "未报"),
    needs="需要解决的事项",
    need="{unit}：{text}（{number}）",
    trend={False: "近31天情况", True: "近52周情况"},
    letters="来信办理",
    work="整改和检查",
    panel="{name}　{total}{unit}",
    trend_says="{name}共{total}{unit}，最多{most}{unit}（{when}）",
    trend_note="数字取自公证账本，含所属单位。",
    still="末日尚未结束，以空心表示，数字仍会增加。",
    series={"filed": "收到来信", "answered": "书面答复", "late": "逾期事项",
            "remedies": "完成整改", "failed": "检查不合格"},
    count={"filed": "件", "answered": "件", "late": "项", "remedies": "项", "failed": "项"},
    made="（本汇总由系统于{at}根据各单位报告和公证账本生成。）",
    sheets={"numbers": "主要数字", "below": "所属单位", "missing": "未报单位", "late": "迟报单位",
            "needs": "需要解决的事项", "trend": "趋势", "fields": "报告内容", "changes": "更正情况",
            "desks": "报送和签收"},
    need_head=("报告编号", "单位", "需要解决的事项"),
    named_head=("单位代码", "单位", "所属"),
    field_head=("栏目", "内容"),
    difference="差额",
)  # fmt: skip

EN = Words(
    daily="Daily report of {day}",
    urgent="Urgent report: {event}",
    to="To: {units}",
    joint=", ",
    gap=" ",
    stop=".",
    basics="The event",
    numbers="Numbers",
    item="What",
    said="By the report",
    counted="By the ledger",
    open="Open questions",
    open_lead="These questions were open when the report was sent.",
    asked="{field}: {question}",
    changes="Corrections",
    change_head=("Version", "When", "Field", "Was", "Is"),
    blank="(empty)",
    desks="Desks that it lies on",
    desk_head=("Unit", "Acknowledged", "What is done about it"),
    not_yet="not yet",
    follows="Follows report {number}.",
    close="This is the whole report.",
    note="(Version {version}, sent {at}. {more})",
    pictures="Pictures of the event: {n}, to be seen in the system.",
    whole="The day over all units: {day}",
    state="Reports of the day",
    state_text="Owed: {owed} units. Sent: {sent}. Missing: {missing}. Late: {late}.",
    missing="Missing ({n})",
    none_missing="No unit is missing.",
    late="Came late ({n})",
    listed="{units}.",
    under="{branch} ({n}): {units}.",
    own="The unit itself",
    differ="* The reports and the ledger differ.",
    below="Units below",
    below_head=("Unit", "Owed", "Sent", "Missing"),
    needs="What is needed",
    need="{unit}: {text} ({number})",
    trend={False: "The last 31 days", True: "The last 52 weeks"},
    letters="Letters",
    work="Remedies and checks",
    panel="{name} {total}{unit}",
    trend_says="{name}: {total} in all, at most {most} ({when})",
    trend_note="The numbers are the ledger’s, with all units below.",
    still="The last day is not over: its bars are hollow, its numbers still grow.",
    series={"filed": "Letters received", "answered": "Letters answered",
            "late": "Deadlines missed", "remedies": "Remedies done", "failed": "Checks failed"},
    count=dict.fromkeys(("filed", "answered", "late", "remedies", "failed"), ""),
    made="(Made by the system on {at} from the units’ reports and the ledger.)",
    sheets={"numbers": "Numbers", "below": "Units below", "missing": "Missing", "late": "Late",
            "needs": "Needed", "trend": "Trend", "fields": "Report", "changes": "Corrections",
            "desks": "Desks"},
    need_head=("Report", "Unit", "What is needed"),
    named_head=("Code", "Unit", "Under"),
    field_head=("Field", "What it says"),
    difference="Difference",
)  # fmt: skip


def words(lang: Lang) -> Words:
    """Return the words of a language."""
    return ZH if lang == "zh-hans" else EN
