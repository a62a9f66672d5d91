"""The fuzzing itself: it draws what it should, and sees a failure where there is one."""

from collections import Counter
from random import Random

import pytest
from django.http import HttpResponse, HttpResponseServerError

from accounts.adapter import AccountAdapter
from accounts.models import User
from reports.models import Report
from tests import factories as make
from tools.fuzz import odd, run
from tools.fuzz.addresses import Address
from tools.fuzz.forms import PageForm, forms_of
from tools.fuzz.people import ACCOUNTS, demo_roles
from tools.fuzz.requests import Sent, any_request, changed, sent_form, with_rows
from tools.fuzz.run import Outcome, Role, fuzz

PAGE = """
<form action="/away/" method="post"><input name="seen" type="hidden" value="7">
<select name="unit"><option value="1">A<option value="2" selected>B</select>
<textarea name="text">Satu
dua</textarea><input type="radio" name="when" value="now"><input type="radio" name="when"
value="then" checked><input type="file" name="photos"><button name="step" value="back">x</button>
<input type="submit" name="_save"><input name="q"></form>
<input name="outside"><form><input name="find" value="a"></form>
"""
ADMIN = [("postings-TOTAL_FORMS", "0"), ("postings-__prefix__-unit", ""), ("name", "Ani")]


def test_a_form_is_read_as_a_browser_sends_it():
    first, second = forms_of(PAGE)
    assert (first.action, first.method) == ("/away/", "post")
    assert dict(first.fields) == {
        "seen": "7",
        "unit": "2",
        "text": "Satu\ndua",
        "when": "then",
        "q": "",
    }
    assert first.offered == {"unit": ["1", "2"], "when": ["now", "then"]}
    assert first.buttons == [("step", "back"), ("_save", "")]
    assert first.files == ["photos"]
    assert (second.method, second.fields) == ("get", [("find", "a")])


def drawn(count=600):
    draw, form = Random("1"), forms_of(PAGE)[0]
    address = Address("page", "page/")
    for number in range(count):
        if number % 2:
            yield any_request(draw, address, "/page/")
        else:
            yield sent_form(draw, "/page/", form)


def test_requests_of_every_kind_are_drawn():
    found = list(drawn())
    assert {sent.method for sent in found} > {"GET", "POST", "PUT", "FOO"}
    assert {sent.path for sent in found} == {"/page/", "/away/"}
    assert {sent.checks_csrf for sent in found} == {False, True}
    assert {name for sent in found for name in sent.headers} == set(odd.HEADERS)
    assert any(b"filename" in sent.body for sent in found if sent.path == "/away/")


def test_ways_back_that_are_none_are_drawn():
    """As a parameter, as a field, and as the page before."""
    found = list(drawn())
    assert sum("next=http%3A%2F%2F%5B" in sent.query for sent in found) >= 1
    assert sum(b"next=" in sent.body and b"%5B" in sent.body for sent in found) >= 3
    assert any("[" in sent.headers.get("HTTP_REFERER", "") for sent in found)


def test_rows_of_formsets_get_odd_counts_and_keys():
    draw, drawn_names = Random("1"), Counter()
    for _number in range(400):
        drawn_names.update(set(with_rows(draw, list(ADMIN))))
    for odd_one in ("abc", "9" * 21, "\0"):
        assert drawn_names["postings-0-id", odd_one]
        assert drawn_names["postings-1-id", odd_one]
        assert drawn_names["postings-0-unit", odd_one]
    for count in ("TOTAL", "INITIAL"):
        for odd_one in ("abc", "-1", "9" * 10, "2"):
            assert drawn_names[f"postings-{count}_FORMS", odd_one]
    assert drawn_names["_saveasnew", "1"]
    assert with_rows(draw, [("name", "Ani")]) == [("name", "Ani")]
    form = PageForm("", "post", list(ADMIN))
    assert any(name == "postings-0-id" for _n in range(20) for name, _word in changed(draw, form))


def test_most_addresses_are_of_rows_and_some_of_none():
    draw, address = Random("1"), Address("report_detail", "reports/<int:pk>/")
    paths = Counter(address.path(draw, {Report: [7]}) for _number in range(5000))
    assert paths["/reports/7/"] > 4000
    assert {f"/reports/{key}/" for key in ("abc", "_5B", "9" * 21, "%FF")} <= set(paths)


# What the run notices


def failing(_request):
    raise ZeroDivisionError


@pytest.fixture
def one_address(monkeypatch):
    monkeypatch.setattr(run, "addresses", lambda: [Address("healthz", "healthz")])


def answered(monkeypatch, answer):
    """All requests get this answer of the page, or the failure that it raises."""
    monkeypatch.setattr(run._Person, "_answer", lambda _self, _sent: answer())


def of(answer):
    answer.exc_info = (None, ZeroDivisionError("x").with_traceback(_trace()), None)
    return answer


def _trace():
    try:
        failing(None)
    except ZeroDivisionError as error:
        return error.__traceback__


