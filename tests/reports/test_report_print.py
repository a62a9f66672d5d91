"""A report on paper."""

import pytest
import time_machine
from django.urls import reverse

from accounts.models import User
from reports.models import Report
from reports.services.changes import dispatch_report
from tests import factories as make
from tests.pictures import jpeg
from toolkit.photos.clean import clean_photo


def url(report):
    return reverse("reports:report_print", args=[report.pk])


@pytest.fixture
def report(units, officer, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    report = make.make_report(
        units.polsek,
        "Ribut <di> gang",
        privacy="officers",
        contact_name="Bu Kenanga",
        contact_phone="+6281299990000",
        photos=(clean_photo(jpeg()),),
    )
    dispatch_report(report=report, by=officer, assignee=officer)
    return report


@time_machine.travel("2026-11-28T16:30:00+00:00", tick=False)
def test_letterhead_photos_and_who_signs(sign_in, officer, report):
    User.objects.filter(pk=officer.pk).update(rank="bripka", nrp="87654321")
    client = sign_in(User.objects.get(pk=officer.pk))
    html = client.get(url(report)).content.decode()
    head = html.partition('letterhead">')[2].partition("</div>")[0]
    assert [name in head for name in ("Polda A", "Polres A", "Polsek A")] == [True] * 3
    assert "Ribut &lt;di&gt; gang" in html
    assert "A, 28 November 2026" in html
    assert "Mengetahui<br>Kapolsek A</p>" in html
    assert "Bripka NRP 87654321" in html
    assert reverse("reports:report_photo", args=[report.photos.get().pk, "small"]) in html
    assert 'loading="lazy"' not in html  # else the paper comes before the photo
    assert "data-print" in html
    assert (
        f'href="{url(report)}"'
        in client.get(reverse("reports:report_detail", args=[report.pk])).content.decode()
    )


def test_the_reporter_is_not_on_paper(sign_in, officer, report):
    html = sign_in(officer).get(url(report)).content.decode()
    assert "Kenanga" not in html
    assert "81299990000" not in html


def test_of_a_sealed_report_only_number_and_state(
    sign_in, keeper, units, officer, settings, tmp_path
):
    settings.MEDIA_ROOT = tmp_path
    sealed = make.make_report(
        units.polsek,
        "Rahasia benar",
        category=make.make_category("domestic_violence", is_sealed=True),
        place="Gang Sempit 5",
        photos=(clean_photo(jpeg()),),
    )
    Report.objects.filter(pk=sealed.pk).update(assignee=officer)
    html = sign_in(keeper).get(url(sealed)).content.decode()
    assert sealed.number in html
    of_it = ("Rahasia benar", "Gang Sempit 5", "/reports/photos/", "Domestic violence")
    for part in (*of_it, officer.name):
        assert part not in html
