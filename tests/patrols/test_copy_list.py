"""What a phone keeps for a night without a signal, and what its copies leave out."""

import gzip
import json
import re
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import brotli
import pytest
from django.conf import settings
from django.urls import resolve, reverse
from django.utils import timezone

from patrols.services.duties import end_duty, review_duty, start_duty
from reports.services.changes import dispatch_report
from tests import factories as make
from tests.test_access import (
    ROLES,
    ROUND,
    cast,  # noqa: F401 a fixture
    make_rows_of,
    path_of,
    rows,  # noqa: F401 a fixture
)
from toolkit.outbox.copies import ANY

COPY = {"X-Copy": "1"}
# The only pages that may be kept.
KEPT = {
    *("patrols:my_day", "patrols:duty_begin", "patrols:duty_detail", "patrols:duty_rollcall"),
    *("patrols:duty_end", "patrols:entry_add", "patrols:no_signal", "reports:report_new"),
    *("accounts:outbox_list", "patrols:duty_handover"),
    *("programs:activity_add", "programs:issue_add"),
}
ANYS = ("entry_add", "duty_end", "duty_detail", "duty_rollcall")
# That of who reports, as pages may write it.
PHONE = re.compile(r"812[^\w\n]?9999[^\w\n]?0000")
# What make_rows_of writes that is neither a name in a roll nor one of those who may be added to it.
NOT_OF_THE_NIGHT = (
    *("Jadwal", "Ringkasan", "Sebab", "Temuan", "Susulan", "Hasil", "Keperluan"),
    *("Titip", "Rusak", "Gang", "Kunjungan", "Sepakat", "Rumah", "Kunci"),
    *("Laporan baru", "Laporan jalan", "Laporan usai", "Pelapor"),
)


def listed(client):
    answer = client.get(reverse("patrols:copy_list"))
    assert answer.headers["Cache-Control"] == "no-store, private"
    return answer.json()


def duty_page(duty):
    return reverse("patrols:duty_detail", args=[duty.pk])


def names_in(found):
    return [resolve(urlsplit(address).path).view_name for address in found["pages"]]


def copies_of(client):
    for address in listed(client)["pages"]:
        answer = client.get(address, headers=COPY)
        assert answer.status_code == 200, address
        yield address, answer


def test_lists_the_own_night(sign_in, officer, duty):
    found = listed(sign_in(officer))
    for name in ("duty_detail", "duty_rollcall"):
        assert reverse(f"patrols:{name}", args=[duty.pk]) in found["pages"]
        assert reverse(f"patrols:{name}", args=[ANY]) in found["pages"]
    forms = [address for address in found["pages"] if "/entries/add/" in address]
    assert len(forms) == 8
    assert all(str(ANY) in address for address in forms)
    assert found["person"] == str(officer.pk)
    assert found["to"] == {"/patrols/write/": "/patrols/"}


def test_a_volunteer_keeps_what_a_volunteer_may_open(sign_in, volunteer, duty):
    names = names_in(listed(sign_in(volunteer)))
    assert set(names) == {
        *("patrols:my_day", "patrols:no_signal", "patrols:duty_detail", "patrols:entry_add"),
        "accounts:outbox_list",
    }
    assert names.count("patrols:duty_detail") == 1


def test_without_a_duty_a_volunteer_keeps_hardly_anything(sign_in, nobody, duty):
    names = names_in(listed(sign_in(nobody)))
    assert "patrols:duty_detail" not in names
    assert "patrols:entry_add" not in names


def test_neither_other_nights_nor_other_peoples(sign_in, units, officer, neighbour, duty):
    coming = make.make_duty(units.polsek, "Lusa", duty.starts_at + timedelta(days=2))
    make.make_attendance(coming, officer=officer)
    assert reverse("patrols:duty_detail", args=[coming.pk]) not in listed(sign_in(officer))["pages"]
    own = reverse("patrols:duty_detail", args=[duty.pk])
    assert own not in listed(sign_in(neighbour))["pages"]


def test_a_duty_begun_on_a_phone_has_both_names(sign_in, officer, running_duty):
    key = "0b7a6c57-2f65-4d7c-8f1a-7a7d5cf1e111"
    type(running_duty).objects.filter(pk=running_duty.pk).update(client_uuid=key)
    found = listed(sign_in(officer))
    assert found["same"] == {key: str(running_duty.pk)}
    form = reverse("patrols:entry_add", args=[running_duty.pk])
    assert found["to"]["/patrols/write/"] == f"{form}?kind=observation"


def test_a_stamp_changes_when_the_page_does(sign_in, officer, duty, running_duty):
    client = sign_in(officer)
    page = reverse("patrols:duty_detail", args=[duty.pk])
    before = listed(client)["pages"]
    assert listed(client)["pages"] == before
    make.make_attendance(duty, guest_name="Tamu", expected=False)
    with_guest = listed(client)["pages"]
    end_duty(duty=running_duty, by=officer, summary="")
    ended = listed(client)["pages"]
    assert len({found[page] for found in (before, with_guest, ended)}) == 3
    form = reverse("patrols:duty_begin")
    assert before[form] == ended[form]
    client.cookies["theme"] = "dark"
    assert listed(client)["pages"][form] != before[form]


