"""What of allauth has an address: signing in and out, one's own password and second factors.

Nothing that sends mail, opens accounts or takes addresses.
"""

from allauth.account import views
from django.urls import include, path

from huiyin.web.staff import sign_in

urlpatterns = [
    path("login/", sign_in.login, name="account_login"),
    path("logout/", views.logout, name="account_logout"),
    path("inactive/", views.account_inactive, name="account_inactive"),
    path("reauthenticate/", views.reauthenticate, name="account_reauthenticate"),
    path("password/change/", views.password_change, name="account_change_password"),
    path("password/set/", views.password_set, name="account_set_password"),
    path("2fa/", include("allauth.mfa.urls")),
]
