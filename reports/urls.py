from django.urls import URLPattern

app_name = "reports"

urlpatterns: list[URLPattern] = [
    # a citizen, without an account
    # the desk: list, new, detail
    # the changes of a report, notes, handover, contacts
]
