from django.urls import path

from territory.views import tables

app_name = "territory"

urlpatterns = [
    path("units/paste/", tables.unit_paste, name="unit_paste"),
    path("areas/paste/", tables.area_paste, name="area_paste"),
]
