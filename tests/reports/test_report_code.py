"""The code of whoever told an officer the report: shown once, then nowhere; given anew if lost."""

import logging
from datetime import timedelta
from urllib.parse import unquote

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from reports.codes import ALPHABET, new_code, read_code
from reports.models import EventKind, Report
from reports.presenters.spoken_code import WORDS, spoken_code
from reports.services.changes import resolve_report, verify_report
from tests import factories as make
from tests.reports.test_history import columns_containing
from tests.test_access import TABLE, close_file, make_rows_of, path_of
from tests.test_reports_secrecy import admin_paths
from tests.threads import in_threads
from tests.two_people import client_of

NEW = reverse("reports:report_new")
PHONE = "+6281299990000"


@pytest.fixture
def noise(db):
    return make.make_category("noise_dispute", label="Tetangga ribut")


@pytest.fixture
def take_down(noise):
    """``take_down(client, …)`` gives the answer to the desk's form, and the report."""

    def taken(client, category=noise, **words):
        fields = {"source": "phone", "category": category.pk, "text": "Musik keras"}
        fields |= {"privacy": "anonymous", "when": "now"}
        answer = client.post(NEW, fields | words)
        assert answer.status_code == 302, answer.context["form"].errors
        return answer, Report.objects.latest("pk")

    return taken


def page_of(report):
    return reverse("reports:report_code", args=[report.pk])


def shows(answer, code):
    return code in answer.content.decode()


def test_the_code_is_shown_once(sign_in, operator, take_down):
    client = sign_in(operator)
    answer, report = take_down(client)
    assert answer.url == page_of(report)
    first = client.get(answer.url)
    assert shows(first, report.code)
    assert "no-store" in first["Cache-Control"]
    html = first.content.decode()
    for group, words in spoken_code(report.code):
        assert f'<dt class="num">{group}</dt><dd>{words}</dd>' in html
    assert reverse("reports:report_track") in html
    assert report.number in html
    # Reloaded, or by Back and forth.
    for _time in range(2):
        again = client.get(answer.url)
        assert again.status_code == 200
        assert not shows(again, report.code)
        assert "Beri kode baru" in again.content.decode()


def test_every_letter_has_its_own_word():
    assert set(WORDS) == set(ALPHABET)
    assert len(set(map(str, WORDS.values()))) == len(ALPHABET)
    assert spoken_code("LW-7F3K-92QX-4MPD") == [
        ("LW", "huruf L, huruf W"),
        ("7F3K", "tujuh, Foxtrot, tiga, Kilo"),
        ("92QX", "sembilan, dua, Quebec, X\u2011ray"),
        ("4MPD", "empat, Mike, Papa, Delta"),
    ]


def test_the_cookie_is_for_one_page_and_says_nothing(sign_in, operator, take_down):
    client = sign_in(operator)
    answer, report = take_down(client, privacy="officers", contact_phone=PHONE)
    cookie = answer.cookies["kode"]
    assert cookie["path"] == page_of(report)
    assert cookie["httponly"]
    for word in (report.code, report.code[3:], PHONE[3:]):
        assert word not in str(answer.cookies)


def test_the_next_operator_at_the_same_screen_gets_no_code(units, operator, take_down):
    """Who signs in before the page was opened."""
    client = Client()
    client.force_login(operator)
    answer, report = take_down(client)
    kept = client.cookies["kode"]
    other = make.make_user("Operator lain", units.polsek, "operator")
    client.force_login(other)
    client.cookies["kode"] = kept
    assert not shows(client.get(answer.url), report.code)


def test_a_code_waits_two_hours(sign_in, operator, take_down, time_machine):
    client = sign_in(operator)
    answer, report = take_down(client)
    time_machine.move_to(timezone.now() + timedelta(hours=2, minutes=1))
    client.force_login(operator)
    assert not shows(client.get(answer.url), report.code)


@pytest.mark.parametrize("value", ["", "x", "gAAAAAB", "\u00e9"])
def test_a_broken_cookie_shows_nothing(sign_in, operator, take_down, value):
    client = sign_in(operator)
    answer, report = take_down(client)
    client.cookies["kode"] = value
    assert not shows(client.get(answer.url), report.code)


