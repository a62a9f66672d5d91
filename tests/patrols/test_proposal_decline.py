from django.urls import reverse

from reports.models import HotspotProposal
from tests import factories as make


def test_a_reason_is_asked_then_it_goes_from_the_list(sign_in, commander, units):
    proposal = make.make_proposal(units.polsek)
    client, path = sign_in(commander), reverse("patrols:proposal_decline", args=[proposal.pk])
    assert "Tuliskan mengapa" in client.post(path, {"reason": " "}).content.decode()
    sent = {"reason": "Satu keributan"}
    assert client.post(path, sent).url == reverse("patrols:hotspot_list")
    assert HotspotProposal.objects.get().reason == "Satu keributan"
    assert "Usulan sistem" not in client.get(reverse("patrols:hotspot_list")).content.decode()
    answer = client.post(path, {"reason": "Lagi"}, follow=True)
    assert "sudah ditolak" in answer.content.decode()
    assert HotspotProposal.objects.get().reason == "Satu keributan"
