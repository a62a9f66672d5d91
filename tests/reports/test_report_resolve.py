from datetime import timedelta

import pytest
from django.utils import timezone

from reports.services.changes import resolve_report
from reports.services.reporter import dispute_outcome
from tests import factories as make
from tests.reports.report_pages import (
    detail_url,
    make_report_in_state,
    messages_in,
    page_url,
    reload_report,
)

SAID = {"outcome": "handled", "reason": "Pemuda diimbau pulang"}


def offered_outcomes(answer):
    return [value for value, _label in answer.context["form"].fields["outcome"].choices]


def test_says_what_came_of_it(sign_in, units, officer):
    report = make_report_in_state("on_scene", units.polsek, officer)
    answer = sign_in(officer).post(
        page_url("report_resolve", report), SAID | {"seen": report.stamp}, follow=True
    )
    assert "Pelapor dapat membaca hasilnya" in messages_in(answer)
    stored = reload_report(report)
    assert (stored.state, stored.outcome) == ("resolved", "handled")
    assert stored.outcome_reason == "Pemuda diimbau pulang"


def test_an_old_page_does_not_close_what_was_disputed_since(sign_in, units, officer, commander):
    report = make_report_in_state("on_scene", units.polsek, officer)
    begun = timezone.now() - timedelta(minutes=5)
    said = {"outcome": "handled", "reason": "Selesai"}
    resolve_report(report=report, by=officer, **said, now=begun)
    old = reload_report(report).stamp
    assert f'value="{old}"' in sign_in(commander).get(detail_url(report)).content.decode()
    dispute_outcome(code=report.code, reason="Belum", now=begun + timedelta(minutes=1))
    resolve_report(report=report, by=officer, **said, now=begun + timedelta(minutes=2))
    answer = sign_in(commander).post(page_url("report_close", report), {"seen": old}, follow=True)
    assert "Sudah dilakukan" in messages_in(answer)
    assert reload_report(report).state == "resolved"
    sign_in(commander).post(page_url("report_close", report), {"seen": reload_report(report).stamp})
    assert reload_report(report).state == "closed"


def test_settling_together_is_offered_where_the_law_allows_it(sign_in, units, officer):
    report = make_report_in_state("on_scene", units.polsek, officer)
    assert "mediated" in offered_outcomes(sign_in(officer).get(page_url("report_resolve", report)))


def test_mediation_is_neither_offered_nor_taken_where_it_is_forbidden(sign_in, units, keeper):
    violence = make.make_category("domestic_violence", is_sealed=True, allows_mediation=False)
    report = make_report_in_state("on_scene", units.polsek, keeper, category=violence)
    answer = sign_in(keeper).get(page_url("report_resolve", report))
    assert "mediated" not in offered_outcomes(answer)
    assert "undang-undang melarang mediasi" in answer.content.decode()
    answer = sign_in(keeper).post(
        page_url("report_resolve", report), SAID | {"outcome": "mediated"}
    )
    assert answer.context["form"].errors["outcome"]
    assert reload_report(report).state == "on_scene"


def test_a_laporan_polisi_has_a_number(sign_in, units, officer):
    report = make_report_in_state("on_scene", units.polsek, officer)
    sent = SAID | {"outcome": "police_report"}
    answer = sign_in(officer).post(page_url("report_resolve", report), sent)
    assert 'id="id_lp_number_error"' in answer.content.decode()
    assert "Pemuda diimbau pulang" in answer.content.decode()
    sign_in(officer).post(
        page_url("report_resolve", report), sent | {"lp_number": "LP/B/1/XI/2026"}
    )
    assert reload_report(report).lp_number == "LP/B/1/XI/2026"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("outcome", ""),
        ("outcome", "won"),
        ("reason", ""),
        ("reason", "   "),
        ("reason", "x" * 2001),
        ("lp_number", "x" * 81),
    ],
)
def test_what_is_missing_is_said_beside_the_field(sign_in, units, officer, field, value):
    report = make_report_in_state("on_scene", units.polsek, officer)
    answer = sign_in(officer).post(page_url("report_resolve", report), SAID | {field: value})
    assert answer.status_code == 200
    assert f'id="id_{field}_error"' in answer.content.decode()
    assert reload_report(report).state == "on_scene"
