from django.urls import reverse

from programs.models import ResidentIssue
from tests.programs.test_issues import issue  # noqa: F401
from tests.two_people import words_of


def test_why_not(sign_in, officer, issue):  # noqa: F811
    client, url = sign_in(officer), reverse("programs:issue_explain", args=[issue.pk])
    assert set(client.post(url, {}).context["form"].errors) == {"why", "answer"}
    body = {"why": "not_ours", "answer": "Lampu jalan di Dishub; surat dikirim lurah"}
    assert client.post(url, body).status_code == 302
    assert ResidentIssue.objects.get().state == "explained"
    page = words_of(client.get(reverse("programs:issue_detail", args=[issue.pk])))
    assert "Bukan wewenang polisi" in page
    assert "Lampu jalan di Dishub" in page