def test_a_page_that_fails_or_raises_is_a_failure(db, one_address, monkeypatch):
    answered(monkeypatch, lambda: of(HttpResponseServerError()))
    outcome = fuzz([Role("nobody", None, {})], requests=3, seed=1)
    assert len(outcome.failures) == outcome.sent >= 3
    assert outcome.told().startswith(f"{outcome.sent} × 500, ZeroDivisionError at ")
    answered(monkeypatch, lambda: failing(None))
    outcome = fuzz([Role("nobody", None, {})], requests=3, seed=1)
    assert outcome.told().startswith(f"{outcome.sent} × raised, ZeroDivisionError at ")


@pytest.mark.parametrize("where", ["body", "header"])
def test_a_foreign_word_in_an_answer_is_a_failure(db, one_address, monkeypatch, where):
    headers = {"Location": "/?q=kenari"} if where == "header" else {}
    answered(monkeypatch, lambda: HttpResponse(where == "body" and "a kenari b", headers=headers))
    outcome = fuzz([Role("nobody", None, {}, [b"kenari"])], requests=1, seed=1)
    assert len(outcome.failures) == outcome.sent
    assert "healthz shows kenari" in outcome.told()
    assert not fuzz([Role("nobody", None, {}, [b"merpati"])], requests=1, seed=1).failures


def test_the_adapter_of_allauth_would_be_found(db, monkeypatch):
    """It reads the address of `next` with Python's urlsplit."""
    login = Address("account_login", "accounts/login/")
    monkeypatch.setattr(run, "addresses", lambda: [login])
    assert not fuzz([Role("nobody", None, {})], requests=200, seed=1).failures
    monkeypatch.delattr(AccountAdapter, "is_safe_url")
    assert "Invalid IPv6 URL" in fuzz([Role("nobody", None, {})], requests=200, seed=1).told()


def test_nothing_that_is_stored_stays_and_whoever_was_signed_out_comes_back(
    officer, one_address, monkeypatch
):
    seen = []

    def answer(self, _sent):
        name = User.objects.get(pk=officer.pk).name
        seen.append((name, "_auth_user_id" in self.client.session))
        User.objects.filter(pk=officer.pk).update(name="Lain")
        return HttpResponse()

    monkeypatch.setattr(run._Person, "_answer", answer)
    fuzz([Role("officer", officer, {})], requests=60, seed=1)
    # Later requests of a batch meet what earlier ones did; the next batch begins anew.
    assert 2 <= [name for name, _signed in seen].count(officer.name) <= len(seen) / run.BATCH
    assert all(signed for _name, signed in seen)


def test_whoever_a_request_has_signed_out_is_signed_in_again(officer):
    person = run._Person(Role("officer", officer, {}), Random("1"), Outcome())
    person._send([])
    person._answer(Sent("POST", "/accounts/logout/"))
    assert "_auth_user_id" in person.client.session


def test_what_a_failed_request_has_stored_is_undone_at_once(officer, one_address, monkeypatch):
    seen = set()

    def answer():
        seen.add(User.objects.get(pk=officer.pk).name)
        User.objects.filter(pk=officer.pk).update(name="Lain")
        return of(HttpResponseServerError())

    answered(monkeypatch, answer)
    fuzz([Role("officer", officer, {})], requests=3, seed=1)
    assert seen == {officer.name}


def test_some_requests_come_as_from_another_site(officer):
    person = run._Person(Role("officer", officer, {}), Random("1"), Outcome())
    person._send([])
    for checks_csrf, status in ((True, 403), (False, 302)):
        sent = Sent("POST", "/accounts/logout/", checks_csrf=checks_csrf)
        assert person._answer(sent).status_code == status


def test_pages_are_reached_whatever_the_site_s_own_name_is(db, one_address, settings):
    settings.ALLOWED_HOSTS = ["kamtibmas.example"]
    statuses = fuzz([Role("nobody", None, {})], requests=50, seed=1).statuses
    assert statuses[200] > statuses[400]


def test_the_same_seed_sends_the_same(db, one_address, monkeypatch):
    told = []
    monkeypatch.setattr(
        run._Person, "_answer", lambda _self, sent: told.append(sent.told()) or HttpResponse()
    )
    for seed in (1, 1, 2):
        told.append("begin")
        fuzz([Role("nobody", None, {})], requests=30, seed=seed)
    _nothing, first, again, other = "\n".join(told).split("begin")
    assert first == again != other


def test_the_people_of_a_demo_know_their_own_rows_and_not_foreign_words(
    units, officer, volunteer, commander, admin_user, superuser, neighbour
):
    people = [volunteer, officer, commander, admin_user, superuser]
    for person, username in zip(people, ACCOUNTS.values(), strict=True):
        User.objects.filter(pk=person.pk).update(username=username)
    own = make.make_report(units.polsek, "Laporan kenari")
    foreign = make.make_report(units.polsek_neighbour, "Laporan merpati", by=neighbour)
    roles = {role.name: role for role in demo_roles()}
    assert list(roles) == ["anonymous", *ACCOUNTS]
    assert set(roles["officer"].canaries) == {b"Laporan merpati"}
    assert set(roles["anonymous"].canaries) == {b"Laporan kenari", b"Laporan merpati"}
    assert not roles["superuser"].canaries
    assert roles["officer"].keys[Report] == [own.pk, foreign.pk]
