"""Pages: windows, readiness, the review after."""

from django.urls import URLPattern, path

from huiyin.web.staff.reports import readiness, windows

_ONE = "reports/windows/<str:number>"
urlpatterns: list[URLPattern] = [
    path("reports/windows/", windows.home, name="windows"),
    path("reports/windows/new/", windows.make, name="window_new"),
    path(f"{_ONE}/", windows.show, name="window"),
    path(f"{_ONE}/tighten/", windows.tighten, name="window_tighten"),
    path(f"{_ONE}/open/", windows.open_now, name="window_open"),
    path(f"{_ONE}/close/", windows.close_now, name="window_close"),
    path(f"{_ONE}/group/", windows.group, name="window_group"),
    path(f"{_ONE}/confirm/<str:what>/", windows.confirm, name="window_confirm"),
    path(f"{_ONE}/readiness/", readiness.grid, name="window_readiness"),
    path(f"{_ONE}/readiness/<str:column>/", readiness.wrong, name="window_wrong"),
    path(f"{_ONE}/units/<int:pk>/", readiness.unit, name="window_unit"),
    path(f"{_ONE}/review/", readiness.reviewed, name="window_review"),
    path(f"{_ONE}/review/reply/", readiness.reply, name="window_reply"),
]
