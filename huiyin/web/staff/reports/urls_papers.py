"""Pages: reports as files, and how a unit's numbers went. Before those of urls_reports."""

from django.urls import URLPattern, path

from huiyin.web.staff.reports import papers

urlpatterns: list[URLPattern] = [
    path("reports/day/file.<str:extension>", papers.whole, name="reports_day_file"),
    path("reports/units/<int:pk>/trend/", papers.trend, name="reports_trend"),
    path("reports/units/<int:pk>/trend/file.xlsx", papers.trend_file, name="reports_trend_file"),
    path("reports/<str:number>/file.<str:extension>", papers.report, name="report_file"),
]
