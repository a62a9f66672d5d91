import threading
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from reports.models import ContactAccess, Privacy
from reports.services.contacts import SAME_TAP, open_contact
from tests.reports.report_pages import make_report_in_state, page_url
from tests.roles import owner_role
from tests.threads import in_threads
from tests.two_people import client_of

WHO = {"contact_name": "Bu Ani Kenari", "contact_phone": "+6281299990000"}
ASKED = {"purpose": "ask", "details": "jam kejadian"}


@pytest.fixture
def report(units, officer):
    return make_report_in_state("verified", units.polsek, officer, privacy=Privacy.OFFICERS, **WHO)


def shows_contact(answer):
    html = answer.content.decode()
    return WHO["contact_name"] in html or WHO["contact_phone"] in html


def test_shown_once_after_a_reason_and_recorded(sign_in, officer, report):
    client = sign_in(officer)
    page = client.get(page_url("contact_open", report))
    assert not shows_contact(page)
    assert not ContactAccess.objects.exists()
    answer = client.post(page_url("contact_open", report), ASKED)
    html = answer.content.decode()
    assert answer.status_code == 200
    assert WHO["contact_name"] in html
    assert f'href="tel:{WHO["contact_phone"]}"' in html
    for response in (page, answer):
        assert "no-store" in response["Cache-Control"]
    opening = ContactAccess.objects.get()
    assert (opening.by, opening.report) == (officer, report)
    assert opening.reason == "Meminta keterangan kepada pelapor: jam kejadian"
    assert not shows_contact(client.get(page_url("contact_open", report)))


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({}, "purpose"),
        ({"purpose": "curious"}, "purpose"),
        ({"purpose": "other"}, "details"),
        ({"purpose": "ask", "details": "x" * 201}, "details"),
    ],
)
def test_without_a_reason_it_stays_shut(sign_in, officer, report, sent, field):
    answer = sign_in(officer).post(page_url("contact_open", report), sent)
    assert not shows_contact(answer)
    assert f'id="id_{field}_error"' in answer.content.decode()
    assert not ContactAccess.objects.exists()


def test_a_sealed_name_opens_to_the_assigned_and_by_permission(
    sign_in, units, officer, operator, commander, keeper, superuser
):
    report = make_report_in_state(
        "dispatched", units.polsek, officer, privacy=Privacy.SEALED, **WHO
    )
    for person in (operator, commander, superuser):
        for method in ("get", "post"):
            answer = getattr(sign_in(person), method)(page_url("contact_open", report), ASKED)
            assert answer.status_code == 403
            assert not shows_contact(answer)
    assert not ContactAccess.objects.exists()
    for person in (officer, keeper):
        assert shows_contact(sign_in(person).post(page_url("contact_open", report), ASKED))
    assert ContactAccess.objects.count() == 2


def test_of_who_stays_without_a_name_there_is_nothing_to_open(sign_in, units, commander, officer):
    report = make_report_in_state(
        "verified", units.polsek, officer, privacy=Privacy.ANONYMOUS, **WHO
    )
    assert sign_in(commander).post(page_url("contact_open", report), ASKED).status_code == 403


def test_a_purged_contact_says_so(sign_in, officer, report):
    with owner_role():
        report.contact.delete()
    answer = sign_in(officer).post(page_url("contact_open", report), ASKED)
    assert "tidak meninggalkan" in answer.content.decode()
    assert not ContactAccess.objects.exists()


def test_outside_it_is_not_found(sign_in, neighbour, nobody, volunteer, admin_user, report):
    for person, status in ((neighbour, 404), (nobody, 404), (volunteer, 404), (admin_user, 403)):
        answer = sign_in(person).post(page_url("contact_open", report), ASKED)
        assert answer.status_code == status
        assert not shows_contact(answer)


def test_few_queries(sign_in, officer, report, django_assert_max_num_queries):
    client = sign_in(officer)
    with django_assert_max_num_queries(8):
        client.get(page_url("contact_open", report))


def test_a_phone_alone_or_a_name_alone(sign_in, units, officer):
    report = make_report_in_state(
        "verified", units.polsek, officer, privacy=Privacy.OFFICERS, contact_name="Pak Budi"
    )
    html = sign_in(officer).post(page_url("contact_open", report), ASKED).content.decode()
    assert "Pak Budi" in html
    assert "tel:" not in html


def test_neither_name_nor_code_is_on_any_step_before(sign_in, units, officer, commander, report):
    for page in ("dispatch", "resolve", "reject", "merge", "refer", "note", "handover"):
        answer = sign_in(commander).get(page_url(f"report_{page}", report))
        assert not shows_contact(answer)
        assert report.code not in answer.content.decode()


def test_the_reason_may_be_given_by_someone_else_first(sign_in, officer, operator, report):
    """Two openings at the same time are both recorded; a second tap is one opening."""
    for person in (officer, operator, officer):
        sign_in(person).post(page_url("contact_open", report), ASKED)
    assert [row.by for row in ContactAccess.objects.order_by("pk")] == [officer, operator]


@pytest.mark.django_db(transaction=True)
def test_two_taps_at_once_are_one_opening(report, officer):
    """The second waits for the first, and then finds its record."""
    opened = threading.Event()

    def second_tap():
        try:
            open_contact(report=report, by=officer, reason="Menelepon")
            opened.set()
        finally:
            connection.close()

    second = threading.Thread(target=second_tap)
    with transaction.atomic():
        open_contact(report=report, by=officer, reason="Menelepon")
        second.start()
        assert not opened.wait(1)
    second.join(30)
    assert opened.is_set()
    assert ContactAccess.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_eight_taps_at_once_all_see_the_contact_and_leave_one_record(report, officer):
    pages = []

    def tap(_number):
        pages.append(client_of(officer).post(page_url("contact_open", report), ASKED))

    assert not in_threads(8, tap)
    assert [shows_contact(page) for page in pages] == [True] * 8
    assert ContactAccess.objects.count() == 1


def test_a_minute_later_or_for_another_reason_it_is_another_opening(report, officer, commander):
    now = timezone.now()
    for by, reason, at in (
        (officer, "Menelepon", now),
        (officer, " Menelepon ", now + SAME_TAP - timedelta(seconds=1)),
        (officer, "Datang", now),
        (commander, "Menelepon", now),
        (officer, "Menelepon", now + SAME_TAP + timedelta(seconds=1)),
    ):
        open_contact(report=report, by=by, reason=reason, now=at)
    assert ContactAccess.objects.count() == 4
