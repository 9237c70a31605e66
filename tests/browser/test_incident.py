"""Something happens: reported from a telephone in under a minute, dealt with in its room, reviewed."""

import io
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone
from PIL import Image
from playwright.sync_api import Locator

from tests.browser.conftest import Opened
from tests.browser.people import Staff

# What a person takes, by the keystroke-level model (Card, Moran and Newell 1983): a thought before
# each step, a tap; and a character of Chinese on a telephone at 60 a minute, half the usual pace.
THOUGHT, TAP, CHARACTER, PHOTOGRAPH = 1.35, 1.1, 1.0, 6.0
WHERE, WHAT = "后厨1号灶", "后厨油锅起火，灶台冒浓烟，正在灭火。"


@dataclass
class Thumb:
    """Somebody who taps and types, and how long that would take them (seconds)."""

    taps: int = 0
    fields: int = 0
    seconds: float = 0.0

    def _steps(self, taps: int, more: float = 0.0) -> None:
        self.taps += taps
        self.seconds += THOUGHT + taps * TAP + more

    def chooses(self, option: Locator) -> None:
        self.fields += 1
        self._steps(1)
        option.check()

    def writes(self, field: Locator, text: str) -> None:
        self.fields += 1
        self._steps(1, len(text) * CHARACTER)
        field.fill(text)

    def photographs(self, field: Locator, data: bytes) -> None:
        self.fields += 1
        self._steps(3, PHOTOGRAPH)  # the field, the shutter, "use it"
        field.set_input_files({"name": "IMG_0001.jpg", "mimeType": "image/jpeg", "buffer": data})

    def presses(self, button: Locator) -> None:
        self._steps(1)
        button.click()


def photograph() -> bytes:
    """Return a picture that says where and with what it was taken, as telephones' do."""
    picture, made = Image.new("RGB", (640, 480), (180, 90, 40)), io.BytesIO()
    exif = Image.Exif()
    exif[0x010F] = "TelephoneMaker"
    exif.get_ifd(0x8825).update({1: "N", 2: (37.0, 52.0, 11.0), 3: "E", 4: (112.0, 33.0, 1.0)})
    picture.save(made, "JPEG", exif=exif)
    assert b"TelephoneMaker" in made.getvalue()
    return made.getvalue()


def reports_fire(staff: Staff, thumb: Thumb) -> float:
    """Send an urgent report with a picture from the open page; return how long it took (seconds)."""
    page, begun = staff.page, time.monotonic()
    thumb.presses(page.get_by_role("link", name=staff.words("Send an urgent report")))
    thumb.chooses(page.locator("[name=event][value=fire]"))
    thumb.writes(page.locator("[name=what]"), WHAT)
    thumb.writes(page.locator("[name=where]"), WHERE)
    thumb.chooses(page.locator("[name=danger]"))
    thumb.photographs(page.locator("[name=picture]"), photograph())
    thumb.presses(
        page.get_by_role("button", name=staff.words("Send at once, details follow"), exact=True)
    )
    page.wait_for_url(re.compile(r"/staff/reports/\d{6}-\w{8}/$"))
    return time.monotonic() - begun


def test_an_urgent_report_with_a_picture_takes_under_a_minute_on_a_telephone(
    opened: Opened, language: str, record_property: Callable[[str, object], None]
) -> None:
    staff, thumb = Staff(opened(language, "telephone"), language), Thumb()
    staff.signs_in("equip-assembly.handler")
    staff.go("/staff/reports/")
    scripted = reports_fire(staff, thumb)
    found = {
        "fields": thumb.fields, "taps": thumb.taps, "person_s": round(thumb.seconds, 1),
        "script_s": round(scripted, 1),
    }  # fmt: skip
    record_property("urgent_report", found)
    print(f"urgent report on a telephone ({language}): {found}")
    assert thumb.fields == 5
    assert thumb.taps <= 10
    assert thumb.seconds + scripted < 60


def test_an_incident_from_the_telephone_to_its_review(opened: Opened, language: str) -> None:
    cook = Staff(opened(language, "telephone"), language)
    cook.signs_in("equip-canteen.handler")
    cook.go("/staff/reports/")
    reports_fire(cook, Thumb())
    report = cook.page.url
    room = report.replace("/reports/", "/rooms/")
    cook.sees_words("asked next")

    above = Staff(opened(language, "desktop"), language)
    above.signs_in("equip.deputy")
    above.go("/staff/reports/")
    number = report.rstrip("/").rpartition("/")[2]
    above.page.get_by_role("link", name=number).first.click()
    with above.page.expect_download() as started:
        above.page.locator("a[href*='/pictures/']").click()
    received = started.value.path().read_bytes()
    assert received[:3] == b"\xff\xd8\xff"
    assert b"TelephoneMaker" not in received  # nor where it was taken
    assert not Image.open(io.BytesIO(received)).getexif()
    above.press("Acknowledge")
    above.sees_words("acknowledged")

    above.go(room)
    above.follow("Set a task")
    above.page.locator("[name=text]").fill("关闭后厨燃气总阀并拍照")
    above.page.locator("[name=post]").select_option(index=1)  # the canteen's one post
    above.press("Save")
    cook.go("/staff/")
    cook.sees_words("Do the task of the incident")
    cook.page.locator("main ol.owed a[href*='/rooms/']").first.click()
    cook.page.locator("#write + form textarea").fill("油锅已用灭火毯盖住，明火熄灭。")
    cook.press("Add the line")
    cook.sees("油锅已用灭火毯盖住")
    cook.follow("Report as done")
    cook.page.locator("[name=text]").fill("总阀已关，照片附后。")
    cook.press("Save")

    above.go(room)
    above.sees("总阀已关")
    above.follow("Record a decision")
    above.page.locator("[name=text]").fill("今日晚餐改由一食堂供应")
    above.page.locator("[name=why]").fill("后厨须检查燃气管路")
    above.press("Save")
    above.follow("Stand down")
    above.page.locator("[name=why]").fill("明火熄灭，燃气已关，无人受伤。")
    above.press("Save")
    above.sees_words("stood down")

    cook.go(room)
    cook.follow("Final report")
    cook.page.locator("[name=what]").fill("油锅无人看管过热起火，无人受伤，灶台停用一天。")
    cook.page.locator("[name=done]").fill("17:30 检查燃气管路，18:00 清理灶台。")
    cook.page.locator("[name=affected]").fill("0")
    cook.page.locator("[name=needed]").fill("无")
    cook.page.locator("[name=when]").fill(f"{timezone.localtime():%Y-%m-%dT%H:%M}")
    cook.press("Send to all levels above")
    cook.follow("Room of the incident")
    cook.follow("Review the incident")
    cook.page.locator("[name=well]").fill("灭火毯就在灶旁，两分钟内盖住。")
    cook.page.locator("[name=ill]").fill("油锅加热时无人看管。")
    cook.page.locator("[name=text_1]").fill("油锅加热时须有一人在岗，写入操作卡")
    cook.page.locator("[name=post_1]").select_option(index=1)
    ahead = timezone.localtime() + timedelta(days=7)
    cook.page.locator("[name=due_1]").fill(f"{ahead:%Y-%m-%dT%H:%M}")
    cook.press("Save")
    cook.sees_words("reviewed")
    above.go(room)
    above.sees("写入操作卡")
