from datetime import UTC, datetime, timedelta

import pytest
from django.test.utils import override_script_prefix
from django.urls import reverse
from django.utils import timezone

from accounts.models import Posting, User
from reports.models import Category, Report
from reports.services.changes import dispatch_report, reopen_report, resolve_report
from reports.services.reporter import dispute_outcome
from territory.models import Unit
from tests import factories as make

URL = "/reports/"
NOW = datetime(2026, 11, 11, 16, 30, tzinfo=UTC)  # 23.30 in Jakarta


@pytest.fixture(autouse=True)
def clock(time_machine):
    time_machine.move_to(NOW, tick=False)
    return time_machine


def get_list(client, query=""):
    response = client.get(URL + query)
    assert response.status_code == 200
    return response


def texts_in(response):
    return [report.short for report in response.context["page"].rows]


def ago(**length):
    return timezone.now() - timedelta(**length)


@pytest.fixture
def brawl():
    return make.make_category("brawl", label="Tawuran", target_minutes=10, icon="swords")


@pytest.fixture
def sealed():
    return make.make_category("domestic", label="Kekerasan di rumah", is_sealed=True)


@pytest.fixture
def late_brawl(units, officer, brawl):
    """Returns the late brawl. Polsek A also has noise with an officer, and an old report."""
    village = make.make_area("31.73.04.1001", "Duri Utara")
    make.make_report(units.polsek, "Lama sekali", reported_at=ago(days=40), source="phone")
    noise = make.make_report(units.polsek, "Musik keras", reported_at=ago(hours=2))
    dispatch_report(report=noise, by=officer, assignee=officer)
    late = make.make_report(
        units.polsek, "Lempar batu di gang", category=brawl, reported_at=ago(hours=1)
    )
    Report.objects.filter(pk=late.pk).update(village=village, place="Gang Sempit")
    Report.objects.filter(text="Lama sekali").update(state="rejected")
    return late


def test_lateness_stands_beside_the_state(sign_in, commander, late_brawl):
    late = '</span><span class="tag danger">Terlambat</span>'
    client = sign_in(commander)
    assert f'warn">Diterima{late}' in client.get(URL, {"state": "overdue"}).content.decode()
    dispatch_report(report=late_brawl, by=commander, assignee=commander)
    html = client.get(URL, {"state": "overdue"}).content.decode()
    assert f'<span class="tag ">Petugas ditugaskan{late}' in html


def test_the_newest_first_with_what_a_row_says(sign_in, commander, late_brawl):
    response = get_list(sign_in(commander))
    assert texts_in(response) == ["Lempar batu di gang", "Musik keras", "Lama sekali"]
    html = response.content.decode()
    for part in (
        "Tawuran",
        late_brawl.number,
        "22.30 WIB",
        "Rab, 11 Nov",
        "Gang Sempit",
        "Duri Utara",
        "Terlambat",
        "Bhabin A",
        "belum ada petugas",
        "Belum dapat ditindaklanjuti",
        reverse("reports:report_detail", args=[late_brawl.pk]),
        reverse("reports:report_new"),
    ):
        assert part in html
    assert late_brawl.code not in html


@pytest.mark.parametrize("query", ["?state=open", "?state=overdue"])
def test_where_somebody_waits_the_oldest_comes_first_with_its_age(
    sign_in, officer, late_brawl, query
):
    html = get_list(sign_in(officer), query).content.decode()
    assert "yang terlama dulu" in html
    assert html.index("2 jam lalu") < html.index("1 jam lalu")


def test_the_next_page_of_the_oldest_is_newer(sign_in, units, commander):
    make_many_reports(units.polsek, 60)
    client = sign_in(commander)
    first = get_list(client, "?state=open")
    assert texts_in(first)[0] == "Laporan 0059"
    assert "Lebih baru" in first.content.decode()
    rest = client.get(URL, {"state": "open", "page": first.context["page"].older})
    assert texts_in(rest)[-1] == "Laporan 0000"
    assert "Lebih lama" in rest.content.decode()