def test_statements_do_not_grow(sign_in, units, officer, django_assert_max_num_queries):
    for number in range(4):
        start = timezone.now() + timedelta(minutes=number)
        end, route = start + timedelta(seconds=50), make.make_route(units.polsek)
        duty = make.make_duty(units.polsek, f"Tugas {number}", start, end, route=route)
        make.make_attendance(duty, officer=officer)
        for _ in range(3):
            make.make_attendance(duty, guest_name="Tamu", expected=False)
    client = sign_in(officer)
    with django_assert_max_num_queries(5):
        listed(client)


@pytest.mark.parametrize("role", ROLES[1:])
def test_only_these_pages_may_be_kept(client, cast, rows, role):  # noqa: F811
    """Of all pages that this role may open, those that answer a worker."""
    client.force_login(cast[role])
    found = set()
    for name, (method, key, _expected, sent) in ROUND.items():
        assert method == "get"
        answer = client.get(path_of(name, rows, key), sent, headers=COPY)
        if "X-Copy" in answer.headers:
            found.add(name)
            assert answer.headers["X-Copy"] == str(cast[role].pk)
            assert answer.headers["Cache-Control"] == "no-store, private"
        for close in answer._resource_closers:
            close()
    assert found <= KEPT
    assert "patrols:my_day" in found
    for name in ANYS:
        answer = client.get(reverse(f"patrols:{name}", args=[ANY]), headers=COPY)
        assert answer.status_code in (200, 403), name


@pytest.mark.parametrize("name", ANYS)
def test_any_duty_is_none_but_in_a_copy(sign_in, officer, name):
    assert sign_in(officer).get(reverse(f"patrols:{name}", args=[ANY])).status_code == 404
    assert sign_in(officer).post(
        reverse(f"patrols:{name}", args=[ANY]), headers=COPY
    ).status_code in (404, 405)


@pytest.mark.django_db
@pytest.mark.parametrize("name", ANYS)
def test_who_has_no_unit_gets_the_copies_of_any_duty_too(client, name):
    client.force_login(make.make_user("Admin", is_superuser=True))
    answer = client.get(reverse(f"patrols:{name}", args=[ANY]), headers=COPY)
    assert answer.status_code == 200


def test_no_copy_for_who_is_not_signed_in(client, duty):
    for name in ("my_day", "duty_begin", "no_signal"):
        answer = client.get(reverse(f"patrols:{name}"), headers=COPY)
        assert answer.status_code == 302
        assert "X-Copy" not in answer.headers


@pytest.mark.parametrize("state", ["planned", "running", "ended", "returned"])
@pytest.mark.parametrize("reader", ["officer", "commander"])
def test_no_copy_tells_what_was_written(sign_in, units, officer, commander, duty, state, reader):
    make.make_attendance(duty, officer=commander)
    make.make_hotspot(units.polsek, "canary-hotspot", advice="canary-advice")
    person, other = (officer, commander) if reader == "officer" else (commander, officer)
    reports = [
        make.make_report(
            units.polsek,
            "canary-report",
            by=by,
            privacy="officers",
            contact_name="canary-contact",
            contact_phone="+6281299990000",
            place="canary-place",
        )
        for by in (None, person)
    ]
    dispatch_report(report=reports[0], by=commander, assignee=person)
    for author in (person, other):
        make.make_late_note(duty, author, f"canary-late of {author.pk}")
    if state != "planned":
        start_duty(duty=duty, by=officer)
        make.make_entry(duty, officer, kind="finding", text="canary-entry")
        make.make_entry(duty, commander, kind="contact", text="canary-visit", people_count=3)
    if state in ("ended", "returned"):
        end_duty(duty=duty, by=officer, summary="canary-summary")
    if state == "returned":
        review_duty(duty=duty, by=commander, action="return", comment="canary-comment")
    client = sign_in(person)
    secrets = ["canary", "csrfmiddlewaretoken"]
    secrets += [text for report in reports for text in (report.code, report.number) if text]
    pages = dict(copies_of(client))
    assert len(pages) >= 15
    for address, answer in pages.items():
        html = answer.content.decode()
        assert [word for word in secrets if word in html] == [], address
        assert PHONE.findall(html) == [], address
        assert re.search(r"Salinan \d\d\.\d\d", html), address
        assert "csrftoken" not in answer.cookies
    # The canaries are where they belong.
    live = client.get("/patrols/").content.decode()
    live += client.get(reverse("patrols:duty_detail", args=[duty.pk])).content.decode()
    shown = {"canary-place", f"canary-late of {person.pk}"}
    shown |= {"canary-hotspot"} if state in ("planned", "running") else {"canary-summary"}
    shown |= {"canary-entry", "canary-visit"} if state != "planned" else set()
    shown |= {"canary-comment"} if state == "returned" else set()
    shown |= {f"canary-late of {other.pk}"} if reader == "commander" else set()
    assert [word for word in shown if word not in live] == []


