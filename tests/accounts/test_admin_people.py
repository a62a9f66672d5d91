"""People in the admin: administrators grant only what they have, and nothing to themselves."""

from datetime import timedelta

import pytest
from django.contrib import messages
from django.urls import reverse
from django.utils import timezone

from accounts.models import Posting, User
from accounts.roles import Role
from tests import factories as make
from tests.roles import owner_role

ADD = reverse("admin:accounts_user_add")
NO_POSTINGS = {
    "postings-TOTAL_FORMS": 0,
    "postings-INITIAL_FORMS": 0,
    "postings-MIN_NUM_FORMS": 0,
    "postings-MAX_NUM_FORMS": 1000,
}
PASSWORDS = {"password1": "Tugas-malam-77", "password2": "Tugas-malam-77"}  # typed, and ignored


def change_url(user):
    return reverse("admin:accounts_user_change", args=[user.pk])


def password_url(user):
    return reverse("admin:accounts_user_password", args=[user.pk])


def posting_fields(number=0, pk="", **fields):
    fields = {"starts_on": "2026-01-01", "role": "officer", "id": pk, **fields}
    return {f"postings-{number}-{name}": value for name, value in fields.items()}


def person_form(user, **fields):
    return {
        "name": user.name,
        "username": user.username or "",
        "nrp": user.nrp or "",
        "unit": user.unit_id or "",
        "is_active": "on",
        **NO_POSTINGS,
        **fields,
    }


@pytest.fixture
def client_of_admin(admin_user, sign_in):
    return sign_in(admin_user)


def test_a_person_is_made_with_a_posting_and_gets_a_link(client_of_admin, units):
    village = make.make_area("31.73.04.1001")
    answer = client_of_admin.post(
        ADD,
        {
            "name": "Bripka Baru",
            "nrp": "81010101",
            "rank": "bripka",
            "unit": units.polsek.pk,
            "phone": "0812-3456-7890",
            "is_active": "on",
            **NO_POSTINGS,
            "postings-TOTAL_FORMS": 1,
            **posting_fields(unit=units.polsek.pk, villages=[village.pk]),
        },
    )
    made = User.objects.get(nrp="81010101")
    assert (answer.status_code, answer.url) == (302, password_url(made))
    assert not made.has_usable_password()
    assert str(made.phone) == "+6281234567890"
    assert [(p.unit, list(p.villages.all())) for p in made.postings.all()] == [
        (units.polsek, [village])
    ]


def errors_of(answer):
    return answer.context["adminform"].form.errors


def test_a_person_is_refused_with_reasons(client_of_admin, units, officer):
    words = {"name": "X", "unit": units.polsek.pk, "is_active": "on", **NO_POSTINGS}
    assert "__all__" in errors_of(client_of_admin.post(ADD, words))
    for handle in ({"nrp": "12ab"}, {"username": "1234567"}, {"nrp": officer.nrp}):
        assert set(errors_of(client_of_admin.post(ADD, {**words, **handle}))) & set(handle)
    assert "unit" in errors_of(client_of_admin.post(ADD, {**words, "username": "baru", "unit": ""}))
    assert not User.objects.filter(name="X").exists()


def test_nobody_below_the_top_makes_a_superuser(client_of_admin, units, officer):
    client_of_admin.post(
        ADD,
        {
            "name": "Palsu",
            "username": "palsu",
            "unit": units.polsek.pk,
            "is_active": "on",
            "is_superuser": "on",
            "is_demo": "on",
            **NO_POSTINGS,
        },
    )
    made = User.objects.get(username="palsu")
    assert (made.is_superuser, made.is_demo) == (False, False)
    client_of_admin.post(change_url(officer), person_form(officer, is_superuser="on"))
    officer.refresh_from_db()
    assert not officer.is_superuser


def test_an_administrator_of_mabes_makes_no_superuser_either(units, officer, sign_in):
    central = make.make_user("Admin Mabes", units.mabes, Role.ADMIN)
    client = sign_in(central)
    client.post(change_url(officer), person_form(officer, is_superuser="on"))
    client.post(change_url(central), person_form(central, is_superuser="on"))
    assert not User.objects.filter(is_superuser=True).exists()


def test_a_superuser_makes_another(superuser, officer, sign_in):
    client = sign_in(superuser)
    answer = client.post(change_url(officer), person_form(officer, is_superuser="on"))
    assert answer.status_code == 302
    officer.refresh_from_db()
    assert officer.is_superuser


def test_superusers_cannot_deactivate_or_demote_themselves(superuser, sign_in):
    client = sign_in(superuser)
    client.post(change_url(superuser), person_form(superuser, is_active=""))
    superuser.refresh_from_db()
    assert superuser.is_active
    assert superuser.is_superuser


def test_nobody_is_posted_outside_the_scope(client_of_admin, units, officer):
    for unit in (units.polsek_neighbour, units.polres, units.mabes):
        answer = client_of_admin.post(
            change_url(officer),
            person_form(
                officer, **{"postings-TOTAL_FORMS": 1}, **posting_fields(unit=unit.pk, role="admin")
            ),
        )
        assert answer.status_code == 200
    assert Posting.objects.filter(user=officer).count() == 1