def test_a_disputed_report_says_so_wherever_it_is_listed(
    sign_in, units, officer, commander, late_brawl
):
    dispatch_report(report=late_brawl, by=commander, assignee=officer)
    resolve_report(report=late_brawl, by=officer, outcome="other", reason="Sudah bubar")
    dispute_outcome(code=late_brawl.code, reason="Masih ribut")
    dispatch_report(report=late_brawl, by=commander, assignee=officer)
    twin = make.make_report(units.polsek, category=late_brawl.category)
    pages = (
        URL,
        "/patrols/",
        reverse("reports:report_detail", args=[late_brawl.pk]),
        reverse("reports:report_merge", args=[twin.pk]),
    )
    for page in pages:
        assert "Disanggah" in sign_in(officer).get(page).content.decode(), page
    assert "Disanggah" in sign_in(commander).get("/patrols/tonight/").content.decode()
    resolve_report(report=late_brawl, by=officer, outcome="other", reason="Sudah bubar")
    for page in pages:
        assert "Disanggah" not in sign_in(officer).get(page).content.decode(), page
    reopen_report(report=late_brawl, by=officer, reason="Ada saksi baru")
    dispatch_report(report=late_brawl, by=commander, assignee=officer)
    for page in pages:
        assert "Disanggah" not in sign_in(officer).get(page).content.decode(), page
    resolve_report(report=late_brawl, by=officer, outcome="other", reason="Sudah bubar")
    dispute_outcome(code=late_brawl.code, reason="Masih ribut lagi")
    dispatch_report(report=late_brawl, by=commander, assignee=officer)
    for page in pages:
        assert "Disanggah" in sign_in(officer).get(page).content.decode(), page


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?q=BATU", ["Lempar batu di gang"]),
        ("?q=100%25", []),
        ("?state=open", ["Musik keras", "Lempar batu di gang"]),
        ("?state=overdue", ["Musik keras", "Lempar batu di gang"]),
        ("?state=unassigned", ["Lempar batu di gang"]),
        ("?state=dispatched", ["Musik keras"]),
        ("?state=rejected", ["Lama sekali"]),
        ("?category=brawl", ["Lempar batu di gang"]),
        ("?since=2026-11-11", ["Lempar batu di gang", "Musik keras"]),
        ("?until=2026-11-10", ["Lama sekali"]),
        ("?since=2026-10-02&until=2026-10-02", ["Lama sekali"]),
        ("?assignee=mine", ["Musik keras"]),
        ("?source=phone", ["Lama sekali"]),
        ("?village=duri+utara", ["Lempar batu di gang"]),
        ("?village=utara", ["Lempar batu di gang"]),
        ("?village=Angke", []),
        ("?category=brawl&state=open&since=2026-11-01&until=2026-11-11", ["Lempar batu di gang"]),
    ],
)
def test_filters(sign_in, officer, late_brawl, query, found):
    assert texts_in(get_list(sign_in(officer), query)) == found


@pytest.mark.parametrize("written", ["{number}", "lk{pk}", " LK {pk} ", "{pk}"])
def test_a_number_finds_its_report(sign_in, officer, late_brawl, written):
    asked = written.format(number=late_brawl.number, pk=late_brawl.pk)
    response = sign_in(officer).get(URL, {"q": asked})
    assert texts_in(response) == ["Lempar batu di gang"]


def test_the_code_finds_nothing(sign_in, officer, late_brawl):
    for written in (late_brawl.code, late_brawl.code.replace("-", "")):
        assert texts_in(sign_in(officer).get(URL, {"q": written})) == []


@pytest.mark.parametrize(
    "query",
    [
        "?state=perang",
        "?category=zzz",
        "?since=kemarin",
        "?until=9999-12-31",
        "?since=0001-01-01",
        "?unit=999999",
        "?unit=x",
        "?q=%00",
        "?q=LK-999999999999999",
        "?q=" + "9" * 90,
        "?village=%00",
        "?village=" + "x" * 300,
        "?area=yours",
        "?assignee=1",
        "?page=%3Cjunk",
        "?page=%3C2026-11-11~x",
    ],
)
def test_junk_is_never_an_error(sign_in, chief, officer, late_brawl, query):
    get_list(sign_in(officer), query)
    get_list(sign_in(chief), query)


