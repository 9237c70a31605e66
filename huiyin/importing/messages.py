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
    "formula": _("a formula without its value; open the file in a spreadsheet program and save it"),
    "error_cell": _("the formula ends in an error: %(detail)s"),
    "long_number": _(
        "numbers of more than 15 digits have lost their end: %(detail)s; keep the column as text"
    ),
    "merged": _("merged with the cells %(detail)s; part them and fill in each row"),
    "total_row": _("a total, no letter: %(detail)s"),
    "scientific": _("the digits are lost: %(detail)s; keep the column as text"),
}
NOTES = {
    "other_sheets": _("these sheets were not read: %(detail)s"),
    "hidden_rows": _("these rows are hidden in the sheet and were read too: %(detail)s"),
    "heading_in": _("the heading was found in row %(detail)s"),
}
FILES = {
    "old_workbook": _(
        "%(detail)s is an old workbook (.xls) or has a password: save it as .xlsx without one"
    ),
    "page": _("%(detail)s is a web page, not a workbook: open it and save it as .xlsx"),
    "heading_twice": _("A column stands twice in the heading: %(detail)s"),
    "no_file": _("There is no such file: %(detail)s"),
    "unreadable": _("The file can't be read as a workbook: %(detail)s"),
    "not_text": _("The file can't be read as comma-separated text; check `encoding`: %(detail)s"),
    "no_sheet": _("The workbook has no sheet of this name: %(detail)s"),
    "no_column": _(
        "These columns of the mapping are missing from the heading: %(detail)s. Where the heading is in another row, set `heading` in the mapping."
    ),
}