def test_sent_twice_it_is_not_shown_again(sign_in, operator, take_down):
    client, key = sign_in(operator), "6f1e2bb0-6d10-4c7a-9a7b-3a0d3f6b2c11"
    answer, report = take_down(client, client_uuid=key)
    assert shows(client.get(answer.url), report.code)
    again, same = take_down(client, client_uuid=key)
    assert (again.url, same) == (answer.url, report)
    assert not shows(client.get(again.url), report.code)


def test_an_answer_lost_on_the_way_loses_no_code(sign_in, units, operator, take_down):
    """Of a sealed report nobody gives a second code."""
    police = make.make_category("misconduct", is_sealed=True, is_about_police=True)
    client = sign_in(operator)
    sent = {"client_uuid": "6f1e2bb0-6d10-4c7a-9a7b-3a0d3f6b2c11", "about_unit": "polsek"}
    _lost, report = take_down(client, police, **sent)
    client.cookies.pop("kode")
    again, same = take_down(client, police, **sent)
    assert (again.url, same) == (page_of(report), report)
    assert shows(client.get(again.url), report.code)
    for _time in range(2):
        after, _report = take_down(client, police, **sent)
        assert after.url == reverse("reports:report_list")
        assert "kode" not in after.cookies
        assert client.get(again.url).status_code == 404


def test_nor_does_one_that_the_outbox_has_not_heard(sign_in, officer, take_down):
    sealed = make.make_category("domestic_violence", is_sealed=True)
    client = sign_in(officer)
    fields = {"source": "walk_in", "privacy": "anonymous", "category": sealed.pk, "when": "now"}
    fields |= {"text": "Ribut", "client_uuid": "6f1e2bb0-6d10-4c7a-9a7b-3a0d3f6b2c11"}
    for status in (201, 200):
        client.cookies.pop("kode", None)
        answer = client.post(NEW, fields, headers={"X-Outbox": str(officer.pk)})
        assert (answer.status_code, answer.json()["to"]) == (status, page_of(Report.objects.get()))
    assert shows(client.get(answer.json()["to"]), Report.objects.get().code)


def test_nobody_else_brings_it_back(sign_in, units, operator, take_down):
    client, sent = sign_in(operator), {"client_uuid": "6f1e2bb0-6d10-4c7a-9a7b-3a0d3f6b2c11"}
    _answer, report = take_down(client, **sent)
    other = Client()
    other.force_login(make.make_user("Operator lain", units.polsek, "operator"))
    fields = {"source": "phone", "category": report.category_id, "text": "Musik keras"}
    found = other.post(NEW, fields | {"privacy": "anonymous", "when": "now"} | sent)
    assert (found.status_code, "kode" in found.cookies) == (409, False)
    assert not shows(found, report.code)


def test_sent_later_by_the_phone_it_waits_on_the_reports_page(sign_in, officer, take_down):
    """The answer has gone to the outbox, and to no page."""
    client = sign_in(officer)
    fields = {"category": make.make_category().pk, "text": "Ribut", "when": "now"}
    answer = client.post(
        NEW,
        {"source": "walk_in", "privacy": "anonymous", **fields},
        headers={"X-Outbox": str(officer.pk)},
    )
    assert answer.status_code == 201
    report = Report.objects.get()
    assert report.code not in answer.content.decode()
    html = client.get(reverse("reports:report_detail", args=[report.pk])).content.decode()
    assert f'href="{page_of(report)}"' in html
    assert shows(client.get(page_of(report)), report.code)


# By WhatsApp


def link_in(answer):
    html = answer.content.decode()
    return html.partition('href="https://wa.me/')[2].partition('"')[0]


def test_whatsapp_opens_with_the_callers_number(sign_in, operator, take_down):
    client = sign_in(operator)
    answer, report = take_down(client, privacy="officers", contact_phone="0812 9999 0000")
    number, _mark, text = link_in(client.get(answer.url)).partition("?text=")
    assert number == PHONE.removeprefix("+")
    words = unquote(text)
    assert read_code(words) == report.code
    assert f"http://testserver{reverse('reports:report_track')}" in words
    assert "Kode laporan Anda" in words
    assert not set(text) & set(" :/&+<>")


