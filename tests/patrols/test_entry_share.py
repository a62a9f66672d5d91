from django.urls import reverse

from patrols.models import EntryKind, ShareTemplate
from patrols.services.entries import withdraw_entry
from tests import factories as make


def url(entry):
    return reverse("patrols:entry_share", args=[entry.pk])


def test_one_entry_as_a_report(sign_in, officer, running_duty):
    entry = make.make_entry(
        running_duty,
        officer,
        kind=EntryKind.FINDING,
        text="Kabel menjuntai, RT 05",
        lat=-6.15,
        lon=106.8,
    )
    response = sign_in(officer).get(url(entry))
    text = response.context["form"]["text"].value()
    for part in ("Kabel menjuntai, RT 05", "-6.15000, 106.80000", "Patroli A", "WIB"):
        assert part in text
    assert "terlampir" not in text
    assert "wa.me" in response.content.decode()


def test_a_visit_names_nobody(sign_in, officer, running_duty):
    entry = make.make_entry(
        running_duty, officer, kind=EntryKind.CONTACT, text="Bu Aminah", people_count=2
    )
    client = sign_in(officer)
    assert "Aminah" not in client.get(url(entry)).context["form"]["text"].value()
    assert "Aminah" in client.get(url(entry), {"residents": ""}).context["form"]["text"].value()


def test_the_words_of_the_unit(sign_in, officer, units, running_duty):
    ShareTemplate.objects.create(
        unit=units.polsek, duty_text="x", entry_text="LAPOR {catatan} {tempat}"
    )
    entry = make.make_entry(running_duty, officer)
    text = sign_in(officer).get(url(entry)).context["form"]["text"].value()
    assert text.startswith("LAPOR ")


def test_rights_of_the_entry(sign_in, officer, volunteer, neighbour, running_duty):
    entry = make.make_entry(running_duty, officer)
    assert sign_in(volunteer).get(url(entry)).status_code == 200
    assert sign_in(neighbour).get(url(entry)).status_code == 404


def test_a_withdrawn_entry_is_not_shared(sign_in, officer, running_duty):
    entry = make.make_entry(running_duty, officer, text="Salah tulis")
    withdraw_entry(entry=entry, by=officer)
    answer = sign_in(officer).get(url(entry), follow=True)
    assert answer.redirect_chain == [(reverse("patrols:duty_log", args=[running_duty.pk]), 302)]
    assert "sudah dicabut" in answer.content.decode()
