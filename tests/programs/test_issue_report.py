from django.urls import reverse

from reports.models import Report
from territory.models import UnitArea
from tests import factories as make
from tests.programs.test_issues import issue  # noqa: F401
from tests.two_people import words_of


def test_one_tap_makes_one_report(sign_in, officer, issue):  # noqa: F811
    make.make_category("other")
    client, url = sign_in(officer), reverse("programs:issue_report", args=[issue.pk])
    found = {client.post(url).url for _tap in range(2)}
    report = Report.objects.get()
    assert found == {reverse("reports:report_detail", args=[report.pk])}


def test_without_any_category_it_says_so(sign_in, officer, issue):  # noqa: F811
    url = reverse("programs:issue_report", args=[issue.pk])
    answer = sign_in(officer).post(url, follow=True)
    assert "Belum ada jenis gangguan" in words_of(answer)
    assert not Report.objects.exists()


def test_one_that_another_unit_answers_for(sign_in, officer, units):
    make.make_category("other")
    village = make.make_area("31.73.04.1001", "Duri")
    UnitArea.objects.create(area=village, unit=units.polsek_neighbour)
    found = make.make_issue(units.polsek, officer, village=village)
    url = reverse("programs:issue_report", args=[found.pk])
    assert sign_in(officer).post(url).url == reverse("programs:issue_detail", args=[found.pk])
    assert Report.objects.get().unit == units.polsek_neighbour
