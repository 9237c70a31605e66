"""Pages of duty: the reception desk."""

from django.urls import URLPattern, path

from huiyin.web.staff.duty import reception, reception_rooms

AT = "duty/reception/<str:code>/"
urlpatterns: list[URLPattern] = [
    path("duty/reception/", reception.desks, name="duty_reception"),
    path(AT, reception.show, name="duty_desk"),
    path(f"{AT}number/", reception.number, name="duty_number"),
    path(f"{AT}call/", reception.call, name="duty_call"),
    path(f"{AT}turns/<int:pk>/", reception.turn, name="duty_turn"),
    path(f"{AT}rooms/", reception_rooms.rooms, name="duty_rooms"),
    path(f"{AT}rooms/add/", reception_rooms.room, name="duty_room_add"),
    path(f"{AT}rooms/<int:pk>/", reception_rooms.room, name="duty_room"),
    path(f"{AT}rooms/<int:pk>/open/", reception_rooms.open_room, name="duty_room_open"),
    path(f"{AT}groups/", reception_rooms.groups, name="duty_groups"),
    path(f"{AT}groups/<int:pk>/give-up/", reception_rooms.give_up, name="duty_group_give_up"),
]
