"""Clock times without a date, ends that are still to come, and "just now", in both forms."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse

from reports.models import Report
from tests import factories as make
from tests.reports.citizen import form_data

FILL = reverse("reports:report_fill")
NEW = reverse("reports:report_new")
NIGHT = datetime(2026, 11, 20, 17, 20, tzinfo=UTC)  # 00.20 on the 21st in Jakarta
EVENING = datetime(2026, 11, 21, 15, 0, tzinfo=UTC)  # 22.00 on the 21st


def wib(day, hour, minute=0):
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC) - timedelta(hours=7)


@pytest.fixture(autouse=True)
def clock(time_machine):
    time_machine.move_to(NIGHT, tick=False)
    return time_machine


@pytest.fixture(params=["citizen", "officer"])
def send(request, client, sign_in, officer, units):
    """``send(**words)`` sends the citizen's or the officer's form."""
    category = make.make_category("noise_dispute")
    make.make_area("31.73.04.1001", "Duri Utara", lat=-6.15, lon=106.81)
    desk = {"source": "phone", "category": category.pk, "village_name": None}
    by_officer = request.param == "officer"
    url, client = (NEW, sign_in(officer)) if by_officer else (FILL, client)

    def post_words(**words):
        return client.post(url, form_data(**(desk if by_officer else {}), **words))

    return post_words


@pytest.mark.parametrize("when", ["exact", "about"])
@pytest.mark.parametrize(
    ("typed", "at"),
    [("23:45", wib(20, 23, 45)), ("22:00", wib(20, 22)), ("00:10", wib(21, 0, 10))],
)
def test_a_clock_time_later_than_now_without_a_date_means_yesterday(send, when, typed, at):
    assert send(when=when, occurred_at=typed).status_code in (302, 303)
    assert Report.objects.get().occurred_from == at


def test_from_one_clock_time_until_another_over_midnight(send):
    send(when="about", occurred_at="23:30", occurred_until="00:10")
    report = Report.objects.get()
    assert (report.occurred_from, report.occurred_to) == (wib(20, 23, 30), wib(21, 0, 10))


def test_the_time_of_a_call_later_than_now_means_yesterday(sign_in, officer, units):
    category = make.make_category("noise_dispute")
    words = form_data(source="phone", category=category.pk, village_name=None, when="now")
    sign_in(officer).post(NEW, words | {"reported_time": "23:50"})
    report = Report.objects.get()
    assert (report.reported_at, report.occurred_from) == (wib(20, 23, 50),) * 2


@pytest.mark.parametrize(
    ("until", "end"),
    [("19:00", "2026-11-22T19:00:00+07:00"), ("23:00", "2026-11-21T23:00:00+07:00")],
)
def test_an_end_still_to_come_is_asked_about_and_may_be_confirmed(send, clock, until, end):
    clock.move_to(EVENING, tick=False)
    words = {"when": "about", "occurred_at": "20:00", "occurred_until": until}
    asked = send(**words)
    assert "occurred_until" in asked.context["form"].errors
    assert end in asked.text
    assert not Report.objects.exists()
    # The answer to another question is none.
    send(**words, ends_ahead="2026-11-21T23:30:00+07:00")
    assert not Report.objects.exists()
    send(**words, ends_ahead=end)
    report = Report.objects.get()
    assert report.occurred_to == datetime.fromisoformat(end)


def test_an_end_still_to_come_may_be_that_it_goes_on(send, clock):
    clock.move_to(EVENING, tick=False)
    send(when="about", occurred_at="20:00", occurred_until="19:00", ends_ahead="open")
    report = Report.objects.get()
    assert (report.occurred_from, report.occurred_to) == (wib(21, 20), None)


def test_just_now_of_a_form_opened_long_ago_is_the_time_of_sending(send, clock):
    """Without script nothing says when the first word was typed."""
    clock.move_to(NIGHT + timedelta(hours=15), tick=False)
    send(when="now", shown_at=None)
    assert Report.objects.get().occurred_from == NIGHT + timedelta(hours=15)


def test_just_now_is_the_first_input_also_by_a_wrong_clock(send):
    """The phone is three hours slow, and waited for seven minutes."""
    slow = NIGHT - timedelta(hours=3)
    shown = (slow - timedelta(minutes=7)).isoformat()
    send(when="now", shown_at=shown, sent_at=slow.isoformat())
    assert Report.objects.get().occurred_from == NIGHT - timedelta(minutes=7)


@pytest.mark.parametrize(
    "words",
    [
        {"when": "now", "shown_at": None},
        {"when": "about", "occurred_at": "00:23"},
        {"when": "about", "occurred_on": "2026-11-21"},
    ],
)
def test_a_retry_of_the_same_words_is_the_same_report_though_now_differs(send, clock, words):
    words = {"client_uuid": str(uuid.uuid4()), "shown_at": NIGHT.isoformat(), **words}
    send(**words)
    clock.move_to(NIGHT + timedelta(minutes=2), tick=False)
    assert send(**words).status_code in (302, 303)
    assert Report.objects.count() == 1
    assert send(**{**words, "when": "unknown"}).status_code == 409


@pytest.mark.parametrize("page", ["citizen", "officer"])
def test_no_form_says_when_it_was_opened(page, client, sign_in, officer, units):
    category = make.make_category("noise_dispute")
    if page == "officer":
        html = sign_in(officer).get(NEW).text
    else:
        words = {"step": "choose", "category": category.code}
        html = client.post(reverse("reports:report_send"), words, follow=True).text
    assert 'name="shown_at" data-device-clock' in html


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ({"when": "exact", "occurred_at": "21:00"}, "occurred_from"),
        ({"when": "unknown", "reported_time": "21:00"}, "reported_at"),
    ],
)
@pytest.mark.parametrize("minutes_fast", [0, 180])
def test_a_clock_time_is_that_of_the_writing_not_of_the_arrival(
    sign_in, officer, units, clock, typed, name, minutes_fast
):
    """Written at 20.00 without a signal, arrived at 21.30: "21.00" was yesterday. A wrong clock
    measures the wait all the same."""
    clock.move_to(wib(21, 21, 30), tick=False)
    category = make.make_category("noise_dispute")
    words = form_data(source="phone", category=category.pk, village_name=None, **typed)
    wrong = timedelta(minutes=minutes_fast)
    clocks = {"device_at": wib(21, 20) + wrong, "sent_at": wib(21, 21, 30) + wrong}
    clocks = {name: moment.isoformat() for name, moment in clocks.items()}
    answer = sign_in(officer).post(NEW, words | clocks, headers={"X-Outbox": str(officer.pk)})
    assert answer.status_code == 201
    assert getattr(Report.objects.get(), name) == wib(20, 21)


def test_until_is_that_of_the_writing_too(sign_in, officer, units, clock):
    clock.move_to(wib(21, 23, 30), tick=False)
    category = make.make_category("noise_dispute")
    words = form_data(source="phone", category=category.pk, village_name=None, when="about")
    words |= {"occurred_at": "19:00", "occurred_until": "22:00"}
    clocks = {"device_at": wib(21, 20).isoformat(), "sent_at": wib(21, 23, 30).isoformat()}
    answer = sign_in(officer).post(NEW, words | clocks, headers={"X-Outbox": str(officer.pk)})
    assert answer.status_code == 422  # the end was still to come
