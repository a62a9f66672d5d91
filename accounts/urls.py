from django.urls import path

from accounts.views import access, account, outbox, tables

app_name = "accounts"

urlpatterns = [
    path("more/", account.more, name="more"),
    path("phone/", account.phone_edit, name="phone_edit"),
    path("link/<int:pk>/<str:token>/", access.password_link, name="password_link"),
    path("access/", access.access_list, name="access_list"),
    path("access/people/<int:pk>/", access.person_confirm, name="person_confirm"),
    path("access/postings/<int:pk>/", access.posting_decide, name="posting_decide"),
    path("people/paste/", tables.person_paste, name="person_paste"),
    path("outbox/", outbox.outbox_list, name="outbox_list"),
    path("outbox/me/", outbox.outbox_me, name="outbox_me"),
    path("theme/", account.theme_set, name="theme_set"),
]
