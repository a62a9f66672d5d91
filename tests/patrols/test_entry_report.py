"""Making a report of a finding with one tap."""

import threading

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.urls import reverse

from patrols.models import EntryPhoto, FindingReport, LogEntry
from patrols.selectors.findings import origin_of
from patrols.services.entries import EntryDraft, log_entry, withdraw_entry
from patrols.services.findings import report_finding
from reports.models import Report, ReportEvent, ReportPhoto
from tests import factories as make
from tests.pictures import jpeg
from tests.roles import owner_role
from toolkit.photos.clean import clean_photo
from toolkit.photos.files import open_file


@pytest.fixture(autouse=True)
def categories(db, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return {
        "other": make.make_category("other", order=900),
        "brawl": make.make_category("brawl", label="Tawuran", synonyms=["tawuran", "sajam"]),
        "narcotics": make.make_category("narcotics", is_sealed=True, synonyms=["sabu"]),
        "police": make.make_category(
            "police_misconduct", is_sealed=True, is_about_police=True, synonyms=["oknum"]
        ),
    }


@pytest.fixture
def finding(running_duty, officer):
    return make.make_entry(
        running_duty, officer, kind="finding", text="Tiang listrik miring", lat=-6.15, lon=106.8
    )


def url(entry):
    return reverse("patrols:entry_report", args=[entry.pk])


def duty_page(client, duty):
    return client.get(reverse("patrols:duty_detail", args=[duty.pk])).content.decode()


# The service


def test_words_place_time_and_duty_go_along(finding, officer, running_duty, units):
    report, is_new = report_finding(entry=finding, by=officer)
    assert is_new
    report = Report.objects.get(pk=report.pk)
    assert (report.text, report.place) == ("Tiang listrik miring", "Rute A")
    assert (report.lat, report.lon, report.unit) == (-6.15, 106.8, units.polsek)
    assert report.occurred_from == report.reported_at == finding.at
    assert (report.precision, report.source, report.privacy) == ("exact", "patrol", "anonymous")
    assert (report.received_by, report.state) == (officer, "received")
    event = ReportEvent.objects.get(report=report)
    assert event.text == f"Temuan tugas Patroli A, {running_duty.night_name}"
    assert FindingReport.objects.get(entry=finding).report == report


def test_the_sprin_is_named(finding, officer, running_duty):
    running_duty.order_number = "12/XI/2026"
    running_duty.save(update_fields=["order_number"])
    report, _ = report_finding(entry=finding, by=officer)
    assert ReportEvent.objects.get(report=report).text.endswith(", Sprin 12/XI/2026")


def test_the_place_is_where_the_patrol_had_checked_in(running_duty, officer):
    stop = running_duty.route.checkpoints.first()
    make.make_entry(running_duty, officer, kind="check_in", text="", checkpoint_id=stop.pk)
    entry = make.make_entry(running_duty, officer, kind="finding", text="Botol miras")
    report, _ = report_finding(entry=entry, by=officer)
    assert (report.place, report.lat, report.lon) == ("Titik 1", stop.lat, stop.lon)


def test_photos_go_along_and_stand_on_their_own(running_duty, officer):
    draft = EntryDraft(kind="finding", text="Foto", photos=(clean_photo(jpeg()),))
    entry, _ = log_entry(duty=running_duty, by=officer, draft=draft)
    report, _ = report_finding(entry=entry, by=officer)
    old, new = EntryPhoto.objects.get(entry=entry), ReportPhoto.objects.get(report=report)
    assert old.large.name != new.large.name
    for before, after in ((old.large, new.large), (old.small, new.small)):
        with open_file(before.name) as one, open_file(after.name) as other:
            assert one.read() == other.read()
    assert (old.width, old.height) == (new.width, new.height)


def test_a_photo_whose_file_is_gone_does_not_stop_it(running_duty, officer):
    draft = EntryDraft(kind="finding", text="Foto", photos=(clean_photo(jpeg()),))
    entry, _ = log_entry(duty=running_duty, by=officer, draft=draft)
    EntryPhoto.objects.get(entry=entry).large.delete(save=False)
    EntryPhoto.objects.filter(entry=entry).update(large="entries/hilang.jpg")
    report, _ = report_finding(entry=entry, by=officer)
    assert not ReportPhoto.objects.filter(report=report).exists()


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Remaja tawuran bawa sajam", "brawl"),
        ("tawurn di jembatan", "brawl"),
        ("Ditemukan sabu", "narcotics"),
        # The officer says himself that it is about police.
        ("Oknum warga berjudi", "other"),
        ("Lampu jalan mati", "other"),
        ("", "other"),
    ],
)
def test_the_category_is_guessed_from_the_words(running_duty, officer, text, code):
    entry = make.make_entry(running_duty, officer, kind="finding", text=text)
    report, _ = report_finding(entry=entry, by=officer)
    assert report.category.code == code


