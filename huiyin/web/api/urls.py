"""Addresses of the API: /api/v1/…"""

from django.urls import include, path, re_path

from huiyin.web.api import face

app_name = "api"
urlpatterns = [
    path("v1/", include((face.patterns(), "v1"))),
    re_path(r"^(?P<rest>.*)$", face.nothing_here),
]
