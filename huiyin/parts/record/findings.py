"""What an audit can find, in one place: each kind of finding with its meaning,
in Chinese and English. Pure."""

from dataclasses import dataclass

KINDS = {
    "signature": ("检查点不是日志密钥签的", "the checkpoint is not signed by the log's key"),
    "checkpoint": ("没有检查点", "there is no checkpoint"),
    "shorter": ("日志比原来短", "the log is shorter than it was"),
    "forked": ("不是早先检查点所记的那份日志", "the log is not the one of an earlier checkpoint"),
    "root": ("按条目算出的根与签名的不符", "the entries do not lead to the root that was signed"),
    "bundle": ("条目文件缺失或损坏", "an entry bundle is missing or damaged"),
    "tile": ("哈希文件缺失或损坏", "a tile is missing or damaged"),
    "format": ("条目格式不合规定", "an entry is not what the format says"),
    "missing": (
        "日志有记载，数据库里没有",
        "something that the log tells of is gone from the database",
    ),
    "altered": ("与日志所记不符", "something is not as the log tells it"),
    "order": (
        "条目的位置与其时间、序号不符",
        "an entry is not in the place of its time and number",
    ),
    "backdated": ("时间写得比实际早", "an entry or a time says earlier than it was"),
    "held": (
        "条目时间早于入账时间：日志停过，或时间不实",
        "entries say earlier than the log took them in: it stood still, or they are not true",
    ),
    "future": ("时间写得比实际晚", "an entry says later than it is"),
    "unmarked": ("已逾期却没有逾期标记", "something is late and not marked late"),
    "unlogged": ("数据库里有，日志没有条目", "something is in the database without an entry"),
    "commitment": ("保存的内容与当时承诺的不符", "what is kept is not what was committed to"),
    "sequence": ("条目前后矛盾", "entries contradict each other"),
    "unstood": ("该有人值的班没有人值", "a shift that somebody was to stand was not stood"),
}


@dataclass(frozen=True)
class Finding:
    """One thing that is not as it should be: `subject` ("case:…", "" for the log), entry number."""

    what: str
    subject: str
    entry: int | None
    detail: str

    def __str__(self) -> str:
        """Return one line in plain words of both languages."""
        where = self.subject or "log"
        number = f", entry {self.entry}" if self.entry is not None else ""
        zh, en = KINDS[self.what]
        return f"{self.what}: {where}{number}: {zh}; {en}: {self.detail}"
