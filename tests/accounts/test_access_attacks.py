"""An administrator of the unit tries to read a sealed report. Each way in is closed."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from accounts.models import AccessEvent, AccessKind, Posting, User
from accounts.rights import may_vouch
from accounts.roles import Role
from accounts.services.access import confirm_person, decide_sealed, make_link, use_link
from reports.models import Report
from reports.rights import may_be_assigned, may_open_contact
from reports.selectors.candidates import officers_for
from reports.services.casework import hand_over_report
from reports.services.changes import dispatch_report
from tests import factories as make
from tests.accounts.test_admin_people import (
    ADD,
    NO_POSTINGS,
    change_url,
    password_url,
    person_form,
    posting_fields,
)

PASSWORD = "Tugas-malam-77"
HANDLE = {"name": "Orang Kedua", "username": "orang.kedua", "is_active": "on"}


@pytest.fixture
def sealed(units):
    category = make.make_category("domestic_violence", is_sealed=True)
    return make.make_report(units.polsek, category=category)


def reads(person, report):
    person = User.objects.get(pk=person.pk)
    return Report.objects.visible_to(person).filter(pk=report.pk).exists()


def with_posting(person, number=0, total=1, **fields):
    count = {"postings-TOTAL_FORMS": total, "postings-INITIAL_FORMS": 1 if "pk" in fields else 0}
    return {**person_form(person), **count, **posting_fields(number, user=person.pk, **fields)}


def let_in(client, person):
    """The administrator makes the link and uses it himself."""
    link = client.post(password_url(person)).context["link"]
    client.logout()
    answer = client.post(link, {"password1": PASSWORD, "password2": PASSWORD})
    assert answer.status_code == 302
    assert client.login(username=person.username, password=PASSWORD)


def kinds(person):
    return list(AccessEvent.objects.of(person).order_by("pk").values_list("kind", flat=True))


def test_1_granting_it_to_a_colleague(sign_in, admin_user, commander, sealed, units):
    held = commander.postings.get()
    words = with_posting(
        commander, pk=held.pk, unit=units.polsek.pk, role="commander", opens_sealed="on"
    )
    answer = sign_in(admin_user).post(change_url(commander), words, follow=True)
    assert "menunggu" in answer.content.decode()
    held.refresh_from_db()
    assert (held.opens_sealed, held.sealed_asked_by) == (False, admin_user)
    assert not reads(commander, sealed)
    assert kinds(commander) == [AccessKind.ASKED]


def test_2_a_second_account_of_his_own(sign_in, admin_user, sealed, units):
    client = sign_in(admin_user)
    posting = posting_fields(unit=units.polsek.pk, role="commander", opens_sealed="on")
    words = {**HANDLE, "unit": units.polsek.pk, **NO_POSTINGS, "postings-TOTAL_FORMS": 1}
    client.post(ADD, {**words, **posting})
    made = User.objects.get(username="orang.kedua")
    let_in(client, made)
    assert not reads(made, sealed)
    assert client.get(reverse("reports:report_detail", args=[sealed.pk])).status_code == 404


def test_3_using_the_link_of_who_opens_them(sign_in, admin_user, keeper, sealed):
    assert reads(keeper, sealed)
    client = sign_in(admin_user)
    let_in(client, keeper)
    assert not reads(keeper, sealed)
    assert client.get(reverse("reports:report_detail", args=[sealed.pk])).status_code == 404
    assert client.get(reverse("reports:report_list")).status_code == 200
    assert kinds(keeper) == [AccessKind.LINK_MADE, AccessKind.LINK_USED]


def test_3b_nor_what_hangs_on_the_permission(admin_user, keeper, sealed, units):
    """Sealed names, a sealed report that the unit has handed over, and giving the permission on."""
    top = make.make_user(unit=units.mabes, role=Role.COMMANDER, opens_sealed=True)
    given = make.make_report(units.polsek, category=sealed.category)
    hand_over_report(report=given, by=top, unit=units.polsek_neighbour, reason="TKP di sana")
    named = make.make_report(
        units.polsek, privacy="sealed", contact_name="Siti", contact_phone="+6281299990000"
    )
    assert reads(keeper, given)
    assert may_open_contact(keeper, named)
    User.objects.filter(pk=keeper.pk).update(let_in_by=admin_user)
    fresh = User.objects.get(pk=keeper.pk)
    assert not reads(keeper, given)
    assert not may_open_contact(fresh, named)
    assert not may_vouch(fresh, units.polsek)


def test_4_using_the_link_of_the_assigned(sign_in, admin_user, officer, keeper, sealed):
    dispatch_report(report=sealed, by=keeper, assignee=officer)
    assert reads(officer, sealed)
    let_in(sign_in(admin_user), officer)
    assert not reads(officer, sealed)
    fresh = User.objects.get(pk=officer.pk)
    open_report = make.make_report(
        sealed.unit, privacy="sealed", contact_name="Siti", contact_phone="+6281299990000"
    )
    Report.objects.filter(pk=open_report.pk).update(assignee=officer, state="dispatched")
    assert not may_open_contact(fresh, Report.objects.get(pk=open_report.pk))
    other = make.make_report(sealed.unit, category=sealed.category)
    assert not may_be_assigned(fresh, other)
    assert fresh not in officers_for(other, keeper)
    confirm_person(person=officer, by=keeper)
    assert reads(officer, sealed)


@pytest.mark.parametrize(
    "fields",
    [
        {"ends_on": ""},
        {"ends_on": str(timezone.localdate() + timedelta(days=400))},
        {"starts_on": "2020-01-01"},
    ],
)
def test_5_stretching_the_days_of_a_posting(sign_in, admin_user, keeper, sealed, units, fields):
    held = keeper.postings.get()
    held.ends_on = timezone.localdate() - timedelta(days=1)
    if "starts_on" in fields:
        held.starts_on, held.ends_on = timezone.localdate() + timedelta(days=9), None
    held.save()
    words = {
        "starts_on": str(held.starts_on),
        "ends_on": str(held.ends_on or ""),
        "opens_sealed": "on",
        **fields,
    }
    sign_in(admin_user).post(
        change_url(keeper),
        with_posting(keeper, pk=held.pk, unit=units.polsek.pk, role="commander", **words),
    )
    assert not reads(keeper, sealed)
    held.refresh_from_db()
    assert (held.opens_sealed, held.sealed_asked_by) == (False, admin_user)


def test_5b_shortening_them_asks_nobody(sign_in, admin_user, keeper, sealed, units):
    held = keeper.postings.get()
    words = {"starts_on": str(held.starts_on), "ends_on": str(timezone.localdate())}
    sign_in(admin_user).post(
        change_url(keeper),
        with_posting(
            keeper, pk=held.pk, unit=units.polsek.pk, role="commander", opens_sealed="on", **words
        ),
    )
    held.refresh_from_db()
    assert held.ends_on == timezone.localdate()
    assert reads(keeper, sealed)


def test_6_moving_a_posting_that_has_not_begun(sign_in, sealed, units):
    """From the neighbour, whose permission was given there, to Polsek A."""
    above = make.make_user("Admin Polres", units.polres, Role.ADMIN)
    mate = make.make_user("Rekan", units.polsek_neighbour, username="rekan")
    day = timezone.localdate() + timedelta(days=3)
    held = make.make_posting(
        mate, units.polsek_neighbour, Role.COMMANDER, starts_on=day, opens_sealed=True
    )
    sign_in(above).post(
        change_url(mate),
        with_posting(
            mate,
            pk=held.pk,
            unit=units.polsek.pk,
            role="commander",
            opens_sealed="on",
            starts_on=str(day),
        ),
    )
    held.refresh_from_db()
    assert (held.unit, held.opens_sealed) == (units.polsek, False)


def test_7_switching_an_old_account_on(sign_in, admin_user, keeper, sealed):
    User.objects.filter(pk=keeper.pk).update(is_active=False)
    held = keeper.postings.get()
    keeper.refresh_from_db()
    sign_in(admin_user).post(change_url(keeper), person_form(keeper))
    assert User.objects.get(pk=keeper.pk).is_active
    assert held.opens_sealed
    assert not reads(keeper, sealed)
    assert kinds(keeper) == [AccessKind.SWITCHED_ON]


def test_8_confirming_it_himself(sign_in, admin_user, commander, keeper, sealed, units):
    held = commander.postings.get()
    Posting.objects.filter(pk=held.pk).update(sealed_asked_by=admin_user)
    User.objects.filter(pk=keeper.pk).update(let_in_by=admin_user)
    post, person = (
        reverse("accounts:posting_decide", args=[held.pk]),
        reverse("accounts:person_confirm", args=[keeper.pk]),
    )
    for who in (admin_user, commander, keeper):
        client = sign_in(who)
        assert client.post(post, {"answer": "yes"}).status_code == 403
        assert client.post(person).status_code == 403
    # Nor with a second account, whatever it is.
    second = make.make_user("Kedua", units.polsek, Role.COMMANDER, opens_sealed=True)
    User.objects.filter(pk=second.pk).update(let_in_by=admin_user)
    client = sign_in(User.objects.get(pk=second.pk))
    assert client.post(post, {"answer": "yes"}).status_code == 403
    assert client.post(person).status_code == 403
    assert not reads(commander, sealed)


def test_9_the_password_under_other_addresses(sign_in, admin_user, keeper):
    client = sign_in(admin_user)
    words = {"password1": PASSWORD, "password2": PASSWORD, "password": PASSWORD}
    words |= {"new_password1": PASSWORD, "new_password2": PASSWORD}
    for path in (password_url(keeper), change_url(keeper), reverse("admin:password_change")):
        client.post(path, {**person_form(keeper), **words})
    keeper.refresh_from_db()
    assert keeper.check_password(make.PASSWORD)
    assert client.get(f"/admin/accounts/user/{keeper.pk}/change/password/").status_code == 302


def test_10_making_himself_the_head(sign_in, admin_user, units, sealed):
    words = with_posting(admin_user, unit=units.polsek.pk, role="commander", opens_sealed="on")
    assert sign_in(admin_user).post(change_url(admin_user), words).status_code == 403
    assert sign_in(admin_user).post(password_url(admin_user)).status_code == 403
    assert not reads(admin_user, sealed)


def test_a_superuser_alone_is_not_enough(sign_in, superuser, commander, sealed, units):
    """Neither by permission, nor by a second superuser whom the first lets in."""
    held = commander.postings.get()
    client = sign_in(superuser)
    client.post(
        change_url(commander),
        with_posting(
            commander, pk=held.pk, unit=units.polsek.pk, role="commander", opens_sealed="on"
        ),
    )
    held.refresh_from_db()
    assert held.sealed_asked_by == superuser
    post = reverse("accounts:posting_decide", args=[held.pk])
    assert client.post(post, {"answer": "yes"}).status_code == 403
    words = {**HANDLE, "unit": units.mabes.pk, "is_superuser": "on", **NO_POSTINGS}
    client.post(ADD, words)
    second = User.objects.get(username="orang.kedua")
    assert second.is_superuser
    let_in(client, second)
    assert client.post(post, {"answer": "yes"}).status_code == 403
    assert client.post(reverse("accounts:person_confirm", args=[second.pk])).status_code == 403
    assert not reads(commander, sealed)


def test_two_superusers_give_the_first_permission(sign_in, superuser, commander, sealed):
    held = commander.postings.get()
    Posting.objects.filter(pk=held.pk).update(sealed_asked_by=superuser)
    other = make.make_user("Admin Kedua", sealed.unit, is_superuser=True)
    post = reverse("accounts:posting_decide", args=[held.pk])
    assert sign_in(other).post(post, {"answer": "yes"}).status_code == 302
    assert reads(commander, sealed)
    assert kinds(commander) == [AccessKind.GRANTED]


def test_with_a_holder_there_a_superuser_confirms_no_more(superuser, admin_user, commander, keeper):
    held = commander.postings.get()
    Posting.objects.filter(pk=held.pk).update(sealed_asked_by=admin_user)
    with pytest.raises(PermissionDenied):
        decide_sealed(posting=held, by=superuser, grants=True)
    decide_sealed(posting=held, by=keeper, grants=False)
    held.refresh_from_db()
    assert (held.opens_sealed, held.sealed_asked_by) == (False, None)
    decide_sealed(posting=held, by=keeper, grants=True)
    held.refresh_from_db()
    assert not held.opens_sealed


def test_who_opens_them_gives_the_permission_alone(sign_in, keeper, commander, sealed, units):
    make.make_posting(keeper, units.polsek, Role.ADMIN)
    held = commander.postings.get()
    client = sign_in(keeper)
    client.post(
        change_url(commander),
        with_posting(
            commander, pk=held.pk, unit=units.polsek.pk, role="commander", opens_sealed="on"
        ),
    )
    assert reads(commander, sealed)
    assert kinds(commander) == [AccessKind.GRANTED]


def test_a_link_of_who_opens_them_needs_nobody_else(keeper, units, officer, sealed):
    make.make_posting(keeper, units.polsek, Role.ADMIN)
    token = make_link(person=officer, by=keeper)
    assert use_link(by=officer, token=token, password=PASSWORD)
    officer.refresh_from_db()
    assert officer.let_in_by is None


def test_whoever_is_not_confirmed_lets_nobody_in(sign_in, admin_user, keeper, commander, units):
    User.objects.filter(pk=admin_user.pk).update(let_in_by=keeper)
    client = sign_in(User.objects.get(pk=admin_user.pk))
    assert client.post(password_url(commander)).status_code == 403
    held = commander.postings.get()
    words = with_posting(
        commander, pk=held.pk, unit=units.polsek.pk, role="commander", opens_sealed="on"
    )
    assert client.post(change_url(commander), words).status_code == 403
    held.refresh_from_db()
    assert held.sealed_asked_by is None


def test_changes_of_access_stay(keeper, officer, admin_user):
    make_link(person=officer, by=admin_user)
    for statement in (
        "UPDATE accounts_accessevent SET kind = 'confirmed'",
        f"UPDATE accounts_accessevent SET by_id = {keeper.pk}",
        "DELETE FROM accounts_accessevent",
        f"UPDATE accounts_posting SET sealed_asked_by_id = {officer.pk} WHERE opens_sealed",
    ):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
