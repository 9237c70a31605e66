"""E-mails that people send."""

from email.message import EmailMessage


def message(text: str = "机械厂三个月没有发工资。", **headers: str) -> bytes:
    mail = EmailMessage()
    mail["From"] = headers.pop("From", "赵六 <zhao@example.org>")
    mail["Subject"] = headers.pop("Subject", "工资")
    mail["Message-ID"] = "<one@example.org>"
    for name, value in headers.items():
        mail[name.replace("_", "-")] = value
    mail.set_content(text)
    return mail.as_bytes()
