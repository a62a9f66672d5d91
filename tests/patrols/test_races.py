"""Pairs of requests at the same moment, over duties, their logs and their schedules."""

import time
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from patrols.models import Duty, LogEntry
from patrols.services import entries
from patrols.services.duties import end_duty, review_duty
from patrols.services.entries import EntryDraft, log_entry, withdraw_entry
from patrols.services.schedules import end_schedule
from tests import factories as make
from tests.threads import in_threads
from tests.two_people import client_of, sent_fields
from toolkit.idempotency.answers import lock_until_commit

at_once = pytest.mark.django_db(transaction=True)


@at_once
def test_eight_taps_on_begin_from_eight_pages_begin_one_patrol(officer):
    """Each page has a key of its own; all lead to the one that runs."""
    address = reverse("patrols:duty_begin")
    clients = [client_of(officer) for _ in range(8)]
    forms = [sent_fields(one.get(address).context["form"]) for one in clients]
    assert len({form["client_uuid"] for form in forms}) == 8
    answers = []
    assert not in_threads(8, lambda n: answers.append(clients[n].post(address, forms[n])))
    duty = Duty.objects.running().get(leader=officer)
    pages = {answer.headers.get("Location") for answer in answers}
    assert pages == {reverse("patrols:duty_detail", args=[duty.pk])}


@at_once
def test_a_check_in_is_taken_back_while_its_duty_ends(running_duty, officer):
    """Both write the check-in and the duty, in one order."""
    for _round in range(5):
        draft = EntryDraft(kind="check_in")
        entry, _ = log_entry(duty=running_duty, by=officer, draft=draft)

        def act(number, entry=entry):
            if number % 2:
                withdraw_entry(entry=entry, by=officer)
            else:
                end_duty(duty=running_duty, by=officer)

        assert "OperationalError" not in in_threads(2, act)
        Duty.objects.filter(pk=running_duty.pk).update(state="running", review="", ended_at=None)


@at_once
def test_no_entry_lands_in_a_log_approved_meanwhile(running_duty, officer, commander, monkeypatch):
    duty = end_duty(duty=running_duty, by=officer)
    written = entries.clean_draft

    def approve_first(draft):
        in_threads(1, lambda _n: review_duty(duty=duty, by=commander, action="approve"))
        return written(draft)

    monkeypatch.setattr(entries, "clean_draft", approve_first)
    with pytest.raises(ValidationError):
        log_entry(duty=duty, by=officer, draft=EntryDraft(kind="note", text="Terlambat"))
    assert not LogEntry.objects.filter(duty=duty, text="Terlambat").exists()


def test_an_old_page_does_not_undo_the_end_of_a_schedule(units, operator):
    schedule = make.make_schedule(units.polsek)
    first = max(schedule.tonight(), schedule.valid_from)
    end_schedule(schedule=schedule, last_night=first, by=operator)
    with pytest.raises(ValidationError):
        end_schedule(schedule=schedule, last_night=first + timedelta(days=9), by=operator)
    schedule.refresh_from_db()
    assert schedule.valid_until == first


def test_an_old_edit_page_does_not_undo_the_end_of_a_schedule(units, operator, commander):
    schedule = make.make_schedule(units.polsek)
    address = reverse("patrols:schedule_edit", args=[schedule.pk])
    client = client_of(operator)
    sent = sent_fields(client.get(address).context["form"])
    first = max(schedule.tonight(), schedule.valid_from)
    end_schedule(schedule=schedule, last_night=first, by=commander)
    assert client.post(address, {**sent, "name": "Nama lain"}).status_code == 409
    schedule.refresh_from_db()
    assert schedule.valid_until == first


@at_once
def test_the_lock_by_name_makes_others_wait():
    from django.db import transaction

    seen = []

    def act(number):
        with transaction.atomic():
            lock_until_commit("one at a time")
            seen.append(number)
            time.sleep(0.02)
            seen.append(number)

    assert not in_threads(6, act)
    assert seen[::2] == seen[1::2]