def test_a_second_tap_by_anybody_makes_no_second_report(finding, officer, volunteer, commander):
    first, _ = report_finding(entry=finding, by=officer)
    for user in (officer, volunteer, commander):
        assert report_finding(entry=finding, by=user) == (first, False)
    assert Report.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_taps_at_once_make_one_report(finding, officer, commander):
    people = [officer, commander] * 4
    barrier, answers = threading.Barrier(len(people), timeout=30), []

    def tap(person):
        try:
            connection.ensure_connection()
            barrier.wait()
            answers.append(report_finding(entry=finding, by=person))
        finally:
            connection.close()

    threads = [threading.Thread(target=tap, args=(person,)) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len({report.pk for report, _is_new in answers}) == 1
    assert sorted(is_new for _report, is_new in answers) == [False] * 7 + [True]
    assert Report.objects.count() == 1


def test_only_a_standing_finding(running_duty, officer, finding):
    note = make.make_entry(running_duty, officer, kind="note")
    withdraw_entry(entry=finding, by=officer)
    for entry in (note, finding):
        with pytest.raises(ValidationError):
            report_finding(entry=entry, by=officer)
    assert not Report.objects.exists()


def test_who_may_not_write_on_the_duty(finding, admin_user, neighbour):
    with pytest.raises(PermissionDenied):
        report_finding(entry=finding, by=admin_user)
    with pytest.raises(LogEntry.DoesNotExist):
        report_finding(entry=finding, by=neighbour)


def test_without_any_category_it_says_so(finding, officer, categories):
    with owner_role():
        for category in categories.values():
            category.delete()
    with pytest.raises(ValidationError):
        report_finding(entry=finding, by=officer)
    assert not FindingReport.objects.exists()


# The page


def test_the_officer_lands_on_the_report(sign_in, finding, officer, running_duty):
    client = sign_in(officer)
    assert url(finding) in duty_page(client, running_duty)
    response = client.post(url(finding))
    report = Report.objects.get()
    assert response.url == reverse("reports:report_detail", args=[report.pk])
    page = duty_page(client, running_duty)
    assert f"Jadi laporan {report.number}" in page
    assert response.url in page
    assert url(finding) not in page


def test_a_volunteer_is_told_it_was_passed_on(sign_in, finding, volunteer, running_duty):
    client = sign_in(volunteer)
    response = client.post(url(finding), follow=True)
    report = Report.objects.get()
    page = response.content.decode()
    assert response.redirect_chain[-1][0] == reverse("patrols:duty_detail", args=[running_duty.pk])
    assert "Diteruskan ke Polsek A sebagai laporan." in page
    assert report.number not in page
    assert reverse("reports:report_detail", args=[report.pk]) not in page
    assert "sudah diteruskan" in client.post(url(finding), follow=True).content.decode()


def test_a_sealed_one_leaves_the_officers_eyes(sign_in, running_duty, officer):
    entry = make.make_entry(running_duty, officer, kind="finding", text="Ditemukan sabu")
    client = sign_in(officer)
    page = client.post(url(entry), follow=True).content.decode()
    report = Report.objects.get()
    assert "Laporan ini tertutup" in page
    assert report.number not in page
    assert reverse("reports:report_detail", args=[report.pk]) not in page


def test_its_number_is_for_who_sees_the_report(
    sign_in, finding, units, officer, volunteer, commander, admin_user, running_duty
):
    report, _ = report_finding(entry=finding, by=officer)
    admin_page = reverse("admin:patrols_logentry_change", args=[finding.pk])
    assert report.number in duty_page(sign_in(commander), running_duty)
    # It turned out to be about the Polsek itself: the Polres has it now, sealed.
    Report.objects.filter(pk=report.pk).update(
        is_sealed=True, about_unit=units.polsek, unit=units.polres
    )
    for person in (officer, commander, volunteer):
        html = duty_page(sign_in(person), running_duty)
        assert "Diteruskan sebagai laporan" in html
        assert report.number not in html
        assert f"/reports/{report.pk}/" not in html
    html = sign_in(admin_user).get(admin_page).content.decode()
    assert f"diteruskan · {officer.titled_name}" in html
    assert report.number not in html


def test_what_is_no_finding_says_why(sign_in, running_duty, officer):
    note = make.make_entry(running_duty, officer, kind="note")
    page = sign_in(officer).post(url(note), follow=True).content.decode()
    assert "Hanya temuan" in page


@pytest.mark.parametrize("kind", ["note", "observation", "warning"])
def test_only_findings_offer_it(sign_in, running_duty, officer, kind):
    entry = make.make_entry(running_duty, officer, kind=kind)
    assert url(entry) not in duty_page(sign_in(officer), running_duty)


def test_one_statement_for_all_entries(
    sign_in, running_duty, officer, django_assert_max_num_queries
):
    for number in range(15):
        entry = make.make_entry(running_duty, officer, kind="finding", text=f"Temuan {number}")
        report_finding(entry=entry, by=officer)
    client = sign_in(officer)
    with django_assert_max_num_queries(15):
        page = duty_page(client, running_duty)
    assert page.count("Jadi laporan LK-") == 15


def test_the_admin_reads_what_became_of_an_entry(sign_in, finding, officer, admin_user):
    page = reverse("admin:patrols_logentry_change", args=[finding.pk])
    assert "LK-" not in sign_in(admin_user).get(page).content.decode()
    report, _ = report_finding(entry=finding, by=officer)
    html = sign_in(admin_user).get(page).content.decode()
    assert f"{report.number} · {officer.titled_name}" in html


# What the report says about its origin


def test_the_report_names_the_duty(finding, officer, volunteer, running_duty):
    report, _ = report_finding(entry=finding, by=officer)
    origin = origin_of(report.pk, report.source, officer)
    assert origin.name == f"Temuan tugas Patroli A, {running_duty.night_name}"
    place = reverse("patrols:duty_detail", args=[running_duty.pk])
    assert origin.url == f"{place}#entry-{finding.pk}"
    assert origin_of(report.pk, report.source, volunteer).url == ""


def test_a_report_of_no_finding_has_no_duty(units, officer):
    report = make.make_report(units.polsek, source="patrol")
    assert origin_of(report.pk, report.source, officer) is None
