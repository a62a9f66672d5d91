from django.urls import path

from accounts import views

app_name = "accounts"

urlpatterns = [
    path("more/", views.more, name="more"),
    path("theme/", views.theme_set, name="theme_set"),
]
