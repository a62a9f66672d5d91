"""The plates of a route as they are printed."""

from django.urls import reverse

from patrols.models import Checkpoint
from patrols.presenters.qr import code_picture
from tests import factories as make


def test_each_checkpoint_in_use_has_a_plate(sign_in, commander, units):
    route = make.make_route(units.polsek, "Rute A", checkpoints=3)
    Checkpoint.objects.filter(name="Titik 2").update(retired_on="2026-01-01")
    page = sign_in(commander).get(reverse("patrols:route_plates", args=[route.pk]))
    html = page.content.decode()
    assert [str(plate.checkpoint) for plate in page.context["plates"]] == ["Titik 1", "Titik 3"]
    stop = Checkpoint.objects.get(name="Titik 3")
    address = f"http://testserver/patrols/plates/{stop.plate}/"
    for words in ("2. Titik 3", "Rute A", str(units.polsek), "Pindai saat tiba", address):
        assert words in html
    assert code_picture(address) in html


def test_without_checkpoints_it_offers_the_first(sign_in, commander, units):
    route = make.make_route(units.polsek)
    html = sign_in(commander).get(reverse("patrols:route_plates", args=[route.pk])).content.decode()
    assert reverse("patrols:checkpoint_add", args=[route.pk]) in html
    assert "data-print" not in html
