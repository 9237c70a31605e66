"""The words of official letters in both languages, and their order on the page.

Terms and rights follow 信访工作条例 (2022), articles 22, 23, 34, 35 and 36.
"""

from dataclasses import dataclass

from huiyin.kernel.papers.paper import Block, Lang, Paper, Text, chinese, day, lines, numbered, tidy
from huiyin.parts.cases.documents.letter import LetterKind, OfficialLetter


@dataclass(frozen=True, slots=True)
class _Words:
    titles: dict[LetterKind, str]
    openings: dict[LetterKind, str]
    recipient: str
    facts: str
    ground: str
    decision: dict[LetterKind, str]
    when: dict[LetterKind, str]
    when_text: dict[LetterKind, str]
    because: str
    promises: str
    promise: str
    promise_by_post: str
    rights: str
    review: dict[LetterKind, str]
    review_by: str
    elsewhere: str
    always: str
    contact: str


_ZH = _Words(
    titles={
        "answer": "处理意见书",
        "accepted": "受理告知书",
        "not_accepted": "不予受理告知书",
        "extended": "延期告知书",
        "review": "复查意见书",
        "final_review": "复核意见书",
    },
    openings={
        "answer": "您反映的事项（诉求件编号 {locator}）已经调查核实，现将处理意见书面答复如下：",
        "accepted": "您反映的事项（诉求件编号 {locator}）收悉。经审查，决定予以受理，现告知如下：",
        "not_accepted": "您反映的事项（诉求件编号 {locator}）收悉。经审查，"
        "决定不予受理，现将理由和可以提出的途径告知如下：",
        "extended": "您反映的事项（诉求件编号 {locator}）正在办理。因情况复杂，"
        "经批准延长办理期限，现将理由和新的期限告知如下：",
        "review": "您对诉求件（编号 {locator}）处理意见提出的复查请求收悉。"
        "经复查，现提出复查意见如下：",
        "final_review": "您对诉求件（编号 {locator}）复查意见提出的复核请求收悉。"
        "经复核，现提出复核意见如下：",
    },
    recipient="来信人（编号 {locator}）：",
    facts="查明的事实",
    ground="依据",
    decision={
        "answer": "处理意见",
        "accepted": "受理决定",
        "not_accepted": "不予受理的决定",
        "extended": "延期的理由",
        "review": "复查意见",
        "final_review": "复核意见",
    },
    when={"accepted": "办理期限", "extended": "新的期限"},
    when_text={
        "accepted": "本单位最迟于{date}办结并书面答复您。",
        "extended": "本单位最迟于{date}办结并书面答复您。",
    },
    because="（{because}）",
    promises="整改承诺",
    promise="{text}，最迟于{date}完成。",
    promise_by_post="{text}，由{post}负责，最迟于{date}完成。",
    rights="您的权利",
    review={
        "answer": "如对本处理意见不服，您可以请求复查。",
        "review": "如对本复查意见不服，您可以请求复核。",
    },
    review_by="提出请求的最后日期为{date}。",
    elsewhere="您还可以向以下机关、单位提出：",
    always="本文书不影响您依法向其他机关、单位反映情况，或者申请仲裁、行政复议、提起诉讼的权利。",
    contact="（联系方式：{contact}）",
)