def test_nobody_is_moved_out_of_the_scope(client_of_admin, units, officer):
    answer = client_of_admin.post(change_url(officer), person_form(officer, unit=units.polres.pk))
    assert "unit" in errors_of(answer)


def test_nobody_raises_themselves(client_of_admin, units, admin_user):
    answer = client_of_admin.post(
        change_url(admin_user),
        person_form(
            admin_user,
            **{"postings-TOTAL_FORMS": 1},
            **posting_fields(unit=units.polsek.pk, role="commander"),
        ),
    )
    assert answer.status_code == 403
    assert [p.role for p in admin_user.postings.all()] == [Role.ADMIN]
    assert client_of_admin.get(change_url(admin_user)).status_code == 200
    assert client_of_admin.post(password_url(admin_user), PASSWORDS).status_code == 403


@pytest.mark.parametrize("action", ["change", "password"])
def test_whoever_stands_higher_is_out_of_reach(client_of_admin, units, officer, action):
    """With a new password for that person, the administrator would hold the higher role."""
    page = {"change": change_url, "password": password_url}[action](officer)
    raised = make.make_posting(officer, units.polres, Role.COMMANDER)
    words = person_form(officer, name="Diganti") if action == "change" else PASSWORDS
    assert client_of_admin.post(page, words).status_code == 403
    User.objects.filter(pk=officer.pk).update(is_superuser=True)
    with owner_role():
        raised.delete()
    assert client_of_admin.post(page, words).status_code == 403
    User.objects.filter(pk=officer.pk).update(is_superuser=False)
    make.make_posting(
        officer,
        units.polres,
        Role.COMMANDER,
        starts_on=timezone.localdate() - timedelta(days=20),
        ends_on=timezone.localdate() - timedelta(days=1),
    )
    assert client_of_admin.post(page, words).status_code == (302 if action == "change" else 200)


def test_nobody_types_a_password_for_others(client_of_admin, officer):
    before = officer.password
    assert client_of_admin.get(password_url(officer)).status_code == 200
    answer = client_of_admin.post(password_url(officer), PASSWORDS)
    assert answer.status_code == 200
    assert "/accounts/link/" in answer.context["link"]
    # The admin's own base loads no script of a data attribute.
    for part in ('data-copy="#link"', "js/behaviours/copy.js", "js/site.js"):
        assert part in answer.content.decode()
    client_of_admin.post(change_url(officer), {**person_form(officer), **PASSWORDS})
    officer.refresh_from_db()
    assert officer.password == before


def test_two_equal_postings_are_refused_in_words(client_of_admin, units, officer):
    answer = client_of_admin.post(
        change_url(officer),
        person_form(
            officer,
            **{"postings-TOTAL_FORMS": 2},
            **posting_fields(0, unit=units.polsek.pk, role="operator"),
            **posting_fields(1, unit=units.polsek.pk, role="operator"),
        ),
        follow=True,
    )
    assert answer.status_code == 200
    assert [m.level for m in answer.context["messages"]] == [messages.ERROR]
    assert officer.postings.count() == 1


def test_postings_elsewhere_are_not_shown(client_of_admin, units, officer):
    make.make_posting(
        officer,
        units.polsek_neighbour,
        Role.OFFICER,
        title="Rahasia",
        ends_on=timezone.localdate() - timedelta(days=1),
    )
    assert "Rahasia" not in client_of_admin.get(change_url(officer)).content.decode()


def test_postings_are_listed_and_not_changed(client_of_admin, officer):
    row = officer.postings.get()
    page = reverse("admin:accounts_posting_change", args=[row.pk])
    assert client_of_admin.get(page).status_code == 200
    assert client_of_admin.post(page, {"role": "admin"}).status_code == 403
    assert client_of_admin.get(reverse("admin:accounts_posting_add")).status_code == 403


def test_history_says_who_changed_what(client_of_admin, officer, admin_user, superuser, sign_in):
    client_of_admin.post(change_url(officer), person_form(officer, name="Nama Baru"))
    User.objects.filter(pk=officer.pk).update(name="Nama Ketiga")
    page = client_of_admin.get(change_url(officer))
    first, second = page.context["changes"]
    assert second.who == admin_user.titled_name
    assert ("Bhabin A", "Nama Baru") in [(s.before, s.after) for s in second.steps]
    assert [(s.before, s.after) for s in first.steps] == [("Nama Baru", "Nama Ketiga")]
    whole = client_of_admin.get(reverse("admin:accounts_user_history", args=[officer.pk]))
    assert "Nama Ketiga" in whole.content.decode()


def test_the_permission_for_sealed_reports_is_for_commanders(client_of_admin, officer, units):
    held = officer.postings.get()
    words = {
        **person_form(officer),
        "postings-TOTAL_FORMS": 1,
        "postings-INITIAL_FORMS": 1,
        **posting_fields(0, held.pk, unit=units.polsek.pk, user=officer.pk, opens_sealed="on"),
    }
    refused = client_of_admin.post(change_url(officer), words)
    assert refused.status_code == 200
    assert "Hanya pimpinan" in refused.content.decode()
    client_of_admin.post(change_url(officer), {**words, "postings-0-role": "commander"})
    held.refresh_from_db()
    assert (held.role, held.opens_sealed) == (Role.COMMANDER, False)
