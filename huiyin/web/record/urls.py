"""Addresses of the public record: /log/…"""

from django.urls import path

from huiyin.web.record import log, verifying

app_name = "record"
urlpatterns = [
    path("checkpoint", log.checkpoint, name="checkpoint"),
    path("cosigned", log.cosigned, name="cosigned"),
    path("key", log.key, name="key"),
    path("witnesses", log.witnesses, name="witnesses"),
    path("since/<int:size>", verifying.since, name="since"),
    path("verify.html", verifying.page, name="verify"),
    path("tile/<path:rest>", log.tile, name="tile"),
]
