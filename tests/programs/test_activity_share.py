from django.urls import reverse

from programs.presenters.activity_text import share_text_of_activity
from tests import factories as make


def test_the_text_of_a_unit(client, officer, units, village):
    activity = make.make_activity(
        units.polsek,
        officer,
        "Bu RT minta lampu, hubungi 0812-3456-7890",
        village=village,
        rw=5,
        rt=2,
        people_count=4,
        agencies="Babinsa",
        outcome="PLN datang besok",
        resident="Kenari Sembunyi",
    )
    text = share_text_of_activity(activity, has_photos=False)
    for words in (
        "Mohon izin Komandan",
        "Tempat: RT 002/RW 05, Tambora",
        "Bersama: Babinsa",
        "Warga yang ditemui: 4 orang",
        "Hasil: PLN datang besok",
    ):
        assert words in text
    for words in ("0812", "7890", "Kenari", "dokumentasi"):
        assert words not in text
    client.force_login(officer)
    page = client.get(reverse("programs:activity_share", args=[activity.pk]))
    assert page.context["form"]["text"].value() == text


def test_lines_without_a_value_are_left_out(officer, units):
    text = share_text_of_activity(make.make_activity(units.polsek, officer), has_photos=True)
    assert "Bersama" not in text
    assert "Hasil" not in text
    assert "dokumentasi terlampir" in text
