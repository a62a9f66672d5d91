"""What all steps of a report share: rights, words kept, taps that are safe twice.

The taps without a page of their own are here: "report_verify", "report_recall", "report_arrive",
"report_close".
"""

import pytest

from reports.services.casework import hand_over_report
from reports.services.changes import dispatch_report, recall_report, resolve_report, verify_report
from tests import factories as make
from tests.reports.steps_on import again, detail, report_in, told, url

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
def sent(units, officer):
    """``sent(name, report)`` is what the form of the page sends."""

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
def test_a_page_asks_and_its_answer_changes(name, sign_in, units, officer, commander, sent):
    state, _fields, leads_to = PAGES[name]
    report = report_in(state, units.polsek, officer)
    page = sign_in(commander).get(url(name, report))
    html = page.content.decode()
    assert page.status_code == 200
    assert html.count("<h1>") == 1
    assert f'name="seen" value="{sent(name, report)["seen"]}"' in html
    assert detail(report) in html
    answer = sign_in(commander).post(url(name, report), sent(name, report))
    assert answer.status_code == 302
    assert answer.url == detail(report)
    assert again(report).state == leads_to


@pytest.mark.parametrize("name", TAPS)
def test_a_tap_changes_at_once(name, sign_in, units, officer, commander):
    state, leads_to = TAPS[name]
    report = report_in(state, units.polsek, officer)
    client = sign_in(commander)
    assert client.put(url(name, report)).status_code == 405
    assert client.post(url(name, report), {"seen": report.stamp}).url == detail(report)
    assert again(report).state == leads_to


@pytest.mark.parametrize("name", TAPS)
def test_a_tap_reloaded_leads_back_and_changes_nothing(name, sign_in, units, officer, neighbour):
    report = report_in(TAPS[name][0], units.polsek, officer)
    assert sign_in(officer).get(url(name, report)).url == detail(report)
    assert sign_in(neighbour).get(url(name, report)).status_code == 404
    assert again(report).state == TAPS[name][0]


def test_a_page_opened_too_early_says_how_the_report_stands(sign_in, units, officer):
    report = report_in("received", units.polsek, officer)
    for method in ("get", "post"):
        client = sign_in(officer)
        answer = getattr(client, method)(url("report_reopen", report), {"reason": "x"}, follow=True)
        html = answer.content.decode()
        assert "Langkah ini belum bisa dilakukan" in html
        assert "diterima" in html
        assert "Sudah dilakukan" not in html


@pytest.mark.parametrize("name", TAPS)
def test_a_second_tap_is_told_who_was_first(name, sign_in, units, officer, commander):
    state, leads_to = TAPS[name]
    report = report_in(state, units.polsek, officer)
    client = sign_in(commander)
    client.post(url(name, report), {"seen": report.stamp})
    answer = client.post(url(name, report), {"seen": report.stamp}, follow=True)
    assert answer.status_code == 200
    assert "Sudah dilakukan" in told(answer)
    assert "Kapolsek A" in told(answer)
    assert again(report).state == leads_to


@pytest.mark.parametrize("name", [*PAGES, *TAPS])
def test_outside_it_is_not_found_and_without_the_right_refused(
    name, sign_in, units, officer, neighbour, nobody, volunteer, admin_user, sent
):
    state = (PAGES | TAPS)[name][0]
    report = report_in(state, units.polsek, officer)
    fields = sent(name, report) if name in PAGES else {"seen": report.stamp}
    methods = ["post"] if name in TAPS else ["get", "post"]
    for person, status in ((neighbour, 404), (nobody, 404), (volunteer, 404), (admin_user, 403)):
        for method in methods:
            answer = getattr(sign_in(person), method)(url(name, report), fields)
            assert answer.status_code == status, (person, method)
    assert again(report).state == state


@pytest.mark.parametrize("name", [*PAGES, *TAPS])
def test_what_is_sealed_is_not_found(name, sign_in, units, officer, commander, superuser, keeper):
    sealed = make.make_category("domestic_violence", is_sealed=True, allows_mediation=False)
    report = report_in((PAGES | TAPS)[name][0], units.polsek, keeper, category=sealed)
    for person in (officer, commander, superuser):
        assert sign_in(person).post(url(name, report), {}).status_code == 404


@pytest.mark.parametrize("name", ["report_reject", "report_override", "report_close"])
def test_for_commanders_only(name, sign_in, units, officer, operator):
    report = report_in((PAGES | TAPS)[name][0], units.polsek, officer)
    for person in (officer, operator):
        assert sign_in(person).post(url(name, report), {"reason": "x"}).status_code == 403