def test_a_day_is_the_units_own(sign_in, units, officer_east):
    """00.30 in Jayapura is still the day before in Jakarta."""
    make.make_report(
        units.polsek_east, "Malam", reported_at=datetime(2026, 11, 10, 15, 30, tzinfo=UTC)
    )
    client = sign_in(officer_east)
    assert texts_in(get_list(client, "?since=2026-11-11")) == ["Malam"]
    assert texts_in(get_list(client, "?until=2026-11-10")) == []
    assert "00.30 WIT" in get_list(client).content.decode()


def test_my_villages(sign_in, units, officer, commander, late_brawl):
    client = sign_in(officer)
    # A posting without villages stands for the whole unit.
    assert len(texts_in(get_list(client, "?area=mine"))) == 3
    Posting.objects.get(user=officer).villages.add(make.make_area("31.73.04.1001"))
    assert texts_in(get_list(client, "?area=mine")) == ["Lempar batu di gang"]
    assert texts_in(get_list(client, "?area=mine&state=rejected")) == []


def test_tabs_by_what_a_person_does(sign_in, officer, commander, late_brawl):
    html = get_list(sign_in(officer), "?assignee=mine").content.decode()
    assert 'href="/reports/?assignee=mine" aria-current="page"' in html
    assert '<details class="card filter">' in html
    html = get_list(sign_in(commander), "?state=unassigned").content.decode()
    assert 'href="/reports/?state=unassigned" aria-current="page"' in html


def test_a_filter_stays_open_with_what_was_typed(sign_in, officer, late_brawl):
    html = get_list(sign_in(officer), "?since=kemarin&q=batu").content.decode()
    assert '<details class="card filter" open>' in html
    assert "Masukkan tanggal yang valid" in html
    assert 'value="batu"' in html


def test_the_filter_folds_over_what_it_found(sign_in, officer, late_brawl):
    for query in ("?q=batu", "?state=open", "?category=brawl&state=open"):
        html = get_list(sign_in(officer), query).content.decode()
        assert '<details class="card filter">' in html


def test_sealed_rows_are_few_and_marked(sign_in, units, officer, commander, keeper, sealed):
    make.make_report(units.polsek, "Suami memukul", category=sealed)
    for person in (officer, commander):
        html = get_list(sign_in(person)).content.decode()
        assert "Belum ada laporan" in html
        assert "1 laporan" not in html
        assert texts_in(get_list(sign_in(person), "?q=suami")) == []
    response = get_list(sign_in(keeper))
    assert len(texts_in(response)) == 1
    html = response.content.decode()
    assert "Tertutup" in html
    assert "Suami memukul" not in html


def test_words_are_never_markup(sign_in, units, chief, officer):
    """Rows are written without a template, so escaping is tested here."""
    bad = "<script>alert(1)</script>"
    category = make.make_category("bad", label=f"A{bad}")
    report = make.make_report(units.polsek, f"B{bad}", category=category)
    village = make.make_area("31.73.04.1001", f"C{bad}")
    Report.objects.filter(pk=report.pk).update(village=village, place=f"D{bad}", assignee=officer)
    User.objects.filter(pk=officer.pk).update(name=f"E{bad}")
    Unit.objects.filter(pk=units.polsek.pk).update(name=f"F{bad}")
    html = get_list(sign_in(chief)).content.decode()
    assert "<script>alert" not in html
    for letter in "ABCDEF":
        assert f"{letter}&lt;script&gt;alert(1)&lt;/script&gt;" in html


def test_links_hold_under_a_prefix(sign_in, officer, late_brawl):
    """The site may be served below a path that contains a 0."""
    client = sign_in(officer)
    with override_script_prefix("/v1.0/"):
        html = client.get(URL).content.decode()
    assert f'href="/v1.0/reports/{late_brawl.pk}/"' in html


def test_nobody_of_the_unit_finds_what_is_about_it(sign_in, units, keeper, chief):
    misconduct = make.make_category("misconduct", is_sealed=True, is_about_police=True)
    make.make_report(units.polsek, "Petugas minta uang", category=misconduct)
    assert texts_in(get_list(sign_in(keeper), "?q=uang")) == []
    Posting.objects.filter(user=chief).update(opens_sealed=True)
    assert texts_in(get_list(sign_in(chief), "?q=uang")) == ["Petugas minta uang"]


