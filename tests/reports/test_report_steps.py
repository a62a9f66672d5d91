"""What all steps of a report share: rights, words kept, taps that are safe twice.

The taps without a page of their own are here: "report_verify", "report_recall", "report_arrive",
"report_close".
"""

import pytest

from reports.services.casework import hand_over_report
from reports.services.changes import dispatch_report, recall_report, resolve_report, verify_report
from tests import factories as make
from tests.reports.report_pages import (
    detail_url,
    make_report_in_state,
    messages_in,
    page_url,
    reload_report,
)

# page: the state it starts from, what is sent, the state it leads to
PAGES = {
    "report_dispatch": ("verified", {}, "dispatched"),
    "report_resolve": ("on_scene", {"outcome": "handled", "reason": "Sudah aman"}, "resolved"),
    "report_reject": ("received", {"reason": "Alamat belum jelas"}, "rejected"),
    "report_merge": ("verified", {}, "duplicate"),
    "report_refer": ("verified", {"agency": "PLN"}, "referred"),
    "report_reopen": ("closed", {"reason": "Terjadi lagi"}, "verified"),
    "report_override": ("received", {"state": "verified", "reason": "Salah tekan"}, "verified"),
    "report_note": ("received", {"text": "Sudah ditelepon"}, "received"),
    "report_classify": ("received", {}, "received"),
    "report_handover": ("verified", {"reason": "Bukan wilayah kami"}, "received"),
}
TAPS = {
    "report_verify": ("received", "verified"),
    "report_recall": ("dispatched", "verified"),
    "report_arrive": ("dispatched", "on_scene"),
    "report_close": ("resolved", "closed"),
}
WITH_WORDS = ["report_resolve", "report_reject", "report_refer", "report_reopen"]


@pytest.fixture
def form_data_of(units, officer):
    """``form_data_of(name, report)`` is what the form of the page sends."""

    def fields(name, report):
        more = {
            "report_dispatch": {"assignee": officer.pk},
            "report_merge": {"into": make.make_report(units.polsek, "Yang sama").number},
            "report_handover": {"unit": units.polres.pk},
            "report_classify": {"category": report.category_id, "priority": "urgent"},
        }
        seen = report.class_stamp if name == "report_classify" else report.stamp
        return {"seen": seen, **PAGES[name][1], **more.get(name, {})}

    return fields


@pytest.mark.parametrize("name", PAGES)
def test_a_page_asks_and_its_answer_changes(name, sign_in, units, officer, commander, form_data_of):
    state, _fields, leads_to = PAGES[name]
    report = make_report_in_state(state, units.polsek, officer)
    page = sign_in(commander).get(page_url(name, report))
    html = page.content.decode()
    assert page.status_code == 200
    assert html.count("<h1>") == 1
    assert f'name="seen" value="{form_data_of(name, report)["seen"]}"' in html
    assert detail_url(report) in html
    answer = sign_in(commander).post(page_url(name, report), form_data_of(name, report))
    assert answer.status_code == 302
    assert answer.url == detail_url(report)
    assert reload_report(report).state == leads_to


@pytest.mark.parametrize("name", TAPS)
def test_a_tap_changes_at_once(name, sign_in, units, officer, commander):
    state, leads_to = TAPS[name]
    report = make_report_in_state(state, units.polsek, officer)
    client = sign_in(commander)
    assert client.put(page_url(name, report)).status_code == 405
    assert client.post(page_url(name, report), {"seen": report.stamp}).url == detail_url(report)
    assert reload_report(report).state == leads_to


@pytest.mark.parametrize("name", TAPS)
def test_a_tap_reloaded_leads_back_and_changes_nothing(name, sign_in, units, officer, neighbour):
    report = make_report_in_state(TAPS[name][0], units.polsek, officer)
    assert sign_in(officer).get(page_url(name, report)).url == detail_url(report)
    assert sign_in(neighbour).get(page_url(name, report)).status_code == 404
    assert reload_report(report).state == TAPS[name][0]


