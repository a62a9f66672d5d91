import pytest
from django.db import connection

from reports.models import Hotspot
from tests import factories as make
from toolkit.geo.nearby import near
from toolkit.geo.points import distance_m

pytestmark = pytest.mark.django_db


def test_exactly_those_within_the_radius_are_found(units):
    # Around a corner of four squares.
    spots = [
        make.make_hotspot(units.polsek, lat=-6.15 + north / 4000, lon=106.8 + east / 4000)
        for north in range(-6, 7)
        for east in range(-6, 7)
    ]
    make.make_hotspot(units.polsek)
    for radius in (10, 50, 120, 150):
        wanted = {s.pk for s in spots if distance_m(-6.15, 106.8, s.lat, s.lon) <= radius}
        found = near(Hotspot.objects.all(), -6.15, 106.8, radius)
        assert set(found.values_list("pk", flat=True)) == wanted


@pytest.mark.parametrize("radius", [10, 150, 5000])
def test_the_index_serves_it(units, radius):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    plan = near(Hotspot.objects.order_by(), -6.15, 106.8, radius).explain()
    assert "hotspot_square" in plan
    assert "Index Cond" in plan
