"""Every address of the service, one line per face."""

from django.urls import include, path

from huiyin.web.record import public
from huiyin.web.staff import account
from huiyin.web.staff.duty import feeds

handler400 = "huiyin.web.errors.unreadable"
handler500 = "huiyin.web.errors.failed"
urlpatterns = [
    path("", include("huiyin.web.portal.urls")),
    path("staff/", include("huiyin.web.staff.urls")),
    path("duty/feed/<str:token>.ics", feeds.calendar, name="duty_feed"),
    path("accounts/invitation/<str:token>/", account.invitation, name="invitation"),
    path("accounts/", include("huiyin.web.staff.account_urls")),
    path("api/", include("huiyin.web.api.urls")),
    path("log/", include("huiyin.web.record.urls")),
    path("record/", public.page, name="public_record"),
    path("i18n/", include("django.conf.urls.i18n")),
]
