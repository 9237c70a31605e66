"""A letter typed in by a clerk: at the counter, by telephone, by post."""

import io
import secrets
from datetime import datetime, timedelta
from typing import Any

import segno
from django import forms
from django.contrib import messages
from django.core import signing
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from huiyin.kernel.files.messages import explain
from huiyin.kernel.files.store import StorageFull
from huiyin.kernel.files.verdict import FileRefused
from huiyin.kernel.given import BadInput
from huiyin.kernel.units.actions import Acting
from huiyin.kernel.units.models import OVERSEEING, Post, Role, Unit
from huiyin.parts.cases.actions.filing import Filed, Submission, attach_to_draft, file_case
from huiyin.parts.cases.models import Case, Category
from huiyin.web.fields import DayField
from huiyin.web.portal import choices
from huiyin.web.portal.widgets import ManyFiles
from huiyin.web.staff.access import page, staff
from huiyin.web.staff.forms import StaffForm, text_field
from huiyin.web.staff.slips import first_owed
from huiyin.web.staff.typed import SHOW, typed

TYPING = frozenset({*OVERSEEING, Role.DUTY_LEADER, Role.HANDLER})
CHANNELS = (Case.Channel.COUNTER, Case.Channel.TELEPHONE, Case.Channel.POST)
SALT = "huiyin.staff.new"
AGAIN = timedelta(minutes=2)  # a form sent twice shows its receipt again for so long
SEED_AGE = 12 * 3600


class FilesField(forms.FileField):
    """Several files; whether each can be taken is found out when it is kept."""

    widget = ManyFiles

    def clean(self, data: Any, initial: Any = None) -> Any:
        """Return the list of files."""
        return [super(FilesField, self).clean(one, initial) for one in data or []]