@pytest.mark.parametrize(
    "words",
    [
        {},
        {"privacy": "officers", "contact_name": "Bu Kenanga"},
        # No WhatsApp on a line.
        {"privacy": "officers", "contact_phone": "021 6900 0000"},
        # The chats of a desk are read by everybody there.
        {"privacy": "sealed", "contact_phone": PHONE},
    ],
)
def test_without_a_number_there_is_no_link(sign_in, operator, take_down, words):
    client = sign_in(operator)
    answer, report = take_down(client, **words)
    shown = client.get(answer.url)
    assert shows(shown, report.code)
    assert link_in(shown) == ""
    assert "9999" not in shown.content.decode()


def test_a_complaint_about_police_shows_its_code_and_nothing_else(
    sign_in, units, operator, take_down
):
    police = make.make_category("misconduct", is_sealed=True, is_about_police=True)
    client = sign_in(operator)
    fields = {"privacy": "officers", "contact_phone": PHONE, "about_unit": "polsek"}
    answer, report = take_down(client, police, **fields)
    assert report.unit == units.polres
    shown = client.get(answer.url)
    assert shows(shown, report.code)
    assert link_in(shown) == ""
    html = shown.content.decode()
    assert "Musik keras" not in html
    assert str(police) not in html
    assert reverse("reports:report_detail", args=[report.pk]) not in html
    # From now on it is as any report that the officer does not see.
    assert client.get(answer.url).status_code == 404
    assert client.post(answer.url).status_code == 404


# Nowhere else


def test_no_page_no_column_and_no_log_holds_it(
    units, officer, operator, superuser, commander, volunteer, take_down, caplog, settings, tmp_path
):
    settings.MEDIA_ROOT = tmp_path
    caplog.set_level(logging.DEBUG)
    client = Client()
    client.force_login(operator)
    answer, report = take_down(client, privacy="officers", contact_phone=PHONE)
    client.get(answer.url)
    client.post(answer.url)
    client.get(answer.url)
    new = Report.objects.get().code
    assert columns_containing(new) == {("reports_report", "code")}
    assert columns_containing(report.code) == set()
    rows = make_rows_of(units.polsek, officer, "kenari", volunteer.membership)
    paths = [
        path_of(name, rows, row[1])
        for name, row in TABLE.items()
        if row[0] == "get" and name != "account_logout"
    ]
    paths += [
        reverse(name, args=[report.pk])
        for name, row in TABLE.items()
        if row[0] == "get" and row[1] == "report"
    ]
    for user in (operator, officer, commander, superuser):
        client.force_login(user)
        for path in [*paths, *(admin_paths() if user == superuser else ())]:
            found = client.get(path)
            text = b"".join(found) if found.streaming else found.content
            close_file(found)
            for code in (report.code, new):
                assert code[3:].encode() not in text, (user, path)
    for code in (report.code, new):
        assert code not in caplog.text
        assert code.replace("-", "") not in caplog.text


# Given anew


def test_a_new_code_replaces_the_former(sign_in, operator, take_down, client):
    desk = sign_in(operator)
    answer, report = take_down(desk)
    assert shows(desk.get(answer.url), report.code)
    assert desk.post(answer.url).url == answer.url
    new = Report.objects.get().code
    assert new != report.code
    shown = desk.get(answer.url)
    assert shows(shown, new)
    assert link_in(shown) == ""
    assert not shows(desk.get(answer.url), new)
    track = reverse("reports:report_track")
    assert client.post(track, {"code": report.code}).status_code == 200
    assert client.post(track, {"code": new}).status_code == 303
    html = client.get(track).content.decode()
    assert "Kode baru diberikan kepada pelapor" in html
    event = report.timeline.get(kind=EventKind.CODE_RENEWED)
    assert (event.actor, event.text, event.is_public) == (operator, "", True)


def test_two_taps_give_one_code(sign_in, operator, take_down):
    client = sign_in(operator)
    answer, _report = take_down(client)
    client.get(answer.url)
    sent = {"client_uuid": str(client.get(answer.url).context["client_uuid"])}
    client.post(answer.url, sent)
    first = Report.objects.get()
    # The browser shows the answer to the second tap alone.
    client.cookies.pop("kode")
    client.post(answer.url, sent)
    assert Report.objects.get().code == first.code
    assert first.timeline.filter(kind=EventKind.CODE_RENEWED).count() == 1
    assert shows(client.get(answer.url), first.code)
    # From then on the form is used up.
    assert "kode" not in client.post(answer.url, sent).cookies
    assert not shows(client.get(answer.url), first.code)
    assert Report.objects.get().code == first.code


