from django.urls import path

from accounts.views import account

app_name = "accounts"

urlpatterns = [
    path("more/", account.more, name="more"),
    path("theme/", account.theme_set, name="theme_set"),
]
