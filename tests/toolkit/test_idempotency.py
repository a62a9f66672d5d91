"""What a retry gets, and what it leaves in the server's log. The services' tests count the rows."""

import re
import threading
import uuid

import pytest
from django import forms
from django.db import DatabaseError, connection, transaction
from django.test import RequestFactory

from patrols.models import LogEntry
from patrols.services.entries import EntryDraft, log_entry
from reports.models import Report
from reports.services.intake import ReportDraft, receive_report
from tests import factories as make
from tests.threads import in_threads
from toolkit.idempotency.answers import Conflict, body_sha256, stored_answer
from toolkit.idempotency.fields import ClientUUIDField, as_new_form, read_uuid

UUID = uuid.UUID("0b0e1c9a-5a4f-4d3e-8b1a-6f6f2b7f3a10")


def test_a_hash_follows_the_words_not_their_order():
    assert body_sha256({"text": "Ribut", "by": 1}) == body_sha256({"by": 1, "text": "Ribut"})
    assert body_sha256({"text": "Ribut"}) != body_sha256({"text": "Sepi"})
    assert re.fullmatch("[0-9a-f]{64}", body_sha256({"of": UUID}))


@pytest.fixture
def report(units):
    row = make.make_report(units.polsek)
    Report.objects.filter(pk=row.pk).update(client_uuid=UUID, body_sha256="a" * 64)
    return row


def test_after_a_conflict_the_form_has_what_was_typed_under_a_new_uuid():
    sent = RequestFactory().post("/", {"client_uuid": str(UUID), "text": "Ribut"})
    shown = as_new_form(sent)
    assert shown["text"] == "Ribut"
    assert uuid.UUID(shown["client_uuid"]) != UUID


def test_an_unknown_uuid_has_no_answer(report):
    with transaction.atomic():
        assert stored_answer(Report.objects.all(), uuid.uuid4(), "a" * 64) is None
        assert stored_answer(LogEntry.objects.all(), UUID, "a" * 64) is None


def test_a_retry_gets_the_stored_row(report):
    with transaction.atomic():
        assert stored_answer(Report.objects.all(), UUID, "a" * 64) == report


def test_another_body_is_a_conflict_that_names_the_stored_row(report):
    with pytest.raises(Conflict) as caught, transaction.atomic():
        stored_answer(Report.objects.all(), UUID, "b" * 64)
    assert caught.value.stored == report
    assert str(caught.value) == str(UUID)


@pytest.mark.django_db(transaction=True)
def test_only_the_same_uuid_waits(report):
    """Whoever holds a UUID holds up nobody else: not another UUID, nor another table."""
    answered = []

    def ask(rows, client_uuid):
        with transaction.atomic():
            stored_answer(rows, client_uuid, "a" * 64)
        answered.append(rows.model)
        connection.close()

    def ask_in_thread(*request):
        thread = threading.Thread(target=ask, args=request)
        thread.start()
        return thread

    with transaction.atomic():
        stored_answer(Report.objects.all(), UUID, "a" * 64)
        ask_in_thread(Report.objects.all(), uuid.uuid4()).join(20)
        ask_in_thread(LogEntry.objects.all(), UUID).join(20)
        assert answered == [Report, LogEntry]
        same = ask_in_thread(Report.objects.all(), UUID)
        same.join(0.3)
        assert same.is_alive()
    same.join(20)
    assert answered == [Report, LogEntry, Report]


class FailedStatements(list):
    """Statements that the database has refused, of the connections that it wraps."""

    def __call__(self, execute, sql, *arguments):
        try:
            return execute(sql, *arguments)
        except DatabaseError:
            self.append(sql)
            raise


def receive(officer, duty):
    draft = ReportDraft(category=make.make_category(), text="Ribut", client_uuid=UUID)
    return lambda: receive_report(draft=draft, by=officer)


def write(officer, duty):
    draft = EntryDraft(kind="note", text="Hujan", client_uuid=UUID)
    return lambda: log_entry(duty=duty, by=officer, draft=draft)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("service", [receive, write])
def test_retries_at_once_make_no_statement_fail(officer, running_duty, service):
    """PostgreSQL may log a failed INSERT with all its values: what a person told the police."""
    send, failed, answers = service(officer, running_duty), FailedStatements(), []

    def post(_number):
        with connection.execute_wrapper(failed):
            answers.append(send())

    assert in_threads(20, post) == {}
    assert sorted(is_new for _row, is_new in answers) == [False] * 19 + [True]
    assert failed == []


def test_a_failed_statement_would_be_seen(db):
    failed = FailedStatements()
    with pytest.raises(DatabaseError), connection.execute_wrapper(failed), transaction.atomic():
        connection.cursor().execute("SELECT 1 / 0")
    assert failed == ["SELECT 1 / 0"]


@pytest.mark.parametrize("text", ["", "bukan-uuid", "\x00", "0" * 300])
def test_an_odd_uuid_counts_as_none(text):
    assert read_uuid(text) != read_uuid(text)


def test_the_field_keeps_the_uuid_it_was_shown_with():
    class Form(forms.Form):
        client_uuid = ClientUUIDField()

    shown = Form()["client_uuid"].value()
    assert Form()["client_uuid"].value() != shown
    for sent, kept in ((str(shown), shown), (str(UUID).upper(), UUID)):
        form = Form({"client_uuid": sent})
        assert form.is_valid()
        assert form.cleaned_data["client_uuid"] == kept
    odd = Form({"client_uuid": "bukan-uuid"})
    assert odd.is_valid()
    assert isinstance(odd.cleaned_data["client_uuid"], uuid.UUID)
