"""What a person is told of an attachment: why it is not taken and what to do, or what it still holds."""

from django.utils.translation import gettext as _

from huiyin.kernel.files.models import StoredFile
from huiyin.kernel.files.verdict import FileRefused

MEGABYTE = 1024 * 1024
MILLION = 1_000_000


def explain(refused: FileRefused) -> str:
    """One or two sentences in the reader's language. Never the file's name or content."""
    details = refused.details
    if (advice := _by_type(str(details.get("found", "")))) and refused.code != "encrypted":
        return advice
    if refused.code == "bomb" and "pixels_allowed" in details:
        return _(
            "The picture has more pixels than we can open: at most %(limit)s million, all frames "
            "together. Make it smaller, or send a screenshot of it."
        ) % {"limit": int(details["pixels_allowed"]) // MILLION}
    sentences = {
        "empty": _("The file is empty."),
        "too_large": _("The file is too large: at most %(limit)s MB.")
        % {"limit": int(details.get("size_allowed", 0)) // MEGABYTE},
        "type_not_allowed": _(
            "This type of file is not accepted. Send a picture (JPEG, PNG, WebP, GIF, HEIC), PDF, "
            "Word (.docx), Excel (.xlsx), ODT, plain text, audio (MP3, M4A, WAV, OGG, AMR, AAC, "
            "FLAC) or video (MP4, MOV)."
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
        "unknown_encoding": _(
            "We cannot tell in which encoding this text was saved. Save it as UTF-8 and send it, "
            "or paste it into the letter."
        ),
        "form": _(
            "This PDF is a form that only the program it was made for can show. Print it to a new "
            "PDF, or send pictures of it."
        ),
        "costly": _(
            "Opening this file takes more time or memory than we allow. Send it as pictures or as "
            "a PDF made anew, or send a part of it."
        ),
        "busy": _(
            "Many files are being opened just now. Nothing was lost: attach this one again in a "
            "minute."
        ),
    }
    return sentences[refused.code]


def _by_type(found: str) -> str:
    """What to do with a file of a type that many people have, and that is not taken as it is."""
    return {
        "heic": _(
            "This photo in Apple's HEIC format cannot be opened. Send it as JPEG, or take a "
            "screenshot of it."
        ),
        "ole": _(
            "This is a file of an old version of Word, Excel, PowerPoint or WPS. Open it, save it "
            "as .docx, .xlsx or PDF, and send that; or send pictures of its pages."
        ),
        "zip": _("This is a packed folder. Unpack it and send the files in it one by one."),
        "ofd": _(
            "OFD files are not accepted. Open it, print or export it as PDF, or send a screenshot "
            "of it."
        ),
        "pptx": _("Slides are not accepted as they are. Save them as PDF and send that."),
        "odf": _("Of OpenDocument, only texts (.odt) are accepted. Save the file as PDF."),
        "rtf": _("RTF files are not accepted. Save the file as .docx or PDF and send that."),
        "remote picture": _(
            "Pictures in this document lie on another site and are not in the file: we would not "
            "see them. Save it as PDF, or insert the pictures themselves, and send that."
        ),
    }.get("heic" if found == "heif" else found, "")


def remarks_on(file: StoredFile) -> list[str]:
    """What is told of an accepted file to its writer, before sending, and to whoever handles it."""
    told = []
    remarks = file.remarks.split(",")
    if file.residue and file.mime.startswith(("audio/", "video/")):
        told.append(
            _(
                "A voice, a face or a place can be recognised in a recording; we cannot take that "
                "out. If nobody may know who you are, write down what it says instead."
            )
        )
    elif file.residue:
        told.append(
            _(
                "This file may still hold a name or hidden text in places that we cannot clean. If "
                "nobody may know who you are, send it as pictures (screenshots) of its pages."
            )
        )
    if "object" in remarks:
        told.append(
            _(
                "An object or file embedded in it was left out. If it matters, send it as a file "
                "of its own or as a picture."
            )
        )
    if "smaller" in remarks:
        told.append(_("The picture was made smaller, as it has very many pixels."))
    return told