@pytest.mark.django_db(transaction=True)
def test_two_taps_at_once_give_one_code(sign_in, units, operator, take_down):
    desk = sign_in(operator)
    answer, report = take_down(desk)
    desk.get(answer.url)
    clients = [client_of(operator) for _number in range(2)]
    sent = {"client_uuid": "6f1e2bb0-6d10-4c7a-9a7b-3a0d3f6b2c11"}
    errors = in_threads(2, lambda number: clients[number].post(answer.url, sent))
    assert not errors
    assert report.timeline.filter(kind=EventKind.CODE_RENEWED).count() == 1
    assert all("kode" in client.cookies for client in clients)


def test_a_code_given_since_makes_the_waiting_one_void(sign_in, operator, officer, take_down):
    waiting = sign_in(operator)
    answer, report = take_down(waiting)
    other = Client()
    other.force_login(officer)
    other.post(answer.url)
    assert not shows(waiting.get(answer.url), report.code)
    assert shows(other.get(answer.url), Report.objects.get().code)


@pytest.mark.parametrize("source", ["web", "patrol", "cyber"])
def test_nobody_gives_a_code_that_no_officer_has_read_out(
    sign_in, units, operator, officer, source
):
    by = None if source == "web" else officer
    report = make.make_report(units.polsek, by=by, source=source)
    client = sign_in(operator)
    assert (
        page_of(report)
        not in client.get(reverse("reports:report_detail", args=[report.pk])).content.decode()
    )
    assert client.get(page_of(report)).url == reverse("reports:report_detail", args=[report.pk])
    assert client.post(page_of(report)).status_code == 403
    assert Report.objects.get().code == report.code


def test_nor_whoever_handles_the_report_and_did_not_take_it_down(
    sign_in, operator, officer, take_down
):
    answer, report = take_down(sign_in(operator))
    Report.objects.update(assignee=officer)
    assert sign_in(officer).post(answer.url).status_code == 403
    assert Report.objects.get().code == report.code
    Report.objects.update(assignee=operator)
    assert sign_in(operator).post(answer.url).status_code == 302
    assert Report.objects.get().code != report.code


def test_nor_of_a_sealed_report(sign_in, units, keeper, officer):
    sealed = make.make_category("domestic_violence", is_sealed=True)
    report = make.make_report(units.polsek, by=officer, source="phone", category=sealed)
    client = sign_in(keeper)
    assert client.get(page_of(report)).status_code == 302
    assert client.post(page_of(report)).status_code == 403
    assert Report.objects.get().code == report.code


def test_nor_once_there_is_an_outcome(sign_in, units, operator, officer):
    """Else an officer could confirm the own work."""
    report = make.make_report(units.polsek, by=officer, source="phone")
    verify_report(report=report, by=officer)
    resolve_report(report=report, by=officer, outcome="handled", reason="Selesai")
    client = sign_in(operator)
    detail = reverse("reports:report_detail", args=[report.pk])
    assert page_of(report) not in client.get(detail).content.decode()
    assert client.get(page_of(report)).url == detail
    answer = client.post(page_of(report), follow=True)
    assert "Sudah dilakukan" in answer.content.decode()
    assert Report.objects.get().code == report.code


@pytest.mark.parametrize(("who", "status"), [("neighbour", 404), ("admin_user", 403)])
def test_others_give_none(sign_in, request, units, officer, who, status):
    report = make.make_report(units.polsek, by=officer, source="phone")
    client = sign_in(request.getfixturevalue(who))
    assert client.post(page_of(report)).status_code == status
    assert Report.objects.get().code == report.code


def test_a_guessed_code_in_the_way_shows_nothing(sign_in, operator, take_down):
    """The page reads the code from its cookie, never from the request."""
    client = sign_in(operator)
    answer, report = take_down(client)
    client.get(answer.url)
    assert not shows(client.get(answer.url, {"code": report.code, "kode": new_code()}), report.code)
