"""Giving open reports of one officer to another."""

from django.urls import reverse

from reports.services.changes import arrive_at_report, dispatch_report
from tests import factories as make


def test_reports_are_shared_out(client, units, officer, other, commander, served):
    reports = [make.make_report(units.polsek, f"Ribut {number}") for number in range(3)]
    for report in reports:
        dispatch_report(report=report, by=commander, assignee=officer)
    arrive_at_report(report=reports[2], by=officer)
    client.force_login(commander)
    url = reverse("programs:workload_share", args=[served.pk])
    page = client.get(url)
    keys = [key for key, _words in page.context["form"].fields["reports"].choices]
    assert len(keys) == 2
    assert reports[2].number in page.content.decode()
    sent = {"reports": keys, "taker": other.pk}
    answer = client.post(url, sent, follow=True)
    assert "2 laporan diberikan kepada Bhabin B" in answer.content.decode()
    for report in reports[:2]:
        report.refresh_from_db()
        assert report.assignee == other
    again = client.post(url, sent)
    assert "sudah berubah" in again.content.decode()


def test_nothing_to_share_out_is_said(client, commander, served):
    client.force_login(commander)
    html = client.get(reverse("programs:workload_share", args=[served.pk])).content.decode()
    assert "Tidak ada yang dibagi" in html