@pytest.mark.parametrize("role", ROLES[1:])
def test_no_role_keeps_what_is_not_of_the_night(client, cast, rows, units, role):  # noqa: F811
    """Rows of every kind at the own unit and at the next: only the names of the night are kept."""
    make_rows_of(units.polsek_neighbour, cast["neighbour"], "kenari-b")
    client.force_login(cast[role])
    own, other = ("kenari-b", "kenari-a") if role == "neighbour" else ("kenari-a", "kenari-b")
    secrets = [other, "csrfmiddlewaretoken"]
    secrets += [f"{kind} {own}" for kind in NOT_OF_THE_NIGHT]
    secrets += [rows[name].code for name in ("report", "sent_report", "done_report")]
    member = rows["member"]
    type(member).objects.filter(pk=member.pk).update(phone="+6281299990000")
    for address, answer in copies_of(client):
        html = answer.content.decode()
        assert [word for word in secrets if word in html] == [], address
        assert PHONE.findall(html) == [], address
    if role == "officer":
        roll = client.get(reverse("patrols:duty_rollcall", args=[rows["running"].pk]), headers=COPY)
        kept = ("Jalan kenari-a", "Tamu kenari-a", "Orang kenari-a", "Relawan A")
        assert [name for name in kept if name not in roll.content.decode()] == []


def test_a_page_that_is_not_asked_for_as_a_copy_is_as_ever(sign_in, officer, duty):
    client = sign_in(officer)
    for address in listed(client)["pages"]:
        if str(ANY) not in address:
            answer = client.get(address)
            assert answer.headers["Cache-Control"] == "no-store, private"
            assert "X-Copy" not in answer.headers
            assert "Salinan " not in answer.content.decode()


def test_a_copy_takes_no_message(sign_in, officer, running_duty):
    client = sign_in(officer)
    client.post(reverse("patrols:duty_nil", args=[running_duty.pk]))
    page = reverse("patrols:duty_detail", args=[running_duty.pk])
    said = "Nihil sudah dicatat."
    assert said not in client.get(page, headers=COPY).content.decode()
    assert said in client.get(page).content.decode()


def test_forms_of_a_copy_are_those_of_the_outbox(sign_in, officer, duty):
    for address, answer in copies_of(sign_in(officer)):
        for form in re.findall(r"<form[^>]*post[^>]*>", answer.content.decode()):
            assert "data-outbox" in form, (address, form)


def test_a_copy_of_a_planned_duty_holds_the_whole_night(sign_in, officer, duty):
    html = sign_in(officer).get(f"/patrols/duties/{duty.pk}/", headers=COPY).content.decode()
    for name in ("duty_start", "duty_nil", "check_in", "checkpoint_leave", "duty_end"):
        assert reverse(f"patrols:{name}", args=[duty.pk]) in html
    for point in duty.route.checkpoints.all():
        assert f'name="checkpoint" value="{point.pk}"' in html
    hidden = re.findall(r'data-when="([a-z ]+)"( hidden)?>', html)
    assert ("planned", "") in hidden
    assert all(is_hidden == (" hidden" if when != "planned" else "") for when, is_hidden in hidden)


def test_the_worker_is_asked_for_anew_and_small(client):
    answer = client.get("/sw.js", headers={"Accept-Encoding": "gzip"})
    assert answer.headers["Service-Worker-Allowed"] == "/"
    assert answer.headers["Cache-Control"] == "no-cache"
    assert answer.headers["Content-Type"] == "text/javascript"
    assert len(answer.content) <= 2_700
    assert gzip.decompress(answer.content) == client.get("/sw.js").content
    shorter = client.get("/sw.js", headers={"Accept-Encoding": "gzip, br"})
    assert shorter.headers["Content-Encoding"] == "br"
    assert brotli.decompress(shorter.content) == client.get("/sw.js").content
    assert "Accept-Encoding" in shorter.headers["Vary"]
    again = client.get("/sw.js", headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304
    script = client.get("/sw.js").content.decode()
    places = json.loads(script.partition("self.PLACES = ")[2].partition(";\n")[0])
    assert "/lapor/" not in places["field"]
    assert not any(place.startswith(("/admin", "/lacak")) for place in places["field"])


def test_only_pages_of_signed_in_people_name_the_worker(client, officer):
    for page in ("/", "/lapor/", "/lacak/", reverse("account_login")):
        assert "/sw.js" not in client.get(page).content.decode()
    client.force_login(officer)
    assert 'data-worker="/sw.js"' in client.get("/patrols/").content.decode()


def test_every_path_in_the_scripts_is_one_of_ours():
    folder = Path(settings.BASE_DIR, "static", "js", "offline")
    text = "".join(path.read_text() for path in folder.glob("*.js"))
    assert f'"{reverse("patrols:copy_list")}states/"' in text
