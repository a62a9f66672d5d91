"""Two administrators change one row; and what the history says of many-to-many fields."""

import pytest
from django.db import OperationalError
from django.urls import reverse
from psycopg2.errors import DeadlockDetected

from accounts.admin.people import UserAdmin
from patrols.models import Schedule
from tests import factories as make
from tests.two_people import client_of, sent_fields, words_of
from toolkit.schema import link_events


def change_page(row):
    meta = row._meta
    return reverse(f"admin:{meta.app_label}_{meta.model_name}_change", args=[row.pk])


def history_page(row):
    return change_page(row).replace("/change/", "/history/")


def opened(client, row):
    """Everything that the change page of the row sends unchanged."""
    context = client.get(change_page(row)).context
    return admin_fields(context)


def admin_fields(context):
    data = sent_fields(context["adminform"].form)
    for inline in context["inline_admin_formsets"]:
        data |= sent_fields(inline.formset.management_form)
        for form in inline.formset.initial_forms:
            data |= sent_fields(form)
    return data


def errors_of(answer):
    context = answer.context
    inlines = [inline.formset.errors for inline in context["inline_admin_formsets"]]
    return context["adminform"].form.errors, inlines


@pytest.fixture
def two_admins(superuser, admin_user):
    return client_of(admin_user), client_of(superuser)


@pytest.fixture
def rows(units, officer, group):
    return {
        "route": (make.make_route(units.polsek, "Rute A"), "name", "name"),
        "member": (make.make_member(group, "Pak Lama"), "name", "agency"),
        "group": (group, "name", "name"),
        "person": (officer, "name", "phone"),
        "hotspot": (make.make_hotspot(units.polsek), "name", "advice"),
        "schedule": (make.make_schedule(units.polsek, officers=[officer]), "name", "order_number"),
    }


@pytest.mark.parametrize("kind", ["route", "member", "group", "person", "hotspot", "schedule"])
def test_line_5_the_second_of_two_admins_is_told_and_decides(two_admins, admin_user, rows, kind):
    row, theirs, mine = rows[kind]
    first, second = two_admins
    form, form_2 = opened(first, row), opened(second, row)
    before = getattr(row, theirs)
    answer = first.post(change_page(row), form | {theirs: "Satu"})
    assert answer.status_code == 302, errors_of(answer)
    mine_is = "+6281234567890" if mine == "phone" else "Dua"
    answer = second.post(change_page(row), form_2 | {mine: mine_is})
    assert answer.status_code == 409
    assert f"{before} → Satu" in words_of(answer)
    assert admin_user.name in words_of(answer)
    row.refresh_from_db()
    assert getattr(row, theirs) == "Satu"
    again = admin_fields(answer.context)
    assert again[mine] == mine_is
    assert second.post(change_page(row), again).status_code == 302
    row.refresh_from_db()
    assert str(getattr(row, mine)) == mine_is
    assert getattr(row, theirs) == (mine_is if mine == theirs else "Satu")


def test_line_5_the_same_admin_form_sent_twice_is_no_conflict(two_admins, rows, group):
    row, *_rest = rows["schedule"]
    client, _other = two_admins
    form = opened(client, row) | {"name": "Satu", "groups": [group.pk], "weekdays": ["3"]}
    assert [client.post(change_page(row), form).status_code for _ in range(2)] == [302, 302]


def test_line_5_rows_inside_a_page_are_compared_too(two_admins, units):
    route = make.make_route(units.polsek, "Rute A", checkpoints=2)
    first, second = two_admins
    form, form_2 = opened(first, route), opened(second, route)
    assert (
        first.post(change_page(route), form | {"checkpoints-0-name": "Pos RW 1"}).status_code == 302
    )
    # Who changes the other row disturbs nobody.
    other = form_2 | {"checkpoints-1-name": "Gapura"}
    assert second.post(change_page(route), other).status_code == 302
    answer = second.post(change_page(route), form_2 | {"checkpoints-0-name": "Balai"})
    assert answer.status_code == 409
    assert "Titik 1 → Pos RW 1" in words_of(answer)
    names = list(route.checkpoints.order_by("order").values_list("name", flat=True))
    assert names == ["Pos RW 1", "Gapura"]
    assert second.post(change_page(route), admin_fields(answer.context)).status_code == 302
    assert route.checkpoints.order_by("order").first().name == "Balai"


# The history of many-to-many fields (line 19)


def test_line_19_officers_and_groups_of_a_schedule_are_in_its_history(
    superuser, admin_user, units, officer, operator, group
):
    schedule = make.make_schedule(units.polsek, "Patroli", officers=[officer])
    client = client_of(admin_user)
    form = opened(client, schedule)
    changed = form | {"officers": [operator.pk], "groups": [group.pk]}
    assert client.post(change_page(schedule), changed).status_code == 302
    text = words_of(client_of(superuser).get(history_page(schedule)))
    assert f"{admin_user.name} Petugas − Bhabin A + Operator A" in text
    assert f"+ {group.name}" in text


