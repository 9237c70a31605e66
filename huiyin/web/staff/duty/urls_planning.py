"""Pages of duty: planning, in the order of a roster's life."""

from django.urls import URLPattern, path, re_path

from huiyin.web.staff.duty import (
    planning,
    planning_people,
    planning_rosters,
    planning_setup,
    planning_solve,
)

POINT, ROSTER = "duty/points/<str:code>/", "duty/rosters/<int:pk>/"
urlpatterns: list[URLPattern] = [
    path("duty/", planning.overview, name="duty"),
    path("duty/units/", planning.units, name="duty_units"),
    path("duty/setup/", planning_setup.setup_page, name="duty_setup"),
    path("duty/setup/point/", planning_setup.add_point, name="duty_point_add"),
    path("duty/setup/rules/", planning_setup.rules, name="duty_rules"),
    path("duty/setup/rules/drop/", planning_setup.drop_rules, name="duty_rules_drop"),
    path(POINT, planning_setup.point, name="duty_point"),
    path(f"{POINT}change/", planning_setup.change_point, name="duty_point_change"),
    path(f"{POINT}close/", planning_setup.close, name="duty_point_close"),
    path(f"{POINT}hours/", planning_setup.add_hours, name="duty_hours_add"),
    path(f"{POINT}shifts/", planning_setup.add_shift, name="duty_pattern_add"),
    path(f"{POINT}serving/", planning_setup.admit, name="duty_admit"),
    re_path(
        r"^duty/points/(?P<code>[^/]+)/(?P<what>hours|shifts|serving)/(?P<pk>\d+)/remove/$",
        planning_setup.remove,
        name="duty_remove",
    ),
    path("duty/leave/", planning_people.leave, name="duty_leave"),
    path("duty/leave/add/", planning_people.add_leave, name="duty_leave_add"),
    path("duty/leave/<int:pk>/cancel/", planning_people.cancel_leave, name="duty_leave_cancel"),
    path("duty/wishes/", planning_people.wishes, name="duty_wishes"),
    path("duty/wishes/<int:pk>/drop/", planning_people.drop_wish, name="duty_wish_drop"),
    path("duty/bounds/", planning_people.bounds, name="duty_bounds"),
    path("duty/bounds/<int:pk>/drop/", planning_people.unbind, name="duty_bound_drop"),
    path("duty/past/", planning_people.past, name="duty_past"),
    path("duty/rosters/open/", planning_rosters.open_roster, name="duty_roster_open"),
    path(ROSTER, planning_rosters.roster, name="duty_roster"),
    path(f"{ROSTER}shifts/<int:shift_pk>/", planning_rosters.place, name="duty_place"),
    path(f"{ROSTER}solve/", planning_solve.solve, name="duty_solve"),
    path(f"{ROSTER}solve/stop/", planning_solve.stop, name="duty_solve_stop"),
    path(f"{ROSTER}check/", planning_rosters.check, name="duty_roster_check"),
    path(f"{ROSTER}shares/", planning_rosters.shares, name="duty_shares"),
    path(f"{ROSTER}versions/", planning_rosters.history, name="duty_versions"),
    path(f"{ROSTER}return/", planning_rosters.give_back, name="duty_return"),
    path(f"{ROSTER}drop/", planning_rosters.drop, name="duty_drop"),
    path(f"{ROSTER}revise/", planning_rosters.revise, name="duty_revise"),
    re_path(
        r"^duty/rosters/(?P<pk>\d+)/(?P<name>renew|submit|approve|publish|take-back|take-over)/$",
        planning_rosters.move,
        name="duty_move",
    ),
]
