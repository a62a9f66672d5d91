"""The history of a row in the admin leaves out what says nothing to people."""

import pytest
from django.apps import apps

from patrols.models import Attendance, Duty
from territory.selectors.history import changes_of


@pytest.fixture
def attendance(duty, officer):
    """A row whose `during` a trigger has changed, and nothing else."""
    Duty.objects.filter(pk=duty.pk).update(state="cancelled")
    row = Attendance.objects.get(duty=duty, officer=officer)
    assert row.during.isempty
    return row


def test_columns_that_a_model_omits_are_not_shown(attendance, superuser, units, monkeypatch):
    assert changes_of(attendance, superuser, 10, units.polsek) == []
    monkeypatch.setattr(Attendance, "history_omits", set())
    [change] = changes_of(attendance, superuser, 10, units.polsek)
    assert [step.label for step in change.steps] == ["during"]


def test_omitted_columns_exist():
    for model in apps.get_models():
        names = {field.name for field in model._meta.concrete_fields}
        assert getattr(model, "history_omits", set()) <= names, model
