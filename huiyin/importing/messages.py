"""What is said of a row, a file or a mapping that can't be taken, in the reader's language."""

from django.utils.translation import gettext_lazy as _

ROWS = {
    "missing": _("nothing is there"),
    "too_short": _("too short"),
    "too_long": _("longer than %(detail)s characters"),
    "twice": _("the same number stands in row %(detail)s already"),
    "no_time": _("no date and time of the formats in the mapping: %(detail)s"),
    "too_early": _("before 1949: %(detail)s"),
    "in_future": _("still to come: %(detail)s"),
    "before_receipt": _("the answer is earlier than the letter"),
    "unknown_category": _("no such category: %(detail)s"),
    "unknown_unit": _("no such unit: %(detail)s"),
}
FILES = {
    "no_file": _("There is no such file: %(detail)s"),
    "unreadable": _("The file can't be read as a workbook: %(detail)s"),
    "not_text": _("The file can't be read as comma-separated text; check `encoding`: %(detail)s"),
    "no_sheet": _("The workbook has no sheet of this name: %(detail)s"),
    "no_column": _("These columns of the mapping are missing from the heading: %(detail)s"),
}
