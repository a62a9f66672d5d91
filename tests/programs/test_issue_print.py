from django.urls import reverse

from tests import factories as make
from tests.programs.test_issues import issue, promise  # noqa: F401
from tests.two_people import words_of

URL = reverse("programs:issue_print")


def test_the_list_to_be_read_out(sign_in, officer, issue, units):  # noqa: F811
    promise(issue, officer, answer="Pasang lampu")
    make.make_issue(units.polsek, officer, "Sepi")
    words = words_of(sign_in(officer).get(URL))
    for part in (issue.number, "Jalan gelap", "Pasang lampu", "Kanit Binmas, sampai", "Sepi"):
        assert part in words
    assert "Sepi" not in words_of(sign_in(officer).get(URL, {"state": "promised"}))


def test_empty(sign_in, officer):
    assert "Tidak ada keluhan" in words_of(sign_in(officer).get(URL))


def test_queries(sign_in, officer, units, django_assert_max_num_queries):
    for number in range(30):
        make.make_issue(units.polsek, officer, f"Keluhan {number}")
    client = sign_in(officer)
    with django_assert_max_num_queries(8):
        client.get(URL)