def test_a_page_opened_too_early_says_how_the_report_stands(sign_in, units, officer):
    report = make_report_in_state("received", units.polsek, officer)
    for method in ("get", "post"):
        client = sign_in(officer)
        answer = getattr(client, method)(
            page_url("report_reopen", report), {"reason": "x"}, follow=True
        )
        html = answer.content.decode()
        assert "Langkah ini belum bisa dilakukan" in html
        assert "diterima" in html
        assert "Sudah dilakukan" not in html


@pytest.mark.parametrize("name", TAPS)
def test_a_second_tap_is_told_who_was_first(name, sign_in, units, officer, commander):
    state, leads_to = TAPS[name]
    report = make_report_in_state(state, units.polsek, officer)
    client = sign_in(commander)
    client.post(page_url(name, report), {"seen": report.stamp})
    answer = client.post(page_url(name, report), {"seen": report.stamp}, follow=True)
    assert answer.status_code == 200
    assert "Sudah dilakukan" in messages_in(answer)
    assert "Kapolsek A" in messages_in(answer)
    assert reload_report(report).state == leads_to


@pytest.mark.parametrize("name", [*PAGES, *TAPS])
def test_outside_it_is_not_found_and_without_the_right_refused(
    name, sign_in, units, officer, neighbour, nobody, volunteer, admin_user, form_data_of
):
    state = (PAGES | TAPS)[name][0]
    report = make_report_in_state(state, units.polsek, officer)
    fields = form_data_of(name, report) if name in PAGES else {"seen": report.stamp}
    methods = ["post"] if name in TAPS else ["get", "post"]
    for person, status in ((neighbour, 404), (nobody, 404), (volunteer, 404), (admin_user, 403)):
        for method in methods:
            answer = getattr(sign_in(person), method)(page_url(name, report), fields)
            assert answer.status_code == status, (person, method)
    assert reload_report(report).state == state


@pytest.mark.parametrize("name", [*PAGES, *TAPS])
def test_what_is_sealed_is_not_found(name, sign_in, units, officer, commander, superuser, keeper):
    sealed = make.make_category("domestic_violence", is_sealed=True, allows_mediation=False)
    report = make_report_in_state((PAGES | TAPS)[name][0], units.polsek, keeper, category=sealed)
    for person in (officer, commander, superuser):
        assert sign_in(person).post(page_url(name, report), {}).status_code == 404


@pytest.mark.parametrize("name", ["report_reject", "report_override", "report_close"])
def test_for_commanders_only(name, sign_in, units, officer, operator):
    report = make_report_in_state((PAGES | TAPS)[name][0], units.polsek, officer)
    for person in (officer, operator):
        assert sign_in(person).post(page_url(name, report), {"reason": "x"}).status_code == 403


@pytest.mark.parametrize("name", WITH_WORDS)
def test_words_stay_where_somebody_was_faster(
    name, sign_in, units, officer, commander, form_data_of
):
    state, _fields, _to = PAGES[name]
    report = make_report_in_state(state, units.polsek, officer)
    words = "Kalimat yang panjang dan tidak boleh hilang"
    fields = form_data_of(name, report) | {"text" if name == "report_refer" else "reason": words}
    faster = {
        "report_resolve": lambda: recall_report(report=report, by=officer),
        "report_reject": lambda: verify_report(report=report, by=officer),
        "report_refer": lambda: dispatch_report(report=report, by=officer, assignee=officer),
        "report_reopen": lambda: sign_in(officer).post(
            page_url("report_reopen", report), {"reason": "Lebih cepat"}
        ),
    }
    faster[name]()
    answer = sign_in(commander).post(page_url(name, report), fields)
    html = answer.content.decode()
    assert answer.status_code == 409
    assert "Sudah dilakukan" in html
    assert "Bhabin A" in html
    assert words in html
    now = reload_report(report).stamp
    assert f'name="seen" value="{now}"' in html
    if name == "report_reopen":
        assert "Tulisan Anda masih ada di sini" in html
        assert 'btn main wide">' not in html.split('<form class="card')[1].split("<a ")[0]
    else:
        sign_in(commander).post(page_url(name, report), fields | {"seen": now})
        assert reload_report(report).state == PAGES[name][2]


