"""Every kind of entry that the ledger may hold: its public facts and its sentence.

An entry holds no personal text. `facts` are public values (dates, counts, rule names); `commits`
names what is bound by a salted SHA-256 commitment and can be opened later by whoever holds the salt.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Kind:
    """One kind of entry: `facts` and `commits` are the only names allowed in it."""

    name: str
    zh: str
    en: str
    facts: frozenset[str] = frozenset()
    commits: frozenset[str] = frozenset()


# Any entry may bind who acted for its post: the number of the account, for an audit alone.
WHO = "who"


def _kind(name: str, zh: str, en: str, facts: str = "", commits: str = "") -> Kind:
    return Kind(name, zh, en, frozenset(facts.split()), frozenset(commits.split()))


def who(user_id: int) -> bytes:
    """Return what an entry binds under `WHO`: the account that acted."""
    return str(user_id).encode()


KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        _kind(
            "case.filed",
            "收到来信",
            "A letter was filed",
            "channel began due unit to plan",
            "text code identity",
        ),
        _kind("case.forwarded", "转送承办单位", "The letter was forwarded", "unit to", "reason"),
        _kind(
            "case.objected", "承办单位提出异议", "The unit objected to the forwarding", "", "reason"
        ),
        _kind(
            "case.settled",
            "上级裁定承办单位",
            "The common parent settled who answers",
            "unit to",
            "reason",
        ),
        _kind("case.accepted", "受理", "The letter was accepted", "due", "text"),
        _kind("case.declined", "不予受理", "The letter was not accepted", "ground", "text"),
        _kind("case.message_in", "来信人补充", "The complainant wrote", "", "text"),
        _kind("case.message_out", "单位去函", "The unit wrote", "", "text"),
        _kind("case.noted", "内部记录", "An internal note was kept", "", "text"),
        _kind("case.transferred", "更换包案责任岗", "The owner changed", "unit to", "reason"),
        _kind("case.joined", "增加协办单位", "A unit joined the handling", "unit to", "reason"),
        _kind(
            "case.hearing_set",
            "安排听证或调解",
            "A hearing or mediation was set",
            "form on",
            "text",
        ),
        _kind(
            "case.hearing_held", "听证或调解记录", "A hearing or mediation was held", "form", "text"
        ),
        _kind("case.extension_asked", "申请延期", "An extension was asked for", "days", "reason"),
        _kind("case.extended", "批准延期", "The time limit was extended", "days due", "reason"),
        _kind("case.extension_refused", "不同意延期", "The extension was refused", "", "reason"),
        _kind("case.answered", "书面答复", "The answer was given", "level remedies", "text"),
        _kind(
            "case.remedy_done", "整改报告完成", "A remedy was reported as done", "number", "text"
        ),
        _kind(
            "case.remedy_confirmed",
            "来信人确认整改",
            "The complainant confirmed a remedy",
            "number",
        ),
        _kind(
            "case.remedy_disputed",
            "来信人反映整改未落实",
            "The complainant says a remedy was not done",
            "number",
            "text",
        ),
        _kind(
            "case.rated",
            "来信人评价",
            "The complainant rated handling and outcome",
            "handling outcome",
        ),
        _kind("case.review_asked", "申请复查", "A review was asked for", "level", "text"),
        _kind("case.review_assigned", "指定复查人员", "A reviewer was named", "level unit"),
        _kind("case.review_decided", "复查意见", "The review was decided", "level outcome", "text"),
        _kind("case.asked", "询问是否解决", "The complainant was asked whether it is solved"),
        _kind("case.content", "来信人表示解决", "The complainant says that it is solved"),
        _kind("case.reopened", "重新办理", "The case was reopened", "why", "text"),
        _kind("case.closed", "办结", "The case was closed", "why"),
        _kind("case.withdrawn", "来信人撤回", "The complainant withdrew the letter", "", "text"),
        _kind("case.erased", "按期销毁", "The letter's keys were destroyed", ""),
        _kind(
            "case.recovered",
            "找回回执码",
            "A new receipt code was issued to the writer",
            "",
            "code",
        ),
        _kind("case.file_added", "补充附件", "An attachment was added", "by", "file"),
        _kind("case.categorised", "更正分类", "The category was corrected", "", "category"),
        _kind("case.excused", "期限说明", "A deadline was excused", "deadline", "reason"),
        _kind(
            "clock.owed",
            "期限开始",
            "Something came to be owed by a time",
            "deadline of began due unit plan",
        ),
        _kind(
            "clock.moved",
            "期限变动",
            "A deadline or who owes it changed",
            "deadline of due unit paused plan",
        ),
        _kind("clock.paused", "期限中止", "The count of a deadline was paused", "deadline of"),
        _kind("clock.ended", "期限结束", "A deadline ended", "deadline of due state late"),
        _kind("clock.late", "逾期", "A deadline was missed", "deadline of due"),
        _kind("vault.opened", "查看来信人身份", "The sealed identity was opened", "", "reason"),
        _kind(
            "vault.replaced",
            "来信人更正身份信息",
            "The complainant corrected the identity",
            "",
            "identity",
        ),
        _kind("vault.erased", "身份信息销毁", "The sealed identity was destroyed"),
        _kind("duty.signed_in", "签到上岗", "Somebody signed in to the shift", "capacity"),
        _kind("duty.left", "离岗", "Somebody left the shift"),
        _kind("duty.logged", "值班记录", "A line was added to the duty log", "", "text"),
        _kind("duty.given", "交班签字", "The shift was handed over", "items", "items"),
        _kind("duty.taken", "接班签字", "The shift was taken over", "items", "items"),
        _kind("duty.checked", "检查完成", "A checklist was gone through", "failed"),
        _kind("duty.absent", "临时缺勤", "Somebody can't stand the shift"),
        _kind("duty.stepped_in", "顶班", "Somebody stepped in", "capacity"),
        _kind("duty.swapped", "换班", "A shift changed hands"),
        _kind(
            "units.changed", "单位岗位变动", "Units, posts or holders changed", "role to unit what"
        ),
        _kind("clock.day", "设定工作日", "A day was declared working or free", "working"),
        _kind("clock.shortened", "缩短期限", "A time limit was shortened", "rule days"),
        _kind("duty.submitted", "值班表报送", "A roster was submitted", "version"),
        _kind("duty.returned", "值班表退回", "A roster was returned", "version", "reason"),
        _kind("duty.approved", "值班表审定", "A roster was approved", "version"),
        _kind("duty.published", "值班表发布", "A roster was published", "version shifts", "roster"),
        _kind(
            "report.sent",
            "报告发出",
            "A report was sent",
            "what unit on began level follows incident",
            "text counted key pictures",
        ),
        _kind("report.corrected", "报告更正", "A report was corrected", "number", "text"),
        _kind("report.acknowledged", "报告签收", "A report was acknowledged", "unit number"),
        _kind("report.acted", "报告处置", "A report was acted on", "unit", "text"),
        _kind(
            "mark.made",
            "提示生成",
            "Something that does not fit was marked",
            "what unit on",
            "evidence",
        ),
        _kind(
            "report.required",
            "要求每日报告",
            "Daily reports were required of the units below",
            "unit minutes every_day",
        ),
        _kind(
            "report.required_no_more",
            "取消每日报告要求",
            "Daily reports are required no longer",
            "unit",
        ),
        _kind("mark.replied", "单位回应提示", "The unit replied to a mark", "unit", "text"),
        _kind("mark.withdrawn", "提示撤销", "A mark was withdrawn", "unit", "reason"),
        _kind(
            "clock.shortened_below",
            "特护期内缩短期限",
            "A time limit was shortened in a unit and below it for some time",
            "rule days unit began due",
        ),
        _kind("clock.shortening_ended", "缩短期限结束", "Shortened limits ended", "due"),
        _kind("window.made", "设立特护期", "A window was made", "unit began due", "settings title"),
        _kind(
            "window.told",
            "特护期要求下达到单位",
            "A unit was told of a window, with its leading group",
            "unit number overall charge duty letters",
        ),
        _kind("window.changed", "特护期加严", "A window was tightened", "number due", "settings"),
        _kind("window.opened", "特护期开始", "A window opened", "unit"),
        _kind("window.closed", "特护期结束", "A window closed", "unit"),
        _kind(
            "window.named",
            "确定专班岗位",
            "A unit named its leading group",
            "unit overall charge duty letters",
        ),
        _kind("window.confirmed", "准备工作确认", "A unit confirmed a preparation", "unit what on"),
        _kind("window.replied", "岗位说明履责情况", "A post spoke to the review", "unit", "text"),
        _kind(
            "incident.opened",
            "开启突发事件处置",
            "An incident was opened",
            "unit what began to",
            "text",
        ),
        _kind(
            "incident.task", "下达处置任务", "A task was set in an incident", "number due", "text"
        ),
        _kind("incident.task_done", "处置任务完成", "A task was done", "number", "text"),
        _kind("incident.led", "移交牵头岗位", "Another post leads an incident", "to", "text"),
        _kind(
            "incident.logged",
            "处置记录",
            "A line was added to an incident's log",
            "what number to",
            "text",
        ),
        _kind("incident.decided", "处置决定", "A decision was taken in an incident", "", "text"),
        _kind("incident.stood_down", "应急结束", "An incident was stood down", "", "reason"),
        _kind("incident.reviewed", "事件复盘", "An incident was reviewed", "number", "text"),
        _kind("clock.stood", "系统停止运行", "The service stood still", "since until"),
        _kind("clock.stated", "确认系统时间", "The true time was stated", "why shown expected"),
        _kind("row.held", "设置记入", "What a row of the set-up holds was entered", "", "row"),
        _kind("row.gone", "设置删除", "A row of the set-up was deleted", "", "row"),
        _kind("import.done", "批量录入", "Letters were imported", "rows"),
        _kind("record.cover", "填充条目", "Stands for nothing"),
    )
}
