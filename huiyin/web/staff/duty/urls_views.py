"""Pages of duty: who stands when, and calendar addresses."""

from django.urls import URLPattern, path

from huiyin.web.staff.duty import feeds, views

AT = "duty/tables/<str:code>/"
urlpatterns: list[URLPattern] = [
    path("duty/now/", views.now_on, name="duty_now"),
    path("duty/mine/", views.mine, name="duty_mine"),
    path("duty/tables/", views.points, name="duty_tables"),
    path(AT, views.table, name="duty_table"),
    path(f"{AT}paper/", views.paper, name="duty_paper"),
    path(f"{AT}roster.xlsx", views.spreadsheet, name="duty_xlsx"),
    path("duty/colleagues/<int:pk>/", views.colleague, name="duty_colleague"),
    path("duty/feeds/", feeds.addresses, name="duty_feeds"),
    path("duty/feeds/<int:pk>/revoke/", feeds.revoke, name="duty_feed_revoke"),
]
