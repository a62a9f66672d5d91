"""Shared by the tests of the steps: a report in any state, addresses, messages."""

from datetime import timedelta

from django.urls import reverse
from django.utils import timezone

from reports.models import Report
from reports.workflow import ENDED, ReportState
from tests import factories as make


def make_report_in_state(state, unit, officer, **fields):
    """A report in this state; `officer` is assigned if the state needs an officer."""
    report = make.make_report(unit, now=timezone.now() - timedelta(minutes=20), **fields)
    values = {"state": state}
    if state in ENDED:
        values |= {"outcome": "other", "resolved_at": timezone.now()}
    if state == ReportState.CLOSED:
        values["closed_at"] = timezone.now()
    if state in (ReportState.DISPATCHED, ReportState.ON_SCENE):
        values["assignee"] = officer
    if state == ReportState.DUPLICATE:
        values["duplicate_of"] = make.make_report(unit, "Yang pertama")
    if state == ReportState.REFERRED:
        values["referred_to"] = "PLN"
    Report.objects.filter(pk=report.pk).update(**values)
    return reload_report(report)


def reload_report(report):
    return Report.objects.select_related("unit", "category").get(pk=report.pk)


def page_url(name, report):
    return reverse(f"reports:{name}", args=[report.pk])


def detail_url(report):
    return page_url("report_detail", report)


def messages_in(response):
    """The messages on the page that `response` shows."""
    return " ".join(str(message) for message in response.context["messages"])
