"""What a person is told when an attachment is not taken: the reason and what to do instead."""

from django.utils.translation import gettext as _

from huiyin.kernel.files.inspect import FileRefused

MEGABYTE = 1024 * 1024


def explain(refused: FileRefused) -> str:
    """One or two sentences in the reader's language. Never the file's name or content."""
    details = refused.details
    if refused.details.get("found") == "heic":
        return _(
            "This photo is in Apple's HEIC format, which we cannot clean of location data. "
            "Send it as JPEG, or take a screenshot of it."
        )
    sentences = {
        "empty": _("The file is empty."),
        "too_large": _("The file is too large: at most %(limit)s MB.")
        % {"limit": int(details.get("size_allowed", 0)) // MEGABYTE},
        "type_not_allowed": _(
            "This type of file is not accepted. Send a picture (JPEG, PNG, WebP, GIF), PDF, Word "
            "(.docx), Excel (.xlsx), ODT, plain text, audio (MP3, M4A, WAV, OGG) or video (MP4)."
        ),
        "type_disagrees": _(
            "The content of the file is not what its name says. Send it under its true name."
        ),
        "damaged": _("The file is damaged and cannot be opened. Save it again and send it."),
        "encrypted": _("The file is protected by a password. Remove the password and send it."),
        "bomb": _("The file would unpack to more than we can safely open. Send a smaller one."),
        "has_script": _(
            "The file holds a macro or a part that is fetched from elsewhere. Save it without, "
            "or send it as PDF."
        ),
        "too_many": _("A letter can have at most %(limit)s files.")
        % {"limit": details.get("files_allowed", 0)},
    }
    return sentences[refused.code]
