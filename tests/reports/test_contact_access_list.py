from django.urls import reverse

from reports.models import ContactAccess, Privacy
from reports.services.casework import hand_over_report
from reports.services.contacts import open_contact
from tests import factories as make

LIST = reverse("reports:contact_access_list")
WHO = {"privacy": Privacy.OFFICERS, "contact_name": "Bu Ani", "contact_phone": "+6281299990000"}


def make_opened_report(unit, by, reason="Menghubungi pelapor"):
    report = make.make_report(unit, **WHO)
    open_contact(report=report, by=by, reason=reason)
    return report


def test_the_head_reads_who_opened_and_why(sign_in, units, officer, commander):
    report = make_opened_report(units.polsek, officer, "Perintah pimpinan")
    html = sign_in(commander).get(LIST).content.decode()
    for text in ("Bhabin A", "Perintah pimpinan", report.number, "WIB"):
        assert text in html
    for text in (report.code, "Bu Ani", "81299990000"):
        assert text not in html


def test_only_heads_and_only_their_units(
    sign_in, units, officer, operator, admin_user, nobody, volunteer, neighbour, commander, chief
):
    make_opened_report(units.polsek, officer, "Alasan di A")
    make_opened_report(units.polsek_neighbour, neighbour, "Alasan tetangga")
    for person in (officer, operator, admin_user, nobody, volunteer):
        assert sign_in(person).get(LIST).status_code == 403
    html = sign_in(commander).get(LIST).content.decode()
    assert "Alasan di A" in html
    assert "Alasan tetangga" not in html
    html = sign_in(chief).get(LIST).content.decode()
    assert "Alasan di A" in html
    assert "Alasan tetangga" in html


def test_a_head_here_is_no_head_there(sign_in, units, neighbour):
    make_opened_report(units.polsek_neighbour, neighbour, "Alasan tetangga")
    head = make.make_user("Kapolsek A", units.polsek, "commander")
    make.make_posting(head, units.polsek_neighbour)
    assert "Alasan tetangga" not in sign_in(head).get(LIST).content.decode()


def test_openings_stay_with_the_unit_that_held_the_report(sign_in, units, officer, commander):
    report = make_opened_report(units.polsek, officer, "Alasan di A")
    hand_over_report(report=report, by=officer, unit=units.polsek_neighbour, reason="Wilayahnya")
    html = sign_in(commander).get(LIST).content.decode()
    assert "Alasan di A" in html
    assert "Polsek A" in html.split("Alasan di A")[1]
    other = make.make_user("Kapolsek Tetangga", units.polsek_neighbour, "commander")
    assert "Alasan di A" not in sign_in(other).get(LIST).content.decode()


def test_a_sealed_report_is_not_named_by_its_openings(sign_in, units, commander, keeper):
    sealed = make.make_category("domestic_violence", is_sealed=True, allows_mediation=False)
    report = make.make_report(units.polsek, category=sealed, **WHO)
    open_contact(report=report, by=keeper, reason="Mengamankan korban")
    assert "Mengamankan korban" not in sign_in(commander).get(LIST).content.decode()
    assert "Mengamankan korban" in sign_in(keeper).get(LIST).content.decode()


def test_the_newest_first_by_key(sign_in, units, officer, commander, django_assert_max_num_queries):
    report = make_opened_report(units.polsek, officer, "Alasan 00")
    for number in range(1, 35):
        open_contact(report=report, by=officer, reason=f"Alasan {number:02}")
    client = sign_in(commander)
    with django_assert_max_num_queries(8):
        first = client.get(LIST)
    assert [row.reason for row in first.context["page"].rows][:2] == ["Alasan 34", "Alasan 33"]
    older = client.get(LIST, {"page": first.context["page"].older})
    assert [row.reason for row in older.context["page"].rows][-1] == "Alasan 00"
    assert ContactAccess.objects.count() == 35
    assert client.get(LIST, {"page": "<nonsense"}).status_code == 200


def test_an_empty_list_says_what_will_stand_here(sign_in, commander):
    assert "Belum ada kontak yang dibuka" in sign_in(commander).get(LIST).content.decode()


def test_line_16_past_the_end_the_last_openings_are_shown(sign_in, units, officer, commander):
    make_opened_report(units.polsek, officer, "Alasan 00")
    page = sign_in(commander).get(LIST, {"page": "<2020-01-01T00:00:00+00:00~1"}).content.decode()
    assert "Belum ada kontak yang dibuka" not in page
    assert "Alasan 00" in page
    assert "Daftarnya habis di sini" in page


def test_a_head_of_several_units_narrows_the_list(sign_in, units, officer, neighbour, chief):
    make_opened_report(units.polsek, officer, "Alasan di A")
    make_opened_report(units.polsek_neighbour, neighbour, "Alasan tetangga")
    client = sign_in(chief)
    for narrowed in ({"unit": units.polsek.pk}, {"q": officer.name}):
        html = client.get(LIST, narrowed).content.decode()
        assert "Alasan di A" in html
        assert "Alasan tetangga" not in html


def test_line_9_who_opened_is_found_however_the_name_is_typed(sign_in, units, commander):
    officer = make.make_user("Ma'ruf Al-Amin", units.polsek, "officer")
    make_opened_report(units.polsek, officer, "Alasan Ma'ruf")
    rows = sign_in(commander).get(LIST, {"q": "maruf al amin."}).context["page"].rows
    assert [row.by for row in rows] == [officer]