def test_a_unit_above_narrows_to_one_below(sign_in, units, chief, late_brawl):
    make.make_report(units.polsek_other, "Di B")
    client = sign_in(chief)
    assert texts_in(get_list(client))[0] == "Di B"
    assert texts_in(get_list(client, f"?unit={units.polres_other.pk}")) == ["Di B"]
    assert "Polsek B" in get_list(client).content.decode()
    foreign = get_list(client, f"?unit={units.polsek_east.pk}")
    assert foreign.context["filter"].form.errors["unit"]


def test_mabes_narrows_to_a_polsek_that_was_asked_for(sign_in, units, superuser, late_brawl):
    make.make_report(units.polsek_neighbour, "Di tetangga")
    client = sign_in(superuser)
    assert texts_in(get_list(client, f"?unit={units.polsek_neighbour.pk}")) == ["Di tetangga"]


def test_nothing_found_and_nothing_yet(sign_in, officer, neighbour, late_brawl):
    html = get_list(sign_in(officer), "?q=zzz").content.decode()
    assert "Tidak ditemukan" in html
    assert "Belum ada laporan" in get_list(sign_in(neighbour)).content.decode()


def test_closed_to_people_without_a_posting(sign_in, volunteer, nobody):
    for person in (volunteer, nobody):
        assert sign_in(person).get(URL).status_code == 403


def test_an_administrator_reads_and_takes_nothing_down(sign_in, admin_user, late_brawl):
    html = get_list(sign_in(admin_user)).content.decode()
    assert "Lempar batu" in html
    assert reverse("reports:report_new") not in html


def make_many_reports(unit, count, **fields):
    category = Category.objects.first() or make.make_category()
    Report.objects.bulk_create(
        Report(
            unit=unit,
            category=category,
            text=f"Laporan {number:04}",
            body_sha256="0" * 64,
            reported_at=ago(minutes=number),
            **fields,
        )
        for number in range(count)
    )


def test_pages_by_key_keep_the_filter(sign_in, units, commander):
    make_many_reports(units.polsek, 120)
    client = sign_in(commander)
    first = get_list(client, "?q=laporan")
    assert texts_in(first) == [f"Laporan {number:04}" for number in range(50)]
    older = first.context["page"].older
    assert "q=laporan&amp;page=%3C" in first.content.decode()
    second = client.get(URL, {"q": "laporan", "page": older})
    assert texts_in(second) == [f"Laporan {number:04}" for number in range(50, 100)]
    back = client.get(URL, {"q": "laporan", "page": second.context["page"].newer})
    assert texts_in(back) == texts_in(first)


def test_the_count_stops_at_a_thousand(sign_in, units, commander):
    make_many_reports(units.polsek, 1001)
    assert "lebih dari 1.000" in get_list(sign_in(commander)).content.decode()
    found = get_list(sign_in(commander), "?q=laporan").context["count"]
    assert (found.number, found.is_capped) == (100, True)


@pytest.mark.parametrize("count", [1, 60])
def test_statements_do_not_grow(sign_in, units, chief, django_assert_max_num_queries, count):
    village = make.make_area("31.73.04.1001", "Duri Utara")
    make_many_reports(units.polsek, count, village=village, assignee=chief)
    client = sign_in(chief)
    with django_assert_max_num_queries(6):
        get_list(client, f"?unit={units.polsek.pk}&state=open&category=noise_dispute")
    with django_assert_max_num_queries(6):
        get_list(client, "?village=duri")
    with django_assert_max_num_queries(6):
        get_list(client, "?area=mine")
    query = f"?unit={units.polsek.pk}&area=mine&village=Angke&category=noise_dispute&state=open"
    with django_assert_max_num_queries(6):
        get_list(client, query)


def test_a_unit_asked_for_costs_no_statement(
    sign_in, units, superuser, django_assert_max_num_queries
):
    client = sign_in(superuser)
    query = f"?unit={units.polsek.pk}&area=mine&village=Angke&category=brawl&state=open"
    make.make_category("brawl")
    with django_assert_max_num_queries(6):
        get_list(client, query)


