"""A superuser tries to read a sealed report without a second person. Each lever is held."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from django.utils import timezone

from accounts.models import AccessKind, Posting, User
from accounts.rights import SEALED_WAIT, may_administer, may_confirm, may_confirm_person
from accounts.roles import Role
from accounts.services.access import confirm_person, decide_sealed, make_link, use_link
from territory.services.moves import move_unit
from tests import factories as make
from tests.accounts.test_access_attacks import HANDLE, PASSWORD, kinds, let_in, reads, with_posting
from tests.accounts.test_admin_people import (
    ADD,
    NO_POSTINGS,
    change_url,
    person_form,
    posting_fields,
)

LIST = reverse("accounts:access_list")


@pytest.fixture
def sealed(units):
    category = make.make_category("domestic_violence", is_sealed=True)
    return make.make_report(units.polsek, category=category)


@pytest.fixture
def second(units):
    return make.make_user("Admin Kedua", units.mabes, is_superuser=True)


def fresh(user):
    return User.objects.get(pk=user.pk)


def errors_of(answer):
    return answer.context["adminform"].form.errors


def confirm_url(person):
    return reverse("accounts:person_confirm", args=[person.pk])


def test_the_whole_way(sign_in, superuser, keeper, commander, sealed, units):
    """He promotes a confirmed person, switches every holder off, makes an account that opens sealed
    reports and uses its link; the promoted one is to confirm it."""
    client = sign_in(superuser)
    client.post(change_url(commander), person_form(commander, is_superuser="on"))
    client.post(change_url(keeper), person_form(keeper, is_active=""))
    words = {**HANDLE, "unit": units.polsek.pk, **NO_POSTINGS, "postings-TOTAL_FORMS": 1}
    posting = posting_fields(unit=units.polsek.pk, role="commander", opens_sealed="on")
    client.post(ADD, {**words, **posting})
    made = User.objects.get(username="orang.kedua")
    let_in(client, made)
    held = made.postings.get()
    for who in (commander, superuser, made):
        client = sign_in(fresh(who))
        answer = client.post(reverse("accounts:posting_decide", args=[held.pk]), {"answer": "yes"})
        assert answer.status_code in (403, 404)
        assert client.post(confirm_url(made)).status_code in (403, 404)
        assert client.post(confirm_url(commander)).status_code in (403, 404)
    assert not reads(made, sealed)
    held.refresh_from_db()
    assert not held.opens_sealed


def test_whoever_is_promoted_waits_for_another_superuser(
    sign_in, superuser, second, keeper, officer
):
    client = sign_in(superuser)
    client.post(change_url(officer), person_form(officer, is_superuser="on"))
    officer.refresh_from_db()
    assert (officer.is_superuser, officer.let_in_by) == (True, superuser)
    assert kinds(officer) == [AccessKind.PROMOTED]
    assert not fresh(officer).scope.is_confirmed
    for who in (superuser, officer, keeper):
        assert not may_confirm_person(fresh(who), fresh(officer))
    confirm_person(person=officer, by=second)
    assert fresh(officer).scope.is_confirmed
    client.post(change_url(officer), person_form(officer, is_superuser=""))
    assert kinds(officer)[-1] == AccessKind.DEMOTED


def test_a_new_superuser_waits_too(sign_in, superuser, units):
    words = {**HANDLE, "unit": units.mabes.pk, "is_superuser": "on", **NO_POSTINGS}
    sign_in(superuser).post(ADD, words)
    made = User.objects.get(username="orang.kedua")
    assert made.let_in_by == superuser
    assert kinds(made) == [AccessKind.PROMOTED]


def test_nobody_is_promoted_who_waits_already(sign_in, superuser, second, officer):
    """Else whoever let them in would be the second person for who promotes, and so both alone."""
    User.objects.filter(pk=officer.pk).update(let_in_by=second)
    words = person_form(officer, is_superuser="on")
    answer = sign_in(superuser).post(change_url(officer), words)
    assert "is_superuser" in errors_of(answer)
    assert not fresh(officer).is_superuser


def test_who_asked_first_stays_barred(sign_in, superuser, second, officer, units):
    """Another superuser renames the promoted one and makes a link: the first confirms nothing."""
    sign_in(superuser).post(change_url(officer), person_form(officer, is_superuser="on"))
    officer.refresh_from_db()
    words = person_form(officer, is_superuser="on", name="Nama Lain")
    sign_in(second).post(change_url(officer), words)
    token = make_link(person=officer, by=second)
    assert use_link(by=officer, token=token, password=PASSWORD)
    assert fresh(officer).let_in_by == superuser
    for who in (superuser, second):
        assert not may_confirm_person(fresh(who), fresh(officer))
    third = make.make_user("Admin Ketiga", units.mabes, is_superuser=True)
    assert may_confirm_person(third, fresh(officer))


def test_who_made_the_last_link_confirms_nobody(second, superuser, officer):
    """He may have used it, though another let the person in since."""
    User.objects.filter(pk=officer.pk).update(link_by=second, let_in_by=superuser)
    assert not may_confirm_person(second, fresh(officer))


def test_an_account_that_waits_changes_nobody(sign_in, superuser, officer, commander, units):
    """With it he would promote a third, whom he then confirms with the first."""
    User.objects.filter(pk=officer.pk).update(is_superuser=True, let_in_by=superuser)
    client = sign_in(fresh(officer))
    words = person_form(commander, is_superuser="on")
    assert client.post(change_url(commander), words).status_code == 403
    assert client.get(ADD).status_code == 403
    assert "menunggu dikonfirmasi" in client.get(change_url(commander)).content.decode()
    assert not may_administer(fresh(officer), commander)
    assert not fresh(commander).is_superuser


WAYS = ["off", "ended", "ended long ago", "unticked", "promoted", "link", "demo"]


@pytest.mark.parametrize("way", WAYS)
def test_who_lost_it_lately_still_counts(
    sign_in, superuser, second, commander, keeper, units, way, time_machine, settings
):
    held, today = keeper.postings.get(), timezone.localdate()
    client = sign_in(superuser)
    words = {"starts_on": str(held.starts_on), "opens_sealed": "on"}
    if way == "ended":
        words["ends_on"] = str(today - timedelta(days=1))
    elif way == "ended long ago":
        words |= {"starts_on": "2020-01-01", "ends_on": "2020-01-02"}
    elif way == "unticked":
        del words["opens_sealed"]
    if way in ("off", "promoted"):
        changed = {"is_active": ""} if way == "off" else {"is_superuser": "on"}
        answer = client.post(change_url(keeper), person_form(keeper, **changed))
    elif way == "link":
        let_in(client, keeper)
    elif way == "demo":
        settings.KAMTIBMAS_DEMO = True
        User.objects.filter(pk=keeper.pk).update(is_demo=True, is_active=False)
    else:
        fields = with_posting(keeper, pk=held.pk, unit=units.polsek.pk, role="commander", **words)
        answer = client.post(change_url(keeper), fields)
        assert answer.status_code == 302
    if way == "link":
        User.objects.filter(pk=keeper.pk).update(is_active=False)
    assert not Posting.objects.opening_sealed(units.polsek).exists()
    asked = commander.postings.get()
    Posting.objects.filter(pk=asked.pk).update(sealed_asked_by=superuser)
    with pytest.raises(PermissionDenied):
        decide_sealed(posting=asked, by=second, grants=True)
    time_machine.move_to(timezone.now() + SEALED_WAIT + timedelta(minutes=1), tick=False)
    decide_sealed(posting=asked, by=second, grants=True)
    asked.refresh_from_db()
    assert asked.opens_sealed


def test_whose_days_ran_out_lately_still_counts(superuser, second, commander, units):
    """Nobody changed anything, so that no history tells it."""
    days = {"ends_on": timezone.localdate() - timedelta(days=3)}
    make.make_user("Lama", units.polsek, Role.COMMANDER, opens_sealed=True, **days)
    assert not may_confirm(second, commander, units.polsek, superuser.pk)
    days["ends_on"] -= SEALED_WAIT
    make.make_user("Dulu", units.polsek_other, Role.COMMANDER, opens_sealed=True, **days)
    assert may_confirm(second, commander, units.polsek_other, superuser.pk)


def test_the_own_permission_is_no_obstacle(superuser, second, keeper, units):
    """The only Kapolsek, for whose longer days somebody asks, or who has forgotten the password."""
    assert may_confirm(second, keeper, units.polsek, superuser.pk)
    assert not may_confirm(superuser, keeper, units.polsek, superuser.pk)


def test_heads_see_who_was_shut_out(sign_in, superuser, keeper, commander, units):
    client = sign_in(superuser)
    held = keeper.postings.get()
    words = {"starts_on": str(held.starts_on), "ends_on": str(timezone.localdate())}
    client.post(
        change_url(keeper),
        with_posting(
            keeper, pk=held.pk, unit=units.polsek.pk, role="commander", opens_sealed="on", **words
        ),
    )
    client.post(change_url(keeper), person_form(keeper, is_active=""))
    assert kinds(keeper) == [AccessKind.SHORTENED, AccessKind.SWITCHED_OFF]
    html = sign_in(commander).get(LIST).content.decode()
    assert "Akun dinonaktifkan" in html
    assert "Penempatan dipersingkat" in html


def test_heads_see_that_a_holder_leaves_another_posting(sign_in, superuser, keeper, units):
    """Who leaves the unit complained about finds the reports about it that are kept above."""
    other = make.make_posting(keeper, units.polsek_neighbour)
    words = {"starts_on": str(other.starts_on), "ends_on": str(timezone.localdate())}
    fields = with_posting(
        keeper, pk=other.pk, unit=units.polsek_neighbour.pk, role="officer", **words
    )
    sign_in(superuser).post(change_url(keeper), fields)
    assert kinds(keeper) == [AccessKind.SHORTENED]


@pytest.mark.parametrize(
    "fields", [{"name": "Orang Lain"}, {"username": "orang.lain"}, {"nrp": "99887766"}]
)
def test_another_name_or_sign_in_asks_anew(sign_in, admin_user, keeper, sealed, fields):
    """He gives his own account the name of the new head, and the head above gives it to him."""
    sign_in(admin_user).post(change_url(keeper), person_form(keeper, **fields))
    assert fresh(keeper).let_in_by == admin_user
    assert kinds(keeper) == [AccessKind.RENAMED]
    assert not reads(keeper, sealed)


def test_other_words_about_a_person_ask_nobody(sign_in, admin_user, keeper, sealed):
    words = person_form(keeper, rank="akp", phone="0812-3456-7890")
    sign_in(admin_user).post(change_url(keeper), words)
    assert fresh(keeper).rank == "akp"
    assert reads(keeper, sealed)
    assert kinds(keeper) == []


def test_a_superuser_renames_himself(sign_in, superuser):
    """He signs in himself; and without another superuser he would be shut out."""
    sign_in(superuser).post(change_url(superuser), person_form(superuser, name="Nama Baru"))
    assert fresh(superuser).name == "Nama Baru"
    assert fresh(superuser).let_in_by is None


def test_a_confirmation_is_for_the_name_that_was_shown(keeper, admin_user, officer):
    User.objects.filter(pk=officer.pk).update(let_in_by=admin_user)
    seen = fresh(officer).access_stamp
    User.objects.filter(pk=officer.pk).update(name="Orang Lain")
    with pytest.raises(ValidationError):
        confirm_person(person=officer, by=keeper, seen=seen)


def test_a_unit_does_not_move_to_others_who_open_it(sign_in, superuser, sealed, units):
    head = make.make_user("Kapolres B", units.polres_other, Role.COMMANDER, opens_sealed=True)
    page = reverse("admin:territory_unit_change", args=[units.polsek.pk])
    words = {
        "name": units.polsek.name,
        "parent": units.polres_other.pk,
        "timezone": units.polsek.timezone,
        "area_links-TOTAL_FORMS": 0,
        "area_links-INITIAL_FORMS": 0,
    }
    assert "parent" in errors_of(sign_in(superuser).post(page, words))
    with pytest.raises(ValidationError):
        move_unit(unit=units.polsek, parent=units.polres_other, by=superuser)
    assert not reads(head, sealed)


@pytest.mark.parametrize(
    ("place", "first", "last"),
    [("polres", -9, None), ("polres", -9, -1), ("polres_other", 3, None)],
)
def test_nor_away_from_them_nor_to_where_somebody_will(superuser, units, place, first, last):
    """Who lost it a day before the move counts, as does who begins there after it."""
    today = timezone.localdate()
    days = {"starts_on": today + timedelta(days=first)}
    if last:
        days["ends_on"] = today + timedelta(days=last)
    unit = getattr(units, place)
    make.make_user("Kapolres", unit, Role.COMMANDER, opens_sealed=True, **days)
    with pytest.raises(ValidationError):
        move_unit(unit=units.polsek, parent=units.polres_other, by=superuser)


def test_who_opens_it_in_both_places_moves_a_unit(sealed, units):
    make.make_user("Kapolres B", units.polres_other, Role.COMMANDER, opens_sealed=True)
    head = make.make_user("Kapolda", units.polda, Role.COMMANDER, opens_sealed=True)
    make.make_posting(head, units.polda, Role.ADMIN)
    move_unit(unit=units.polsek, parent=units.polres_other, by=fresh(head))
    units.polsek.refresh_from_db()
    assert units.polsek.parent == units.polres_other


def test_the_page_says_whom_to_call(sign_in, superuser, second, keeper, commander, officer):
    User.objects.filter(pk=keeper.pk).update(phone="+6281299990000")
    User.objects.filter(pk=officer.pk).update(let_in_by=superuser)
    Posting.objects.filter(user=commander).update(
        sealed_asked_by=superuser, ends_on=timezone.localdate() + timedelta(days=9)
    )
    html = sign_in(commander).get(LIST).content.decode()
    assert html.count("Yang memutuskan selalu dua orang") == 1
    assert html.count(keeper.name) == 2
    assert "tel:+6281299990000" in html
    assert second.name not in html
    assert "tanpa batas waktu" in html
    assert " sampai " in html
    # Who lost the permission lately leaves nobody to call; without any it is a superuser.
    User.objects.filter(pk=keeper.pk).update(is_active=False)
    assert "Belum ada yang bisa" in sign_in(commander).get(LIST).content.decode()
