"""What the reception desk calls things, and what it says when something can't be done."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Spoken(models.TextChoices):
    """Languages for which an interpreter is asked for; chosen, never typed, so that no words of
    the person's own are kept with a number."""

    DIALECT = "dialect", _("A Chinese dialect")
    UYGHUR = "ug", "维吾尔语 ئۇيغۇرچە"
    TIBETAN = "bo", "藏语 བོད་སྐད།"
    MONGOLIAN = "mn", "蒙古语 ᠮᠣᠩᠭᠣᠯ"
    KAZAKH = "kk", "哈萨克语 قازاقشا"
    KOREAN = "ko", "朝鲜语 한국어"
    ZHUANG = "za", "壮语 Vahcuengh"
    YI = "ii", "彝语 ꆈꌠꉙ"
    ENGLISH = "en", "English"
    RUSSIAN = "ru", "Русский"
    ARABIC = "ar", "العربية"
    OTHER = "other", _("Another language")


MESSAGES = {
    "closed": _("This desk is closed."),
    "people": _("Say how many they are, from 1 to 500."),
    "needs": _("Please choose one of the entries offered."),
    "room_needed": _("Choose the room to which the number is called."),
    "room_taken": _(
        "Somebody is in this room still. Press “Was received” first, or choose another."
    ),
    "room_kept": _("This room is kept for a group now; choose another."),
    "room_overlap": _("The room is kept for others during part of this time."),
    "room_small": _("The room holds fewer people than that."),
    "room_used": _("Somebody is in this room, or it is kept for a group: it stays open."),
    "not_now": _("This was done meanwhile; the page shows how it stands."),
    "has_room": _("A room is kept for this group already."),
    "times": _("The end comes after the beginning, and is still to come."),
    "representatives": _("So many representatives can’t be received together."),
}
