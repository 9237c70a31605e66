"""Pages: reports."""

from django.urls import URLPattern, path

from huiyin.web.staff.reports import desk, writing

urlpatterns: list[URLPattern] = [
    path("reports/", desk.home, name="reports"),
    path("reports/new/<str:kind>/", writing.write, name="report_write"),
    path("reports/day/", desk.whole, name="reports_day"),
    path("reports/rule/", desk.rule, name="reports_rule"),
    path("reports/units/<int:pk>/", desk.unit, name="reports_unit"),
    path("reports/marks/<int:pk>/reply/", desk.reply, name="mark_reply"),
    path("reports/marks/<int:pk>/withdraw/", desk.withdraw, name="mark_withdraw"),
    path("reports/<str:number>/", desk.show, name="report"),
    path("reports/<str:number>/acknowledge/", desk.acknowledge, name="report_acknowledge"),
    path("reports/<str:number>/act/", desk.act, name="report_act"),
    path("reports/<str:number>/correct/", writing.correct, name="report_correct"),
    path("reports/<str:number>/pictures/<str:token>/", desk.picture, name="report_picture"),
]
