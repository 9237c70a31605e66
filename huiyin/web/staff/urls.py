"""Every staff page, in the order of a day's work."""

from django.urls import path

from huiyin.web.staff import (
    account,
    calendar,
    cases,
    categories,
    filing,
    independence,
    moves,
    slips,
    today,
    units,
)
from huiyin.web.staff.duty import urls_planning, urls_reception, urls_shift, urls_views
from huiyin.web.staff.reports import urls_papers, urls_reports, urls_rooms, urls_windows

app_name = "staff"
urlpatterns = [
    path("", today.owed, name="owed"),
    path("act/", account.act, name="act"),
    path("notices/", today.notices, name="notices"),
    path("notices/read/", today.mark_read, name="notices_read"),
    path("letters/", cases.worklist, name="letters"),
    path("search/", cases.search, name="search"),
    path("letters/new/", filing.new, name="new"),
    path("letters/new/slip/", slips.slip, name="slip"),
    path("letters/<str:locator>/", cases.letter, name="letter"),
    path("letters/<str:locator>/files/<str:token>/", cases.attachment, name="attachment"),
    path(
        "letters/<str:locator>/official/<int:number>.<str:extension>",
        cases.official,
        name="official",
    ),
    path("letters/<str:locator>/open_identity/", moves.open_identity, name="open_identity"),
    path("letters/<str:locator>/<str:name>/", moves.move, name="move"),
    path("units/", units.top, name="units"),
    path("units/<int:pk>/", units.unit, name="unit"),
    path("units/<int:pk>/add-unit/", units.add_unit, name="add_unit"),
    path("units/<int:pk>/add-post/", units.add_post, name="add_post"),
    path("units/<int:pk>/add-claim/", units.add_claim, name="add_claim"),
    path("claims/<int:pk>/remove/", units.remove_claim, name="remove_claim"),
    path("posts/<int:pk>/appoint/", units.appoint, name="appoint"),
    path("tenures/<int:pk>/release/", units.release, name="release"),
    path("units/<int:pk>/add-account/", units.add_account, name="add_account"),
    path("categories/", categories.tree, name="categories"),
    path("categories/add/", categories.add, name="add_category"),
    path("categories/<int:pk>/close/", categories.close, name="close_category"),
    path("independence/", independence.change, name="independence"),
    path("calendar/", calendar.year, name="calendar"),
    path("calendar/day/", calendar.day, name="calendar_day"),
    path("calendar/<str:rule>/shorten/", calendar.shorten, name="shorten"),
    *urls_planning.urlpatterns,
    *urls_shift.urlpatterns,
    *urls_reception.urlpatterns,
    *urls_views.urlpatterns,
    *urls_windows.urlpatterns,
    *urls_papers.urlpatterns,
    *urls_reports.urlpatterns,
    *urls_rooms.urlpatterns,
]
