"""A plate that was lost or copied is replaced."""

from django.urls import reverse


def test_it_asks_then_replaces_once(sign_in, commander, officer, running_duty):
    stop = running_duty.route.checkpoints.first()
    old = stop.plate
    client, path = sign_in(commander), reverse("patrols:plate_renew", args=[stop.pk])
    html = client.get(path).content.decode()
    assert "harus dicetak" in html
    stop.refresh_from_db()
    assert stop.plate == old
    answer = client.post(path, {"old": str(old)}, follow=True)
    assert "punya pelat baru" in answer.content.decode()
    stop.refresh_from_db()
    new = stop.plate
    assert new != old
    # A second tap does not make the plate worthless that was printed since the first.
    answer = client.post(path, {"old": str(old)}, follow=True)
    assert "Tidak ada yang berubah" in answer.content.decode()
    stop.refresh_from_db()
    assert stop.plate == new
    client = sign_in(officer)
    for plate, status in ((old, 404), (new, 200)):
        assert client.get(reverse("patrols:plate_scan", args=[plate])).status_code == status


def test_who_may_not_plan_replaces_none(sign_in, officer, running_duty):
    stop = running_duty.route.checkpoints.first()
    path = reverse("patrols:plate_renew", args=[stop.pk])
    assert sign_in(officer).post(path, {"old": str(stop.plate)}).status_code == 403
