from django.urls import URLPattern, path

from partners import views

app_name = "partners"

urlpatterns: list[URLPattern] = [
    path("", views.group_list, name="group_list"),
    path("<int:pk>/", views.group_detail, name="group_detail"),
    path("<int:pk>/confirm/", views.group_confirm, name="group_confirm"),
    path("<int:pk>/members/add/", views.member_add, name="member_add"),
    path("members/paste/", views.member_paste, name="member_paste"),
    path("members/<int:pk>/edit/", views.member_edit, name="member_edit"),
]