def test_a_village_whose_name_many_share(sign_in, units, officer):
    """The right village is the last of twenty with that name."""
    for number in range(1, 21):
        village = make.make_area(f"31.73.04.10{number:02}", "Mekarsari")
    part = make.make_area("31.73.05.1001", "Mekarsari Indah")
    ours = make.make_report(units.polsek, "Di sini")
    Report.objects.filter(pk=ours.pk).update(village=village)
    other = make.make_report(units.polsek, "Lain desa")
    Report.objects.filter(pk=other.pk).update(village=part)
    client = sign_in(officer)
    assert texts_in(get_list(client, "?village=mekarsari")) == ["Di sini"]
    assert set(texts_in(get_list(client, "?village=mekarsar"))) == {"Di sini", "Lain desa"}
    assert texts_in(get_list(client, "?village=Mekarsari, Wilayah 31.73.04")) == ["Di sini"]
    assert texts_in(get_list(client, "?village=Mekarsari, Bandung")) == []


@pytest.mark.parametrize("words", ["ba", "b", "-- -", "x."])
def test_words_need_three_letters(sign_in, officer, late_brawl, words):
    html = sign_in(officer).get(URL, {"q": words}).content.decode()
    assert "Tulis paling sedikit tiga huruf" in html


def test_a_short_number_is_no_short_word(sign_in, officer, late_brawl):
    response = sign_in(officer).get(URL, {"q": str(late_brawl.pk)})
    assert not response.context["filter"].form.errors


def test_a_row_reads_no_more_than_it_shows(
    sign_in, units, commander, django_assert_max_num_queries
):
    make.make_report(units.polsek, "x" * 4000)
    client = sign_in(commander)
    with django_assert_max_num_queries(5) as captured:
        get_list(client)
    listed = next(query["sql"] for query in captured if "LEFT(" in query["sql"])
    columns = listed.partition(" FROM ")[0]
    assert '"reports_report"."code"' not in columns
    assert columns.count('"reports_report"."text"') == 1


@pytest.mark.parametrize("query", ["", "?q=laporan", "?state=received", "?source=web&q=laporan"])
def test_line_16_past_the_end_the_last_reports_are_shown(sign_in, units, commander, query):
    make_many_reports(units.polsek, 60)
    client = sign_in(commander)
    link = "page=%3C2020-01-01T00:00:00%2B00:00~1"
    last = get_list(client, f"{query}&{link}" if query else f"?{link}")
    assert texts_in(last) == [f"Laporan {number:04}" for number in range(10, 60)]
    assert "Daftarnya habis di sini" in last.content.decode()
    newer = client.get(f"{URL}{query}", query_params={"page": last.context["page"].newer})
    assert texts_in(newer)[0] == "Laporan 0000"
    assert "Daftarnya habis di sini" not in newer.content.decode()


def test_line_16_nothing_found_stays_nothing_found(sign_in, units, commander):
    make_many_reports(units.polsek, 2)
    page = get_list(sign_in(commander), "?q=takada&page=%3C2020-01-01T00:00:00%2B00:00~1")
    assert "Daftarnya habis di sini" not in page.content.decode()


@pytest.mark.parametrize("number", ["LK-{:06}", "lk‑{:06}", "*LK-{:06}*", "LK\u200b-{:06}"])
def test_line_15_the_number_is_found_in_a_pasted_message(sign_in, units, commander, number):
    make.make_report(units.polsek, "Lain")
    wanted = make.make_report(units.polsek, "Dicari")
    pasted = "Mohon izin Komandan, melaporkan kejadian. " * 5 + number.format(wanted.pk)
    client = sign_in(commander)
    assert 'maxlength="1000"' in get_list(client).content.decode()
    found = client.get(URL, {"q": f"{pasted} telah ditangani oleh anggota. " * 2})
    assert texts_in(found) == ["Dicari"]


@pytest.mark.parametrize(
    "typed",
    ["Duri-Utara.", "kel. duri utara RT 05/RW 03", "Duri\u00a0Utara, tambora.", "“Duri Utara”"],
)
def test_line_9_the_filter_finds_a_village_however_it_is_typed(sign_in, units, commander, typed):
    make.make_area("31.73.04", "Tambora")
    village = make.make_area("31.73.04.1005", "Duri Utara")
    make.make_report(units.polsek, "Di sana", area=village)
    make.make_report(units.polsek, "Lain")
    found = sign_in(commander).get(URL, {"village": typed})
    assert texts_in(found) == ["Di sana"]
