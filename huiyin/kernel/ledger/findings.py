"""What a check of a receipt found, in plain words: pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

# code -> Chinese, English. The code is what a program reads; the words are for the person.
SAID: dict[str, tuple[str, str]] = {
    "entry": (
        "{at}“{kind}”是公开日志的第 {index} 条记录",
        "“{kind}” of {at} is entry {index} of the log",
    ),
    "letter": (
        "您 {at} 的来信是公开日志的第 {index} 条记录",
        "your letter of {at} is entry {index} of the log",
    ),
    "later": (
        "“{kind}”于 {at} 写入，距来信 {days} 天，是第 {index} 条记录",
        "“{kind}” was entered on {at}, {days} days after the letter, as entry {index}",
    ),
    "waiting": (
        "“{kind}”（{at}）已写下，尚未进入公开日志；请稍后重新下载回执文件",
        "“{kind}” of {at} is written down, not yet in the log; fetch the receipt again in a moment",
    ),
    "nothing": (
        "回执里还没有进入日志的记录",
        "no entry of this receipt is in the log yet",
    ),
    "key_pinned": (
        "日志的签名由您指定的公钥验证",
        "the log's signature holds under the key that you gave",
    ),
    "key_unpinned": (
        "日志的签名与回执自带的公钥相符，但公钥可能随回执一起伪造：请用 --key 指定从别处得到的公钥",
        "the signature holds under the key in the receipt itself, and a forger can bring a key along: "
        "give the log's key, got elsewhere, with --key",
    ),
    "grown": (
        "从回执到第 {size} 条，日志只增不改",
        "from the receipt to size {size} the log has only grown",
    ),
    "same": (
        "日志与回执出具时相同（共 {size} 条）",
        "the log is as it was when the receipt was made ({size} entries)",
    ),
    "not_compared": (
        "没有与现在的日志核对：此后日志是否只增不改，未获证明（用 --log 核对）",
        "not compared with the log of today: that it has only grown since is not proven (use --log)",
    ),
    "no_consistency": (
        "另一份检查点有 {size} 条，但缺少两者一致的证明（用 --log 核对）",
        "the other checkpoint has {size} entries, and a proof that one continues the other is missing "
        "(use --log)",
    ),
    "text": (
        "您保存的文字就是第 {index} 条记录写入时承诺的文字",
        "the text that you kept is what entry {index} was bound to",
    ),
    "cosigned": (
        "见证人 {name} 在 {at} 联署了这一检查点",
        "the witness {name} cosigned this checkpoint at {at}",
    ),
    "cosigned_unknown": (
        "还有 {name} 的签名，未给其公钥，故未核对",
        "there is also a signature of {name}; its key was not given, so it was not checked",
    ),
    "stands": (
        "现在的日志里，第 {index} 条仍是这条记录",
        "the log of today still shows this as entry {index}",
    ),
    "continues": (
        "您另外给出的检查点（{size} 条）正是回执时日志（{had} 条）的开头",
        "the older checkpoint that you gave ({size} entries) is the start of the log of the receipt "
        "({had})",
    ),
    "newer": (
        "这是第 {version} 版的回执，本程序只认识第 1 版，因此不作判断：请用更新的程序核验",
        "a receipt of version {version}; this program knows version 1 and does not judge it: check it "
        "with a newer one",
    ),
    "unreadable": ("回执读不出：{why}", "the receipt can't be read: {why}"),
    "another_log": (
        "这是另一个日志的回执：写的是 {found}，应是 {wanted}",
        "a receipt from another log: it says {found}, not {wanted}",
    ),
    "another_key": (
        "签名出自另一把钥匙，不是 {wanted}",
        "the signature is from another key, not {wanted}",
    ),
    "bad_signature": (
        "检查点的签名不成立：检查点被改过或是伪造的",
        "the checkpoint's signature does not hold: it was altered or forged",
    ),
    "bad_cosignature": (
        "见证人 {name} 的联署不成立",
        "the cosignature of the witness {name} does not hold",
    ),
    "altered": (
        "第 {index} 条与日志不符：记录、序号或证明被改过",
        "entry {index} is not what the log holds: the entry, its number or its proof was altered",
    ),
    "swapped": (
        "第 {index} 条与第 {other} 条被对调",
        "entries {index} and {other} were swapped",
    ),
    "not_canonical": (
        "第 {index} 条不是合规格式的记录：{why}",
        "entry {index} is not a well-formed entry: {why}",
    ),
    "another_letter": (
        "第 {index} 条属于另一件来信",
        "entry {index} belongs to another letter",
    ),
    "order": (
        "第 {index} 条的序号不在前一条之后",
        "entry {index} does not come after the one before it",
    ),
    "backdated": (
        "第 {index} 条写的时间早于在它之前写入的第 {other} 条：时间倒填",
        "entry {index} gives an earlier time than entry {other}, which was entered before it: backdated",
    ),
    "bad_opening": (
        "第 {index} 条的承诺与回执里的不符",
        "the commitment of entry {index} is not the one in the receipt",
    ),
    "other_text": (
        "您保存的文字与任何一条记录承诺的都不符：文字有改动，或不属于这件来信",
        "the text that you kept is not what any entry was bound to: it was changed, or is not of this "
        "letter",
    ),
    "old_checkpoint": (
        "旧检查点被重放：给出的只到 {size} 条，回执已到 {had} 条",
        "an old checkpoint is replayed: it shows {size} entries, the receipt has {had}",
    ),
    "truncated": (
        "日志被截短：现在只有 {size} 条，回执出具时有 {had} 条",
        "the log was truncated: it has {size} entries now and had {had} when the receipt was made",
    ),
    "forked": (
        "日志分叉或被改写：回执时的日志（{had} 条）不是现在这份（{size} 条）的开头",
        "the log was forked or rewritten: that of the receipt ({had} entries) is not the start of this "
        "one ({size})",
    ),
    "tile": (
        "日志文件 {path} 损坏或缺失",
        "the log's file {path} is corrupted or missing",
    ),
    "time_moved": (
        "第 {index} 条的时间被改动：回执上是 {at}，日志现在写 {now}",
        "the time of entry {index} was moved: the receipt says {at}, the log now {now}",
    ),
    "edited": (
        "第 {index} 条的内容被改动（{what}）",
        "entry {index} was edited ({what})",
    ),
    "moved": (
        "第 {index} 条现在排在第 {other} 条：它前面的记录被删除、插入或对调",
        "entry {index} stands at {other} now: an entry before it was deleted, inserted or swapped",
    ),
    "deleted": (
        "第 {index} 条被删除：日志里该处及前后都没有它",
        "entry {index} was deleted: the log does not have it there or near by",
    ),
}


class State(Enum):
    """What a finding is worth: proven, not proven, failed, or said without being needed."""

    PROVEN = "proven"
    OPEN = "open"
    FAILED = "failed"
    NOTE = "note"


@dataclass(frozen=True)
class Finding:
    """One thing that was checked, with its name for programs and its words for people."""

    code: str
    state: State
    zh: str
    en: str


@dataclass(frozen=True)
class Verdict:
    """All that was found, in the order of the checks."""

    findings: tuple[Finding, ...]

    @property
    def proven(self) -> bool:
        """Whether everything is proven: nothing failed and nothing was left open."""
        worth = {one.state for one in self.findings}
        return State.PROVEN in worth and not worth & {State.OPEN, State.FAILED}

    @property
    def failed(self) -> frozenset[str]:
        """The names of what failed."""
        return frozenset(one.code for one in self.findings if one.state is State.FAILED)

    @property
    def codes(self) -> frozenset[str]:
        """The names of all findings."""
        return frozenset(one.code for one in self.findings)

    def joined(self, more: Iterable[Finding]) -> "Verdict":
        """Return the verdict with more findings."""
        return Verdict((*self.findings, *more))


def say(code: str, state: State, en: dict[str, str] | None = None, **given: object) -> Finding:
    """Return a finding in words; `en` holds what reads otherwise in English."""
    chinese, english = SAID[code]
    shown = {
        name: f"{value:,}" if isinstance(value, int) else value for name, value in given.items()
    }
    return Finding(code, state, chinese.format(**shown), english.format(**{**shown, **(en or {})}))
