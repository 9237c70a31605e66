"""Pages of duty: the shift."""

from django.urls import URLPattern, path

from huiyin.web.staff.duty import (
    shift,
    shift_absences,
    shift_checks,
    shift_handover,
    shift_swaps,
)

AT = "duty/shift/<int:pk>/"
urlpatterns: list[URLPattern] = [
    path("duty/shift/", shift.mine, name="duty_shift"),
    path(AT, shift.show, name="duty_shift_of"),
    path(f"{AT}sign-in/", shift.sign_in, name="duty_sign_in"),
    path(f"{AT}leave/", shift.leave, name="duty_shift_leave"),
    path(f"{AT}log/", shift.log, name="duty_log"),
    path(f"{AT}handover/", shift_handover.handover_of, name="duty_handover"),
    path(f"{AT}relief/", shift_absences.absent, name="duty_relief"),
    path("duty/gaps/<int:pk>/", shift_absences.step_in, name="duty_step_in"),
    path("duty/swaps/", shift_swaps.listed, name="duty_swaps"),
    path(f"{AT}offer/", shift_swaps.offer, name="duty_swap_offer"),
    path("duty/swaps/<int:pk>/", shift_swaps.swap, name="duty_swap"),
    path("duty/checks/", shift_checks.listed, name="duty_checks"),
    path("duty/checks/<int:pk>/", shift_checks.check, name="duty_checklist"),
    path("duty/checks/<int:pk>/close/", shift_checks.close, name="duty_check_close"),
    path("duty/checks/items/<int:pk>/mended/", shift_checks.mended, name="duty_mended"),
    path("duty/checks/at/<str:code>/add/", shift_checks.add, name="duty_check_add"),
    path("duty/checks/at/<str:code>/medical/", shift_absences.medical, name="duty_medical"),
]