@pytest.mark.parametrize("name", WITH_WORDS)
def test_words_stay_where_somebody_was_faster(name, sign_in, units, officer, commander, sent):
    state, _fields, _to = PAGES[name]
    report = report_in(state, units.polsek, officer)
    words = "Kalimat yang panjang dan tidak boleh hilang"
    fields = sent(name, report) | {"text" if name == "report_refer" else "reason": words}
    faster = {
        "report_resolve": lambda: recall_report(report=report, by=officer),
        "report_reject": lambda: verify_report(report=report, by=officer),
        "report_refer": lambda: dispatch_report(report=report, by=officer, assignee=officer),
        "report_reopen": lambda: sign_in(officer).post(
            url("report_reopen", report), {"reason": "Lebih cepat"}
        ),
    }
    faster[name]()
    answer = sign_in(commander).post(url(name, report), fields)
    html = answer.content.decode()
    assert answer.status_code == 409
    assert "Sudah dilakukan" in html
    assert "Bhabin A" in html
    assert words in html
    now = again(report).stamp
    assert f'name="seen" value="{now}"' in html
    if name == "report_reopen":
        assert "Tulisan Anda masih ada di sini" in html
        assert 'btn main wide">' not in html.split('<form class="card')[1].split("<a ")[0]
    else:
        sign_in(commander).post(url(name, report), fields | {"seen": now})
        assert again(report).state == PAGES[name][2]


@pytest.mark.parametrize("name", ["report_resolve", "report_reopen", "report_merge"])
def test_a_page_opened_too_late_says_so(name, sign_in, units, officer, commander):
    state = {"report_resolve": "on_scene", "report_merge": "verified"}.get(name, "resolved")
    report = report_in(state, units.polsek, officer)
    if name == "report_reopen":
        sign_in(officer).post(url(name, report), {"reason": "Lagi"})
    else:
        resolve_report(report=report, by=officer, outcome="handled", reason="Aman")
    answer = sign_in(commander).get(url(name, report), follow=True)
    assert answer.redirect_chain[0][0] == detail(report)
    assert "Bhabin A" in told(answer)


@pytest.mark.parametrize("name", ["report_verify", "report_resolve"])
def test_who_had_the_right_until_a_handover_is_told(name, sign_in, units, officer, commander):
    report = report_in("received", units.polsek, officer)
    hand_over_report(report=report, by=commander, unit=units.polsek_neighbour, reason="Wilayahnya")
    fields = {"seen": report.stamp, "outcome": "handled", "reason": "Aman"}
    answer = sign_in(officer).post(url(name, report), fields, follow=True)
    assert answer.status_code == 200
    assert "dilimpahkan ke kesatuan lain" in told(answer)
    assert again(report).state == "received"


def test_who_loses_sight_by_the_own_step_lands_on_the_list(sign_in, units, officer, keeper):
    sealed = make.make_category("domestic_violence", is_sealed=True, allows_mediation=False)
    report = report_in("dispatched", units.polsek, officer, category=sealed)
    answer = sign_in(officer).post(
        url("report_recall", report), {"seen": report.stamp}, follow=True
    )
    assert answer.status_code == 200
    assert "Penugasan ditarik" in told(answer)
    assert sign_in(officer).get(detail(report)).status_code == 404


@pytest.mark.parametrize("name", PAGES)
def test_few_queries(name, sign_in, units, officer, commander, django_assert_max_num_queries):
    report = report_in(PAGES[name][0], units.polsek, officer)
    for number in range(5):
        make.make_user(f"Bhabin {number}", units.polsek, "officer")
        make.make_report(units.polsek, f"Ribut {number}")
        make.make_unit("polsek", f"Polsek {number}", units.polres)
    client = sign_in(commander)
    with django_assert_max_num_queries(8):
        assert client.get(url(name, report)).status_code == 200


def test_nothing_but_what_is_asked_is_taken(sign_in, units, officer, commander):
    """Nothing that is only narrowed by, or belongs to another step, reaches the service."""
    report = report_in("verified", units.polsek, officer)
    sign_in(commander).post(
        url("report_dispatch", report),
        {"assignee": officer.pk, "q": "", "now": "2001-01-01", "report": 1, "seen": report.stamp},
    )
    assert again(report).assignee == officer
    assert again(report).first_response_at.year > 2001


@pytest.mark.parametrize("name", PAGES)
def test_odd_input_is_answered(name, sign_in, units, officer, commander):
    report = report_in(PAGES[name][0], units.polsek, officer)
    for odd in ("\0", "x" * 5000, "-1", "9" * 30, "%s", "LK-", "💥"):
        names = ["assignee", "outcome", "reason", "into", "agency", "state", "text", "category"]
        fields = dict.fromkeys([*names, "unit", "priority", "seen", "q", "lp_number"], odd)
        for more in ({}, {"find": "1"}):
            answer = sign_in(commander).post(url(name, report), fields | more)
            assert answer.status_code in (200, 302, 409), odd
