"""A hidden value that is broken is ignored: nobody sees it, so that nobody could mend it."""

import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.urls import get_resolver, reverse

import kamtibmas_site.urls  # noqa: F401  # so that every form is there
from patrols.models import Duty, LogEntry
from tests.test_architecture import APPS
from toolkit.ui.fields import UnseenField

BROKEN = ["\0", "2026-11-29T10:00:00+07:00\0", "\ud800", "x" * 5000, "9" * 40, "²", "[]"]
# A trap for programs, in the forms of citizens, which people do not see either.
UNSEEN = {"subject"}


assert get_resolver().url_patterns  # every page is imported for them, and so every form


def forms_of_ours(of=forms.BaseForm):
    for form in of.__subclasses__():
        if form.__module__.partition(".")[0] in (*APPS, "toolkit"):
            yield form
        yield from forms_of_ours(form)


HIDDEN = {
    f"{form.__module__}.{form.__name__}.{name}": field
    for form in forms_of_ours()
    for name, field in form.base_fields.items()
    if isinstance(field.widget, forms.HiddenInput)
    or (name in UNSEEN and form.__module__.startswith("reports."))
}


@pytest.mark.parametrize("name", sorted(HIDDEN))
def test_no_hidden_field_refuses(name):
    for word in BROKEN:
        try:
            HIDDEN[name].clean(word)
        except ValidationError as error:
            pytest.fail(f"{name} refuses {word[:20]!r}: {error.messages}")


@pytest.mark.parametrize("word", ["\0", "abcd"])
def test_a_broken_hidden_value_counts_as_empty(word):
    assert UnseenField(max_length=3).clean(word) == ""
    assert UnseenField(max_length=3).clean("abc") == "abc"


def test_the_forms_were_found():
    names = {name.rpartition(".")[2] for name in HIDDEN}
    assert {"client_uuid", "device_at", "sent_at", "seen", "lat", "checkpoint", "kind"} <= names


@pytest.mark.parametrize("word", BROKEN[:2])
def test_an_entry_with_a_broken_time_is_written(sign_in, officer, running_duty, word):
    sent = {"kind": "observation", "text": "Aman", "device_at": word, "sent_at": word}
    answer = sign_in(officer).post(reverse("patrols:entry_add", args=[running_duty.pk]), sent)
    assert answer.status_code == 302
    assert LogEntry.objects.get(duty=running_duty, text="Aman").device_at is None


@pytest.mark.parametrize("word", ["\0", "abc", "9" * 40])
def test_a_check_in_with_a_broken_checkpoint_is_written(sign_in, officer, running_duty, word):
    sent = {"checkpoint": word, "device_at": "\0", "lat": "\0"}
    sign_in(officer).post(reverse("patrols:check_in", args=[running_duty.pk]), sent)
    assert LogEntry.objects.get(duty=running_duty, kind="check_in").checkpoint is None


def test_a_patrol_begins_though_its_only_unit_was_sent_broken(sign_in, officer, units):
    sign_in(officer).post(reverse("patrols:duty_begin"), {"unit": "\0"})
    assert Duty.objects.running().get(leader=officer).unit == units.polsek
