from django.urls import URLPattern

app_name = "patrols"

urlpatterns: list[URLPattern] = [
    # an officer's and a volunteer's night
    # the commander's night
]
