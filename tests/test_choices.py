"""What a field may hold is also checked by the database, past every form."""

import pytest
from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.db import DatabaseError, connection, transaction
from pghistory.models import Event

from reports.models import Report, ReportContact
from tests import factories as make
from tests.roles import owner_role
from tests.test_architecture import OURS
from tests.threads import in_threads
from toolkit.schema import OneOf


def choice_fields():
    """(model, field) of every column that holds one of a list, history apart: triggers write it."""
    for model in apps.get_models(include_auto_created=True):
        if model.__module__.partition(".")[0] in OURS and not issubclass(model, Event):
            for field in model._meta.concrete_fields:
                inner = field.base_field if isinstance(field, ArrayField) else field
                if inner.choices and not model._meta.proxy:
                    yield model, field


def is_whole(constraint, field):
    """Whether the constraint is about this field alone, not about what goes with a value of it."""
    return len(constraint.condition.children) == 1 or isinstance(field, ArrayField)


def allowed_by_checks(model, field):
    """The values that a constraint of the model allows by name; None without such a constraint."""
    lookups = {f"{field.name}__in", f"{field.name}__contained_by"}
    for constraint in model._meta.constraints:
        for child in getattr(getattr(constraint, "condition", None), "children", []):
            if isinstance(child, tuple) and child[0] in lookups and is_whole(constraint, field):
                return set(child[1])
    return None


@pytest.mark.parametrize(
    ("model", "field"),
    [
        pytest.param(*found, id=f"{found[0]._meta.label}.{found[1].name}")
        for found in choice_fields()
    ],
)
def test_each_choice_is_checked(model, field):
    inner = field.base_field if isinstance(field, ArrayField) else field
    allowed = {value for value, _label in inner.flatchoices}
    if field.blank and not isinstance(field, ArrayField):
        allowed.add("")
    assert allowed_by_checks(model, field) == allowed, "give the model one_of(…), toolkit.schema"


def test_there_are_choices_to_check():
    assert len(list(choice_fields())) > 20


def test_every_check_is_in_the_database_and_validated(db):
    wanted = {
        constraint.name
        for model in apps.get_models()
        for constraint in model._meta.constraints
        if isinstance(constraint, OneOf)
    }
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conname, convalidated FROM pg_constraint WHERE conname = ANY(%s)",
            [list(wanted)],
        )
        assert dict(cursor.fetchall()) == dict.fromkeys(wanted, True)


@pytest.mark.parametrize("field", ["privacy", "source", "priority"])
def test_raw_sql_writes_no_other_choice(units, field):
    pk = make.make_report(units.polsek).pk
    with pytest.raises(DatabaseError, match=f"report_{field}_known"), transaction.atomic():
        Report.objects.filter(pk=pk).update(**{field: "lain"})


# A contact and anonymity exclude each other


def with_contact(unit):
    return make.make_report(
        unit, privacy="officers", contact_name="Siti", contact_phone="+6281234567890"
    )


def test_a_report_with_a_contact_does_not_become_anonymous(units):
    report = with_contact(units.polsek)
    with pytest.raises(DatabaseError, match="anonymous"), transaction.atomic():
        Report.objects.filter(pk=report.pk).update(privacy="anonymous")
    with owner_role():
        ReportContact.objects.filter(report=report).delete()
    assert Report.objects.filter(pk=report.pk).update(privacy="anonymous") == 1


def test_an_anonymous_report_gets_no_contact(units):
    anonymous, named = make.make_report(units.polsek), with_contact(units.polsek)
    with pytest.raises(DatabaseError, match="anonymous"), transaction.atomic():
        ReportContact.objects.create(report=anonymous, name="Siti")
    with pytest.raises(DatabaseError, match="anonymous"), transaction.atomic():
        ReportContact.objects.filter(report=named).update(report=anonymous)


@pytest.mark.django_db(transaction=True)
def test_both_at_once_leave_one(units):
    report = with_contact(units.polsek)
    with owner_role():
        ReportContact.objects.all().delete()

    def act(number):
        with transaction.atomic():
            if number:
                Report.objects.filter(pk=report.pk).update(privacy="anonymous")
            else:
                ReportContact.objects.create(report=report, name="Siti")
            with connection.cursor() as cursor:  # so that the other one begins meanwhile
                cursor.execute("SELECT pg_sleep(0.3)")

    assert in_threads(2, act) in ({"InternalError": 1}, {"IntegrityError": 1})
    report.refresh_from_db()
    assert (report.privacy == "anonymous") != ReportContact.objects.exists()
