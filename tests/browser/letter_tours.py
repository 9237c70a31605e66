"""Walks past the public pages: a letter is written, followed, and its code replaced."""

from collections.abc import Iterator

from huiyin.web.portal.acts import ACTS
from tests.browser.people import Writer

PHRASE = "河边那棵老槐树下见面"
PRESSED = {"leave"}


def writing(writer: Writer) -> Iterator[str]:
    """Write a letter, and make each mistake on the way."""
    writer.go("/file/")
    yield "the matter"
    writer.press("Continue")
    yield "the matter, with errors"
    writer.tells("通道堆放货物", "二号库房的安全通道一直堆着货物，请清理。")
    yield "the place"
    writer.page.locator("[name=find_place]").evaluate("one => one.closest('details').open = true")
    writer.page.locator("[name=find_place]").fill("食堂")
    writer.press("Find")
    yield "the place, searched for"
    writer.says_where(place="二号库房")
    yield "about you"
    writer.press("Continue")
    yield "about you, with errors"
    writer.choose("Joint letter")
    writer.press("Continue")
    yield "a joint letter"
    writer.press("Continue")
    yield "a joint letter, with errors"
    writer.press("Back")
    writer.choose("Named")
    writer.fill("Recovery phrase", PHRASE)
    writer.press("Continue")
    yield "contact"
    writer.page.locator("[name=name]").fill("方晓")
    writer.press("Continue")
    yield "check and send"
    name = "说明.txt"
    writer.attaches({"name": name, "mimeType": "text/plain", "buffer": "通道照片另寄".encode()})
    yield "check and send, with a file"
    writer.sends()
    yield "the receipt"
    writer.press("Continue")
    yield "the receipt, with errors"
    writer.saves_code()
    yield "the receipt, saved"


def following(writer: Writer, codes: dict[str, str], ended: dict[str, str]) -> Iterator[str]:
    """Follow letters that go on (`codes`) and that ended, and do whatever a writer may do."""
    writer.go("/letter/")
    yield "the code"
    writer.opens_letter("ABC")
    yield "the code, mistyped"
    for name, code in (codes | ended).items():
        writer.opens_letter(code)
        yield f"the letter “{name}”"
        if name in {"declined", "reviewed"}:
            writer.follow("Read the answer")
            yield f"the answer to “{name}”"
    writer.opens_letter(codes["heating"])
    writer.go("/letter/case/answer/")
    yield "the answer"
    writer.go("/letter/paper/")
    yield "the receipt on paper"
    writer.go("/letter/case/promises/2/")
    yield "a promise"
    writer.press("Send")
    yield "a promise, with errors"
    for act in ACTS:
        writer.go(f"/letter/case/{act}/")
        yield f"to {act}"
    writer.page.locator("main form button").last.click()
    yield "the last act, with errors"
    writer.opens_letter(ended["gas-smell"])
    writer.go("/letter/case/own-code/")
    yield "a code of one's own"
    writer.opens_letter(codes["heating"])
    writer.go("/letter/case/files/")
    yield "adding files"
    writer.press("Attach")
    yield "adding files, with errors"


def around(writer: Writer) -> Iterator[str]:
    """Walk past the public pages that no letter is needed for."""
    for path, name in (
        ("/", "the first page"),
        ("/record/", "the public record"),
        ("/nowhere/", "no such page"),
        ("/accounts/login/", "signing in"),
    ):
        writer.go(path)
        yield name


def recovering(writer: Writer) -> Iterator[str]:
    """Get a new code for the letter that was just written."""
    number = writer.number
    writer.go("/letter/recover/")
    yield "recovery"
    writer.press("Get a new code")
    yield "recovery, with errors"
    writer.fill("Number of the letter", number)
    writer.fill("Recovery phrase", PHRASE)
    writer.press("Get a new code")
    yield "the new code"
    writer.press("Continue")
    yield "the new code, with errors"
    writer.reads_code()
    writer.saves_code()
    yield "the new code, saved"
