"""Pages: incident rooms."""

from django.urls import URLPattern, path

from huiyin.web.staff.reports import rooms

urlpatterns: list[URLPattern] = [
    path("rooms/", rooms.home, name="rooms"),
    path("rooms/<str:number>/", rooms.room, name="room"),
    path("rooms/<str:number>/log/", rooms.log, name="room_log"),
    path("rooms/<str:number>/decide/", rooms.decide, name="room_decide"),
    path("rooms/<str:number>/task/", rooms.task, name="room_task"),
    path("rooms/<str:number>/tasks/<int:pk>/done/", rooms.task_done, name="room_done"),
    path("rooms/<str:number>/tasks/<int:pk>/hand/", rooms.task_hand_on, name="room_hand"),
    path("rooms/<str:number>/lead/", rooms.lead, name="room_lead"),
    path("rooms/<str:number>/stand-down/", rooms.stand_down, name="room_stand_down"),
    path("rooms/<str:number>/review/", rooms.review, name="room_review"),
]
