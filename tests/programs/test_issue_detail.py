from django.urls import reverse

from programs.services import issues
from tests import factories as make
from tests.programs.test_issues import finish, issue, mate, promise  # noqa: F401
from tests.two_people import words_of


def url(row):
    return reverse("programs:issue_detail", args=[row.pk])


def names(answer):
    return [button.step for button in answer.context["buttons"]]


def test_the_steps_that_are_allowed(sign_in, officer, mate, issue, admin_user):  # noqa: F811
    assert names(sign_in(officer).get(url(issue))) == ["promise", "explain"]
    promise(issue, officer, owner=officer)
    assert names(sign_in(officer).get(url(issue))) == ["do", "promise", "explain"]
    answer = sign_in(mate).get(url(issue))
    assert names(answer) == ["promise", "explain"]
    assert "Menunggu" in words_of(answer)
    issues.finish_issue(issue=issue, by=officer, answer="Sudah")
    answer = sign_in(officer).get(url(issue))
    assert names(answer) == []
    assert "orang lain yang mengecek" in words_of(answer)
    assert names(sign_in(mate).get(url(issue))) == ["verify"]
    assert names(sign_in(admin_user).get(url(issue))) == []


def test_the_timeline_says_who_and_what(sign_in, officer, mate, issue):  # noqa: F811
    finish(issue, officer)
    issues.verify_issue(issue=issue, by=mate, text="Terang", is_residents_word=True)
    words = words_of(sign_in(officer).get(url(issue)))
    for part in ("Disampaikan warga", "Lampu dipasang", "Bhabin Dua", "Terang", "menurut warga"):
        assert part in words


def test_it_leads_to_its_activity_and_report(sign_in, officer, units):
    make.make_category("other")
    activity = make.make_activity(units.polsek, officer)
    found = make.make_issue(units.polsek, officer, activity=activity)
    report, _ = issues.report_issue(issue=found, by=officer)
    page = sign_in(officer).get(url(found)).content.decode()
    assert reverse("programs:activity_detail", args=[activity.pk]) in page
    assert reverse("reports:report_detail", args=[report.pk]) in page
    page = sign_in(officer).get(reverse("reports:report_detail", args=[report.pk]))
    assert url(found) in page.content.decode()


def test_queries(sign_in, officer, issue, django_assert_max_num_queries):  # noqa: F811
    client = sign_in(officer)
    promise(issue, officer)
    with django_assert_max_num_queries(8):
        client.get(url(issue))
