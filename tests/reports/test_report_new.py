import re
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import Posting
from reports.models import Report, ReportContact
from reports.services.contacts import open_contact
from territory.models import Unit, UnitArea
from tests import factories as make
from tests.pictures import jpeg

URL = "/reports/new/"
NOW = datetime(2026, 11, 11, 16, 30, tzinfo=UTC)  # 23.30 in Jakarta
UUID = "6f1e2bb0-6d10-4c7a-9a7b-3a0d3f6b2c11"


@pytest.fixture(autouse=True)
def clock(time_machine, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    time_machine.move_to(NOW, tick=False)
    return time_machine


@pytest.fixture(autouse=True)
def category(db):
    return make.make_category("noise_dispute", label="Tetangga ribut")


@pytest.fixture
def areas(units):
    """One Angke, of Polsek A. Two villages called Sukajadi, the second of Polsek B."""
    made = {
        "angke": make.make_area("31.73.04.1001", "Angke", lat=-6.14, lon=106.80),
        "here": make.make_area("31.73.04.1002", "Sukajadi", lat=-6.15, lon=106.81),
        "there": make.make_area("31.71.06.1001", "Sukajadi", lat=-6.19, lon=106.83),
    }
    UnitArea.objects.create(area=made["angke"].parent, unit=units.polsek)
    UnitArea.objects.create(area=made["there"].parent, unit=units.polsek_other)
    return made


def form_data(chosen, **words):
    return {
        "client_uuid": UUID,
        "shown_at": NOW.isoformat(),
        "source": "phone",
        "category": chosen.pk,
        "text": "Musik keras sampai larut",
        "privacy": "anonymous",
        "when": "now",
    } | words


def form_errors(response):
    assert response.status_code == 200
    return response.context["form"].errors


def test_the_form(sign_in, officer):
    html = sign_in(officer).get(URL).content.decode()
    for part in ("Telepon", "Datang langsung", "Patroli siber", "Tetangga ribut", "Polsek A"):
        assert part in html
    assert 'value="web"' not in html
    assert 'value="patrol"' not in html


def test_few_words_are_enough(sign_in, units, officer, category):
    response = sign_in(officer).post(URL, form_data(category))
    report = Report.objects.get()
    assert response.url == reverse("reports:report_code", args=[report.pk])
    assert (report.unit, report.source, report.privacy) == (units.polsek, "phone", "anonymous")
    assert report.received_by == officer
    assert (report.precision, report.occurred_from) == ("about", NOW)
    assert report.reported_at == NOW
    assert not ReportContact.objects.exists()


def test_a_form_with_every_field(sign_in, units, officer, category, areas):
    response = sign_in(officer).post(
        URL,
        form_data(
            category,
            source="walk_in",
            village_name="angke",
            place="Gang 5",
            lat="-6.1427",
            lon="106.8021",
            accuracy_m="12.4",
            when="exact",
            occurred_on="2026-11-11",
            occurred_at="21:15",
            occurred_until="22:00",
            reported_on="2026-11-11",
            reported_time="22:10",
            privacy="sealed",
            contact_name="Bu Kenanga",
            contact_phone="0812 9999 0000",
            photos=[jpeg(), jpeg(name="dua.jpg")],
        ),
        follow=True,
    )
    report = Report.objects.get()
    assert (report.village, report.place, report.accuracy_m) == (areas["angke"], "Gang 5", 13)
    assert report.occurred_from == datetime(2026, 11, 11, 14, 15, tzinfo=UTC)
    assert report.occurred_to == datetime(2026, 11, 11, 15, 0, tzinfo=UTC)
    assert report.reported_at == datetime(2026, 11, 11, 15, 10, tzinfo=UTC)
    assert report.photos.count() == 2
    commander = make.make_user("Kanit", units.polsek, "commander", opens_sealed=True)
    opened = open_contact(report=report, by=commander, reason="Uji")
    assert (opened.name, opened.phone) == ("Bu Kenanga", "+6281299990000")
    html = response.content.decode()
    for part in ("Kenanga", "9999"):
        assert part not in html


def test_sent_twice_is_one(sign_in, officer, category, clock):
    client = sign_in(officer)
    first = client.post(URL, form_data(category))
    clock.shift(20)
    second = client.post(URL, form_data(category))
    assert first.url == second.url
    assert Report.objects.count() == 1


def test_another_report_under_the_same_uuid_keeps_its_words(sign_in, officer, category):
    client = sign_in(officer)
    client.post(URL, form_data(category))
    response = client.post(URL, form_data(category, text="Lain sama sekali"))
    assert response.status_code == 409
    html = response.content.decode()
    assert "Lain sama sekali" in html
    assert UUID not in html
    assert Report.objects.count() == 1


def test_a_place_elsewhere_goes_there_and_is_said(sign_in, units, officer, category, areas):
    client = sign_in(officer)
    response = client.post(
        URL, form_data(category, village_name="Sukajadi", area=areas["there"].pk), follow=True
    )
    report = Report.objects.get()
    assert report.unit == units.polsek_other
    html = response.content.decode()
    assert response.redirect_chain[-1][0] == reverse("reports:report_code", args=[report.pk])
    assert f"Laporan {report.number} sudah masuk ke Polsek B" in html


def test_what_the_police_found_themselves_has_no_code(sign_in, officer, category):
    response = sign_in(officer).post(URL, form_data(category, source="cyber"))
    assert response.url == reverse("reports:report_detail", args=[Report.objects.get().pk])
    assert "kode" not in response.cookies


def options(html):
    return re.findall(r'<option value="([^"]*,[^"]*)">', html)


def test_villages_of_the_own_unit_are_offered(sign_in, officer, chief, areas):
    make.make_area("31.73.04.1003", 'Ma\'rang & "Baru"', lat=-6.15, lon=106.81)
    html = sign_in(officer).get(URL).content.decode()
    assert 'list="areas"' in html
    assert f'data-area-names="{reverse("reports:area_search")}"' in html
    names = [html_of.partition(",")[0] for html_of in map(unescape, options(html))]
    assert names == ["Angke", 'Ma\'rang & "Baru"', "Sukajadi"]
    # At the Polda those of every Polsek below it.
    assert len(options(sign_in(chief).get(URL).content.decode())) == 4


def test_too_many_villages_are_only_searched(sign_in, officer, areas, monkeypatch):
    monkeypatch.setattr("reports.selectors.areas.MOST_OFFERED", 1)
    assert options(sign_in(officer).get(URL).content.decode()) == []


def test_a_name_offered_is_the_village(sign_in, officer, category, areas):
    [label] = [one for one in options(sign_in(officer).get(URL).content.decode()) if "Suka" in one]
    sign_in(officer).post(URL, form_data(category, village_name=unescape(label)))
    assert Report.objects.get().village == areas["here"]


def test_an_unknown_village_is_said_beside_its_field(sign_in, officer, category, areas):
    response = sign_in(officer).post(URL, form_data(category, village_name="Antah <Brantah>"))
    assert "village_name" in form_errors(response)
    html = response.content.decode()
    for part in ("Antah &lt;Brantah&gt;", "Musik keras", 'aria-invalid="true"', "Periksa ejaan"):
        assert part in html


def test_a_name_of_several_places_is_asked_back(sign_in, officer, category, areas):
    client = sign_in(officer)
    response = client.post(URL, form_data(category, village_name="Sukajadi", place="Pasar"))
    assert "area" in form_errors(response)
    html = response.content.decode()
    for part in ("Sukajadi, Wilayah 31.73.04", "Sukajadi, Wilayah 31.71.06", "Pasar", "Musik"):
        assert part in html
    assert f'name="area" value="{areas["here"].pk}"' in html
    client.post(URL, form_data(category, village_name="Sukajadi", area=areas["here"].pk))
    assert Report.objects.get().village == areas["here"]


def test_the_phone_tells_two_places_apart(sign_in, officer, category, areas):
    sign_in(officer).post(
        URL, form_data(category, village_name="Sukajadi", lat="-6.1501", lon="106.8101")
    )
    assert Report.objects.get().village == areas["here"]


def test_a_name_on_no_list_is_kept_as_words(sign_in, units, officer, category, areas):
    client = sign_in(officer)
    response = client.post(URL, form_data(category, village_name="Kampung Sawah"))
    assert "village_name" in form_errors(response)
    client.post(URL, form_data(category, village_name="Kampung Sawah", area="0", place="Pos"))
    report = Report.objects.get()
    assert (report.unit, report.village) == (units.polsek, None)
    assert report.place == "Pos, Kampung Sawah"


def test_an_error_report_holds_no_name(sign_in, officer, category):
    answer = sign_in(officer).post(URL, form_data(category))
    assert answer.wsgi_request.sensitive_post_parameters == "__ALL__"


def test_what_is_about_the_own_unit_goes_above_it(sign_in, units, officer):
    misconduct = make.make_category("misconduct", is_sealed=True, is_about_police=True)
    client = sign_in(officer)
    asked = client.post(URL, form_data(misconduct, text="Minta uang"))
    assert "about_unit" in form_errors(asked)
    assert not Report.objects.exists()
    sent = form_data(misconduct, text="Minta uang", about_unit="polsek")
    html = client.post(URL, sent, follow=True).content.decode()
    report = Report.objects.get()
    assert (report.unit, report.about_unit) == (units.polres, units.polsek)
    assert "sudah masuk ke Polres A" in html
    assert "Minta uang" not in html


def test_an_unknown_accused_is_for_the_polda(sign_in, units, officer, areas):
    misconduct = make.make_category("misconduct", is_sealed=True, is_about_police=True)
    words = form_data(misconduct, village_name="Angke", about_unit="unknown")
    sign_in(officer).post(URL, words)
    report = Report.objects.get()
    assert (report.unit, report.about_unit) == (units.polda, units.polres)


def test_whom_it_is_about_is_asked_for_police_alone(sign_in, officer, category):
    client = sign_in(officer)
    assert 'name="about_unit"' not in client.get(URL).content.decode()
    client.post(URL, form_data(category, about_unit="polsek"))
    assert Report.objects.get().about_unit is None


def test_crime_goes_to_who_investigates(sign_in, units, officer):
    Unit.objects.filter(pk=units.polsek.pk).update(investigates=False)
    theft = make.make_category("burglary", crime_class="conventional")
    sign_in(officer).post(URL, form_data(theft))
    assert Report.objects.get().unit == units.polres


@pytest.mark.parametrize(
    ("words", "field"),
    [
        ({"source": "web"}, "source"),
        ({"source": ""}, "source"),
        ({"category": ""}, "category"),
        ({"category": "999"}, "category"),
        ({"text": " "}, "text"),
        ({"text": "x" * 4001}, "text"),
        ({"text": "a\0b"}, "text"),
        ({"privacy": "everybody"}, "privacy"),
        ({"contact_name": "Bu Kenanga"}, "privacy"),
        ({"privacy": "officers"}, "contact_name"),
        ({"privacy": "officers", "contact_phone": "123"}, "contact_phone"),
        ({"when": "yesterday"}, "when"),
        ({"when": "exact"}, "occurred_at"),
        ({"when": "exact", "occurred_at": "25:99"}, "occurred_at"),
        ({"when": "exact", "occurred_on": "2026-11-11", "occurred_at": "23:59"}, "occurred_at"),
        ({"when": "about", "occurred_on": "2026-11-12"}, "occurred_on"),
        ({"when": "about", "occurred_on": "9999-12-31"}, "occurred_on"),
        ({"when": "about", "occurred_on": "0001-01-01"}, "occurred_on"),
        ({"reported_on": "2026-11-11", "reported_time": "23:59"}, "reported_on"),
        ({"reported_on": "2026-11-11"}, "reported_time"),
        ({"reported_on": "0001-01-01", "reported_time": "10:00"}, "reported_on"),
        ({"reported_on": "9999-12-31", "reported_time": "10:00"}, "reported_on"),
        (
            {"when": "exact", "occurred_at": "23:00", "reported_time": "22:00"},
            "reported_time",
        ),
        ({"place": "x" * 201}, "place"),
        ({"village_name": "x" * 121}, "village_name"),
        ({"village_name": "a\0b"}, "village_name"),
    ],
)
def test_what_cannot_be_is_said_beside_its_field(sign_in, officer, category, words, field):
    response = sign_in(officer).post(URL, form_data(category, **words))
    assert field in form_errors(response)
    assert not Report.objects.exists()


@pytest.mark.parametrize(
    "words",
    [
        {"client_uuid": "bukan"},
        {"client_uuid": ""},
        {"shown_at": "kemarin"},
        {"shown_at": "2030-01-01T00:00:00+00:00"},
        {"lat": "NaN", "lon": "1e999"},
        {"lat": "-6.1"},
        {"accuracy_m": "-5", "lat": "-6.1", "lon": "106.8"},
        {"area": "zzz"},
        {"when": "unknown", "occurred_at": "25:99"},
    ],
)
def test_what_the_phone_adds_never_refuses(sign_in, officer, category, words):
    assert sign_in(officer).post(URL, form_data(category, **words)).status_code == 302


def test_about_a_day_and_over_midnight(sign_in, officer, category):
    client = sign_in(officer)
    client.post(URL, form_data(category, when="about", occurred_on="2026-11-10"))
    report = Report.objects.get()
    assert report.precision == "about"
    assert report.occurred_to - report.occurred_from == timedelta(days=1)
    client.post(
        URL,
        form_data(
            category,
            client_uuid="",
            when="about",
            occurred_on="2026-11-10",
            occurred_at="23:30",
            occurred_until="00:30",
        ),
    )
    report = Report.objects.latest("pk")
    assert report.occurred_to - report.occurred_from == timedelta(hours=1)


def test_hours_are_those_of_the_unit(sign_in, officer_east, category):
    sign_in(officer_east).post(
        URL, form_data(category, when="exact", occurred_at="01:00", reported_time="01:20")
    )
    report = Report.objects.get()
    assert report.occurred_from == datetime(2026, 11, 11, 16, 0, tzinfo=UTC)
    assert report.reported_at == datetime(2026, 11, 11, 16, 20, tzinfo=UTC)


def test_for_those_who_log(sign_in, units, volunteer, admin_user, nobody, category):
    for person in (volunteer, admin_user, nobody):
        client = sign_in(person)
        assert client.get(URL).status_code == 403
        assert client.post(URL, form_data(category)).status_code == 403
    former = make.make_user("Mantan", units.polsek, "officer", ends_on=timezone.localdate())
    Posting.objects.filter(user=former).update(ends_on=timezone.localdate() - timedelta(days=1))
    assert sign_in(former).get(URL).status_code == 403


def test_statements(sign_in, officer, django_assert_max_num_queries):
    client = sign_in(officer)
    with django_assert_max_num_queries(6):
        client.get(URL)