_EN = _Words(
    titles={
        "answer": "Written Answer",
        "accepted": "Notice of Acceptance",
        "not_accepted": "Notice that a Letter is Not Accepted",
        "extended": "Notice of Extension",
        "review": "Decision on Review",
        "final_review": "Decision on Final Review",
    },
    openings={
        "answer": "We have looked into what you wrote (letter {locator}). This is our answer.",
        "accepted": "We have received your letter ({locator}) and have accepted it.",
        "not_accepted": "We have received your letter ({locator}). We cannot accept it. "
        "The reason, and where you can turn instead, are set out below.",
        "extended": "We are still working on your letter ({locator}). Because the matter is "
        "complex, more time has been approved. The reason and the new date are set out below.",
        "review": "You asked for a review of the answer to your letter ({locator}). "
        "This is the decision on review.",
        "final_review": "You asked for a final review of your letter ({locator}). "
        "This is the decision on final review.",
    },
    recipient="To the writer of letter {locator}:",
    facts="What we found",
    ground="Ground",
    decision={
        "answer": "What we decided",
        "accepted": "Decision",
        "not_accepted": "Decision",
        "extended": "Why we need more time",
        "review": "Decision on review",
        "final_review": "Decision on final review",
    },
    when={"accepted": "By when", "extended": "New date"},
    when_text={
        "accepted": "You will have our written answer by {date}.",
        "extended": "You will have our written answer by {date}.",
    },
    because="({because})",
    promises="What will be done",
    promise="{text} (by {date})",
    promise_by_post="{text} (by {date}; responsible: {post})",
    rights="Your rights",
    review={
        "answer": "If you disagree with this answer you can ask for a review.",
        "review": "If you disagree with this decision you can ask for a final review.",
    },
    review_by="The last day to ask is {date}.",
    elsewhere="You can also turn to:",
    always="This letter takes away none of your rights to turn to another body, "
    "to arbitration or to a court.",
    contact="(Contact: {contact})",
)


def compose(letter: OfficialLetter, lang: Lang) -> Paper:
    """Put `letter` into words of `lang`; parts that it does not have leave no heading behind."""
    words = _ZH if lang == "zh-hans" else _EN
    sections: list[tuple[str, list[str]]] = [
        (words.facts, lines(letter.facts)),
        (words.ground, lines(letter.ground)),
        (words.decision[letter.kind], lines(letter.decision)),
        (words.when.get(letter.kind, ""), _when(letter, words, lang)),
        (words.promises, _promises(letter, words, lang)),
        (words.rights, _rights(letter, words, lang)),
    ]
    blocks: list[Block] = [Text(words.openings[letter.kind].format(locator=tidy(letter.locator)))]
    number = 0
    for heading, paragraphs in sections:
        if not paragraphs:
            continue
        number += 1
        blocks.append(numbered(number, heading, lang))
        blocks.extend(Text(p) for p in paragraphs)
    signature = tuple(s for s in (tidy(letter.issuer), tidy(letter.signing_post)) if s)
    contact = tidy(letter.contact)
    return Paper(
        lang=lang,
        issuer=tidy(letter.issuer),
        number=tidy(letter.number),
        title=tidy(letter.title) or words.titles[letter.kind],
        recipient=words.recipient.format(locator=tidy(letter.locator)),
        blocks=tuple(blocks),
        signature=signature,
        issued=day(letter.issued_on, lang),
        issued_on=letter.issued_on,
        note=words.contact.format(contact=contact) if contact else "",
    )


def _when(letter: OfficialLetter, words: _Words, lang: Lang) -> list[str]:
    if letter.new_date is None or letter.kind not in words.when_text:
        return []
    text = words.when_text[letter.kind].format(date=day(letter.new_date, lang))
    if because := tidy(letter.new_date_because):
        text += ("" if lang == "zh-hans" else " ") + words.because.format(because=because)
    return [text]


def _promises(letter: OfficialLetter, words: _Words, lang: Lang) -> list[str]:
    out = []
    for number, promise in enumerate(letter.promises, 1):
        pattern = words.promise_by_post if tidy(promise.post) else words.promise
        text = pattern.format(
            text=tidy(promise.text).rstrip("。；;."),
            date=day(promise.due, lang),
            post=tidy(promise.post),
        )
        mark = f"（{chinese(number)}）" if lang == "zh-hans" else f"({number}) "
        out.append(mark + text)
    return out


def _rights(letter: OfficialLetter, words: _Words, lang: Lang) -> list[str]:
    gap = "" if lang == "zh-hans" else " "
    out = []
    if letter.kind in words.review and letter.review_by is not None:
        parts = [words.review[letter.kind], tidy(letter.review_how)]
        parts.append(words.review_by.format(date=day(letter.review_by, lang)))
        out.append(gap.join(p for p in parts if p))
    elsewhere = [e for e in (tidy(e) for e in letter.elsewhere) if e]
    if elsewhere:
        end = ("；", "。") if lang == "zh-hans" else (";", ".")
        out.append(
            words.elsewhere
            + gap
            + (end[0] + gap).join(e.rstrip("。；;.") for e in elsewhere)
            + end[1]
        )
    out.append(words.always)
    return out