class LetterForm(StaffForm):
    """What the clerk writes down; who wrote is sealed at once."""

    seed = forms.CharField(widget=forms.HiddenInput)
    channel = forms.ChoiceField(
        label=gettext_lazy("How it came"),
        choices=[(one.value, one.label) for one in CHANNELS],
        widget=forms.RadioSelect,
    )
    received_on = DayField(
        label=gettext_lazy("Received on"),
        help_text=gettext_lazy("Leave empty for today. The limits count from this day."),
        required=False,
        widget=forms.DateInput({"type": "date", "class": "w-10"}, "%Y-%m-%d"),
    )
    title = forms.CharField(
        label=gettext_lazy("What it is about, in one line"), min_length=2, max_length=120
    )
    text = text_field(gettext_lazy("What the person says, in their words"), rows=10)
    danger = forms.BooleanField(label=gettext_lazy("Someone is in danger now"), required=False)
    place = forms.CharField(
        label=gettext_lazy("Where it happened, in their words"), required=False, max_length=200
    )
    find_place = forms.CharField(
        label=gettext_lazy("Find a unit by name"), required=False, max_length=60
    )
    place_unit = forms.ChoiceField(label=gettext_lazy("Unit where it happened"), required=False)
    category = forms.ChoiceField(label=gettext_lazy("Category"), required=False)
    find_complained = forms.CharField(
        label=gettext_lazy("Find the unit complained of by name"), required=False, max_length=60
    )
    complained = forms.ChoiceField(
        label=gettext_lazy("Whom it complains of"),
        help_text=gettext_lazy(
            "They will never see the letter nor handle it. Naming a head keeps the whole unit out."
        ),
        required=False,
    )
    naming = forms.ChoiceField(
        label=gettext_lazy("Does the person give a name?"),
        choices=Case.Naming.choices,
        widget=forms.RadioSelect,
    )
    name = forms.CharField(label=gettext_lazy("Name"), required=False, max_length=100)
    telephone = forms.CharField(label=gettext_lazy("Telephone"), required=False, max_length=60)
    email = forms.EmailField(label=gettext_lazy("E-mail"), required=False)
    address = forms.CharField(label=gettext_lazy("Address"), required=False, max_length=200)
    representatives = forms.CharField(
        label=gettext_lazy("Representatives"),
        help_text=gettext_lazy(
            "For a joint letter: those whom the people chose themselves, at most five, one a line."
        ),
        required=False,
        widget=forms.Textarea({"rows": 3, "class": "short"}),
    )
    papers = FilesField(
        label=gettext_lazy("Attachments"),
        help_text=gettext_lazy("Scans, pictures, documents; at most 10 MB each."),
        required=False,
    )
    language = forms.ChoiceField(
        label=gettext_lazy("Language of the answer"),
        choices=[("zh-hans", "简体中文"), ("en", "English")],
        initial="zh-hans",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        given = self.data if self.is_bound else self.initial

        def typed(name: str) -> str:
            return str(given.get(name) or "")

        offered = {
            "place_unit": choices.unit_choices(typed("find_place"), typed("place_unit")),
            "complained": choices.complained_choices(typed("find_complained"), typed("complained")),
            "category": choices.category_choices(),
        }
        for name, options in offered.items():
            self.fields[name].choices = options  # type: ignore[attr-defined]

    def clean_seed(self) -> bytes:
        """Return the form's own random value; raise when it is forged or too old."""
        try:
            text = signing.loads(self.cleaned_data["seed"], salt=SALT, max_age=SEED_AGE)
        except signing.BadSignature as error:
            raise forms.ValidationError(_("This form is too old; please open it anew.")) from error
        return bytes.fromhex(text)

    def submission(self) -> Submission:
        """Return what is sent."""
        given = self.cleaned_data
        kind, _colon, pk = given["complained"].partition(":")
        return Submission(
            title=given["title"],
            text=given["text"],
            naming=given["naming"],
            place=given["place"],
            place_unit=Unit.objects.filter(pk=given["place_unit"] or 0).first(),
            category=Category.objects.filter(pk=given["category"] or 0).first(),
            complained_unit=Unit.objects.filter(pk=pk).first() if kind == "unit" else None,
            complained_post=(
                Post.objects.select_related("unit").filter(pk=pk).first()
                if kind == "post"
                else None
            ),
            danger=given["danger"],
            identity={key: given[key] for key in ("name", "telephone", "email", "address")},
            representatives=[
                {"name": line.strip()}
                for line in given["representatives"].splitlines()
                if line.strip()
            ],
            has_files=True,  # those of an earlier try, too
            language=given["language"],
            seed=given["seed"],
        )


def _seed() -> str:
    return signing.dumps(secrets.token_hex(32), salt=SALT)


def _send(form: LetterForm, acting: Acting, now: datetime) -> Filed | None:
    """File a valid form; None when something was refused, which the form then says."""
    given = form.cleaned_data
    received = None
    if given["received_on"]:
        from huiyin.kernel.clock.policy import policy

        calendar = policy().calendar
        if given["received_on"] != calendar.local_date(now):
            received = calendar.start_of_day(given["received_on"])
    try:
        for one in given["papers"]:
            attach_to_draft(given["seed"], one.read(), one.name or "", now=now)
        return file_case(
            form.submission(),
            channel=given["channel"],
            now=now,
            acting=acting,
            received_at=received,
        )
    except BadInput as error:
        form.refuse(error)
    except FileRefused as error:
        form.add_error("papers", explain(error))
    except StorageFull:
        form.add_error(
            None,
            _(
                "There is no room left for attachments. Nothing was lost: keep the papers and call whoever runs the service."
            ),
        )
    return None


@typed
@staff
def new(request: HttpRequest, acting: Acting, *, now: datetime) -> HttpResponse:
    """Take down a letter and hand its receipt to the writer, once."""
    if acting.post.role not in TYPING:
        raise PermissionDenied
    if request.method != "POST" or SHOW in request.POST:
        typed = request.POST.dict() if request.method == "POST" else {"seed": _seed()}
        offered = {"language": "zh-hans", "channel": request.GET.get("channel", "")}
        return _ask(request, acting, LetterForm(initial=offered | typed))
    form = LetterForm(request.POST, request.FILES)
    filed = _send(form, acting, now) if form.is_valid() else None
    if filed is None:
        return _ask(request, acting, form)
    first = filed.case.steps.get(number=1)
    if filed.again and now - first.at > AGAIN:
        messages.info(
            request,
            _(
                "This letter was taken down before. Its code belongs to the writer alone and is not shown again."
            ),
        )
        return redirect("staff:owed")
    return _receipt(request, acting, filed)


def _ask(request: HttpRequest, acting: Acting, form: LetterForm) -> HttpResponse:
    return page(request, "new", acting, section="letters", form=form)


def _receipt(request: HttpRequest, acting: Acting, filed: Filed) -> HttpResponse:
    address = request.build_absolute_uri("/letter/")
    out = io.BytesIO()
    segno.make(address, error="m").save(
        out, kind="svg", scale=4, border=2, xmldecl=False, omitsize=True
    )
    return page(
        request,
        "receipt",
        acting,
        section="letters",
        case=filed.case,
        code=str(filed.code),
        address=address,
        qr=mark_safe(out.getvalue().decode()),  # noqa: S308 - made here from our own address
        owing=first_owed(filed.case),
        desk=request.session.get("desk") if filed.case.channel == Case.Channel.COUNTER else "",
    )