def test_line_19_people_taken_off_by_a_planner_are_in_the_history(
    superuser, commander, units, officer, sign_in
):
    schedule = make.make_schedule(units.polsek, "Patroli", officers=[officer])
    page = reverse("patrols:schedule_edit", args=[schedule.pk])
    client = sign_in(commander)
    form = sent_fields(client.get(page).context["form"])
    assert client.post(page, form | {"officers": []}).status_code == 302
    text = words_of(client_of(superuser).get(history_page(schedule)))
    assert "Kapolsek A Petugas − Bhabin A" in text


def test_line_19_villages_of_a_posting_are_in_its_history(superuser, admin_user, officer):
    posting = officer.postings.get()
    old, new = make.make_area("31.73.04.1001"), make.make_area("31.73.04.1002")
    posting.villages.add(old)
    client = client_of(admin_user)
    form = opened(client, officer)
    answer = client.post(change_page(officer), form | {"postings-0-villages": [new.pk]})
    assert answer.status_code == 302
    text = words_of(client_of(superuser).get(history_page(posting)))
    assert f"{admin_user.name} Kelurahan/desa binaan − {old} + {new}" in text


def test_line_19_kinds_of_risk_of_a_hotspot_are_in_its_history(superuser, units):
    hotspot = make.make_hotspot(units.polsek)
    hotspot.categories.add(make.make_category("pencurian"))
    text = words_of(client_of(superuser).get(history_page(hotspot)))
    assert "+ " in text
    assert text.count("sistem") == 1


def test_line_19_bulk_changes_are_kept(units):
    schedule = make.make_schedule(units.polsek)
    people = [make.make_user("", units.polsek) for _ in range(3)]
    schedule.officers.set(people)
    through = Schedule.officers.through
    through.objects.filter(schedule=schedule, user__in=people[:2]).delete()
    kept = link_events(through).objects.filter(schedule=schedule).order_by("pgh_id")
    labels = [(event.pgh_label, event.user) for event in kept]
    assert sorted(labels, key=str) == sorted(
        [("insert", person) for person in people] + [("delete", person) for person in people[:2]],
        key=str,
    )


def test_line_19_who_came_and_went_in_one_transaction_is_no_change(superuser, units):
    schedule = make.make_schedule(units.polsek)
    person = make.make_user("Sebentar", units.polsek)
    schedule.officers.add(person)
    schedule.officers.remove(person)
    assert "Sebentar" not in words_of(client_of(superuser).get(history_page(schedule)))


# A planner saves a schedule at the moment when the page of its officer is saved


@pytest.fixture
def save_as_loser(admin_user, officer, monkeypatch):
    """Saves the page of the officer, where PostgreSQL ends the transaction for this reason."""

    def save(cause):
        def refuse(*_args):
            raise OperationalError(str(cause)) from cause

        monkeypatch.setattr(UserAdmin, "save_related", refuse)
        client = client_of(admin_user)
        return client.post(change_page(officer), opened(client, officer), follow=True)

    return save


def test_the_loser_of_a_deadlock_is_told(save_as_loser, officer):
    answer = save_as_loser(DeadlockDetected("deadlock detected"))
    assert answer.redirect_chain == [(change_page(officer), 302)]
    assert "Ada yang lebih dulu mengubah" in words_of(answer)


def test_a_database_that_is_gone_is_no_deadlock(save_as_loser):
    with pytest.raises(OperationalError):
        save_as_loser(ConnectionError("connection refused"))


def test_line_19_the_history_of_the_admin_speaks_indonesian(two_admins, officer):
    """The label of a posting's field, and the role in its name, were stored in English."""
    client, _second = two_admins
    posting = officer.postings.get()
    form = opened(client, officer)
    client.post(change_page(officer), form | {"postings-0-ends_on": "2030-01-31"})
    posting.refresh_from_db()
    assert str(posting.ends_on) == "2030-01-31"
    text = words_of(client.get(history_page(officer)))
    assert "Riwayat: Bhabin A" in text
    assert "Sampai diubah untuk penugasan “petugas · Polsek A”." in text


def test_line_8_a_move_ends_the_old_posting_instead_of_rewriting_it(two_admins, units, officer):
    """With another unit in the same row, the old unit kept the person on all its nights."""
    _first, client = two_admins
    posting = officer.postings.get()
    form = opened(client, officer)
    moved = {"postings-0-unit": units.polsek_neighbour.pk}
    answer = client.post(change_page(officer), form | moved)
    posting.refresh_from_db()
    assert posting.unit == units.polsek
    assert "Isi hari terakhir penugasan ini" in words_of(answer)
