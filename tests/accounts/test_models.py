from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction

from accounts.models import Posting, User
from accounts.roles import Rank, Role
from territory.models import UnitKind
from tests import factories as make


def refused_by_the_database(user):
    with pytest.raises(IntegrityError), transaction.atomic():
        user.save()


# NRP and username


@pytest.mark.parametrize(
    "fields",
    [
        {"nrp": "80010001"},
        {"nrp": "198001012005011001"},
        {"nrp": "007"},
        {"username": "relawan.tambora"},
        {"username": "bhabin-2_a.b"},
        {"username": "12a"},
        {"nrp": "80010001", "username": "bhabin"},
    ],
)
def test_handles_that_are_right(db, fields):
    user = User(name="Orang", **fields)
    user.set_unusable_password()
    user.full_clean()
    user.save()


@pytest.mark.parametrize(
    "fields",
    [
        pytest.param({}, id="none"),
        pytest.param({"nrp": "8001 0001"}, id="blank inside"),
        pytest.param({"nrp": "8001000a"}, id="letter"),
        pytest.param({"nrp": "80010001\n"}, id="line end"),
        pytest.param({"nrp": "٨٠٠١"}, id="digits of another script"),
        pytest.param({"username": "80010001"}, id="username all digits"),
    ],
)
def test_handles_neither_form_nor_database_takes(db, fields):
    user = User(name="Orang", password="x", **fields)
    with pytest.raises(ValidationError):
        user.full_clean()
    refused_by_the_database(user)


@pytest.mark.parametrize("username", ["ada spasi", "petik'", "<b>", "é", "a" * 61])
def test_usernames_no_form_takes(db, username):
    with pytest.raises(ValidationError):
        User(name="Orang", password="x", username=username).full_clean()


@pytest.mark.parametrize("field", ["nrp", "username"])
def test_handles_are_unique(db, field):
    value = {"nrp": "80010001", "username": "bhabin"}[field]
    make.make_user(**{field: value})
    other = User(name="Orang", password="x", **{field: value})
    with pytest.raises(ValidationError):
        other.full_clean()
    refused_by_the_database(other)


def test_empty_handles_are_null_so_that_many_may_have_none(db):
    for number in range(2):
        user = User(name="Orang", password="x", nrp=f"800{number}", username="")
        user.full_clean()
        user.save()
        assert user.username is None


def test_capitals_are_made_small(db):
    user = User(name="Orang", password="x", username="Bhabin.Tambora")
    user.clean()
    assert user.username == "bhabin.tambora"


def test_raw_sql_does_not_pass_either(db):
    user = make.make_user()
    for column, value in (("nrp", "12x"), ("username", "12"), ("username", None)):
        with (
            pytest.raises(IntegrityError),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(
                f"UPDATE accounts_user SET {column} = %s WHERE id = %s", [value, user.pk]
            )


def test_titled_name(db):
    assert str(User(name="Andi")) == "Andi"
    assert str(User(name="Andi", rank=Rank.AIPDA)) == "Aipda Andi"


def test_people_are_not_deleted_while_the_log_names_them(units, officer, running_duty):
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.filter(pk=officer.pk).delete()


def test_django_s_questions_are_answered_by_manage(admin_user, superuser, officer, volunteer):
    for user, opens in (
        (admin_user, True),
        (superuser, True),
        (officer, False),
        (volunteer, False),
    ):
        assert user.is_staff is opens
        assert user.has_perm("patrols.view_duty") is opens
        assert user.has_perms(["patrols.view_duty"]) is opens
        assert user.has_module_perms("patrols") is opens


def test_a_superuser_is_made(db):
    user = User.objects.create_superuser("admin", make.PASSWORD, name="Admin")
    assert user.is_superuser
    assert user.check_password(make.PASSWORD)


# Postings


JANUARY = (date(2026, 1, 1), date(2026, 1, 31))


@pytest.mark.parametrize(
    ("starts", "ends", "overlaps"),
    [
        (date(2026, 1, 31), None, True),
        (date(2026, 1, 15), date(2026, 1, 16), True),
        (date(2025, 12, 1), date(2026, 1, 1), True),
        (date(2025, 12, 1), None, True),
        (date(2026, 2, 1), None, False),
        (date(2025, 12, 1), date(2025, 12, 31), False),
    ],
)
def test_postings_of_a_kind_do_not_overlap(units, nobody, starts, ends, overlaps):
    make.make_posting(nobody, units.polsek, starts_on=JANUARY[0], ends_on=JANUARY[1])
    posting = Posting(
        user=nobody, unit=units.polsek, role=Role.OFFICER, starts_on=starts, ends_on=ends
    )
    if not overlaps:
        posting.full_clean()
        posting.save()
        return
    with pytest.raises(ValidationError):
        posting.full_clean()
    with pytest.raises(IntegrityError), transaction.atomic():
        posting.save()


def test_an_open_posting_ends_never(units, nobody):
    make.make_posting(nobody, units.polsek, starts_on=JANUARY[0])
    with pytest.raises(IntegrityError), transaction.atomic():
        make.make_posting(nobody, units.polsek, starts_on=date(2099, 1, 1))


def test_another_role_unit_or_person_at_the_same_time_is_fine(units, nobody, officer):
    make.make_posting(nobody, units.polsek, starts_on=JANUARY[0])
    make.make_posting(nobody, units.polsek, Role.OPERATOR, starts_on=JANUARY[0])
    make.make_posting(nobody, units.polsek_other, starts_on=JANUARY[0])
    make.make_posting(officer, units.polsek_neighbour, starts_on=JANUARY[0])


def test_a_posting_does_not_end_before_it_begins(units, nobody):
    posting = Posting(
        user=nobody, unit=units.polsek, role=Role.OFFICER, starts_on=JANUARY[1], ends_on=JANUARY[0]
    )
    with pytest.raises(ValidationError) as caught:
        posting.full_clean()
    assert "ends_on" in caught.value.message_dict
    # PostgreSQL refuses to build such a range before it reaches the check.
    with pytest.raises(Exception, match=r"posting_dates|range lower bound"), transaction.atomic():
        posting.save()


@pytest.mark.parametrize(
    ("at", "found"),
    [
        ("mabes", {"polda", "polres", "polsek", "subsektor"}),
        ("polda", {"polda", "polres", "polsek", "subsektor"}),
        ("polres", {"polres", "polsek", "subsektor"}),
        ("polsek", {"polsek", "subsektor"}),
        ("subsektor", {"subsektor"}),
        ("polsek_other", set()),
    ],
)
def test_people_posted_in_a_unit_or_below(units, at, found):
    units.subsektor = make.make_unit(UnitKind.SUBSEKTOR, "Subsektor A", units.polsek)
    for name in ("polda", "polres", "polsek", "subsektor"):
        make.make_user(name, getattr(units, name), Role.OFFICER)
    make.make_user(
        "keluar", units.polsek, Role.OFFICER, ends_on=date(2020, 1, 1), starts_on=date(2019, 1, 1)
    )
    make.make_user("nonaktif", units.polsek, Role.OFFICER, is_active=False)
    people = User.objects.posted_in(getattr(units, at))
    assert set(people.values_list("name", flat=True)) == found


def test_a_posting_is_named_by_its_title(units, nobody):
    posting = make.make_posting(nobody, units.polsek, title="Kanit Binmas")
    assert str(posting) == "Kanit Binmas · Polsek A"
    posting.title = ""
    assert str(posting) == f"{Role.OFFICER.label} · Polsek A"