@pytest.mark.parametrize("name", ["report_resolve", "report_reopen", "report_merge"])
def test_a_page_opened_too_late_says_so(name, sign_in, units, officer, commander):
    state = {"report_resolve": "on_scene", "report_merge": "verified"}.get(name, "resolved")
    report = make_report_in_state(state, units.polsek, officer)
    if name == "report_reopen":
        sign_in(officer).post(page_url(name, report), {"reason": "Lagi"})
    else:
        resolve_report(report=report, by=officer, outcome="handled", reason="Aman")
    answer = sign_in(commander).get(page_url(name, report), follow=True)
    assert answer.redirect_chain[0][0] == detail_url(report)
    assert "Bhabin A" in messages_in(answer)


@pytest.mark.parametrize("name", ["report_verify", "report_resolve"])
def test_who_had_the_right_until_a_handover_is_told(name, sign_in, units, officer, commander):
    report = make_report_in_state("received", units.polsek, officer)
    hand_over_report(report=report, by=commander, unit=units.polsek_neighbour, reason="Wilayahnya")
    fields = {"seen": report.stamp, "outcome": "handled", "reason": "Aman"}
    answer = sign_in(officer).post(page_url(name, report), fields, follow=True)
    assert answer.status_code == 200
    assert "dilimpahkan ke kesatuan lain" in messages_in(answer)
    assert reload_report(report).state == "received"


def test_who_loses_sight_by_the_own_step_lands_on_the_list(sign_in, units, officer, keeper):
    sealed = make.make_category("domestic_violence", is_sealed=True, allows_mediation=False)
    report = make_report_in_state("dispatched", units.polsek, officer, category=sealed)
    answer = sign_in(officer).post(
        page_url("report_recall", report), {"seen": report.stamp}, follow=True
    )
    assert answer.status_code == 200
    assert "Penugasan ditarik" in messages_in(answer)
    assert sign_in(officer).get(detail_url(report)).status_code == 404


@pytest.mark.parametrize("name", PAGES)
def test_few_queries(name, sign_in, units, officer, commander, django_assert_max_num_queries):
    report = make_report_in_state(PAGES[name][0], units.polsek, officer)
    for number in range(5):
        make.make_user(f"Bhabin {number}", units.polsek, "officer")
        make.make_report(units.polsek, f"Ribut {number}")
        make.make_unit("polsek", f"Polsek {number}", units.polres)
    client = sign_in(commander)
    with django_assert_max_num_queries(8):
        assert client.get(page_url(name, report)).status_code == 200


def test_nothing_but_what_is_asked_is_taken(sign_in, units, officer, commander):
    """Search fields, and fields of other steps, do not reach the service."""
    report = make_report_in_state("verified", units.polsek, officer)
    sign_in(commander).post(
        page_url("report_dispatch", report),
        {"assignee": officer.pk, "q": "", "now": "2001-01-01", "report": 1, "seen": report.stamp},
    )
    assert reload_report(report).assignee == officer
    assert reload_report(report).first_response_at.year > 2001


@pytest.mark.parametrize("name", PAGES)
def test_odd_input_is_answered(name, sign_in, units, officer, commander):
    report = make_report_in_state(PAGES[name][0], units.polsek, officer)
    for odd in ("\0", "x" * 5000, "-1", "9" * 30, "%s", "LK-", "💥"):
        names = ["assignee", "outcome", "reason", "into", "agency", "state", "text", "category"]
        fields = dict.fromkeys([*names, "unit", "priority", "seen", "q", "lp_number"], odd)
        for more in ({}, {"find": "1"}):
            answer = sign_in(commander).post(page_url(name, report), fields | more)
            assert answer.status_code in (200, 302, 409), odd
