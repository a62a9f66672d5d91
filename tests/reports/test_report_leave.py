import pytest
from django.urls import reverse

from reports.views.code_cookie import NAME
from tests import factories as make
from tests.reports.citizen import give_code

pytestmark = pytest.mark.django_db
AREAS = reverse("reports:area_search")


def test_away_at_once_and_nothing_stays(client, django_assert_num_queries):
    give_code(client, "LW-7F3K-92QX-4MPD")
    client.cookies["csrftoken"] = "k" * 32
    with django_assert_num_queries(0):
        answer = client.get(reverse("reports:report_leave"))
    assert (answer.status_code, answer.url) == (302, "https://www.bmkg.go.id/")
    assert answer["Referrer-Policy"] == "no-referrer"
    assert '"storage"' in answer["Clear-Site-Data"]
    assert "no-store" in answer["Cache-Control"]
    left = {name: (cookie.value, cookie["max-age"]) for name, cookie in answer.cookies.items()}
    ours = (NAME, "isian", "csrftoken", "sessionid", "messages", "theme")
    assert left == dict.fromkeys(ours, ("", 0))


@pytest.mark.parametrize("cookies", ["a[b]=1", "=", "a b=c", "\xe9=\xe9", "laporan", ";;;"])
def test_odd_cookies_of_others_are_left_alone(client, cookies):
    answer = client.get(reverse("reports:report_leave"), HTTP_COOKIE=cookies)
    assert answer.status_code == 302
    assert len(answer.cookies) == 6


def test_no_cookie_of_a_visit_outlives_the_browser(client):
    client.get(reverse("home"))
    assert {name: cookie["max-age"] for name, cookie in client.cookies.items()} == {"csrftoken": ""}


# Names of villages while typing: area_search


def test_names_to_choose_from(client, django_assert_num_queries):
    make.make_area("31.73", "Jakarta Barat")
    make.make_area("31.73.04", "Tambora")
    make.make_area("31.73.04.1005", "Duri Utara")
    with django_assert_num_queries(1):
        answer = client.post(AREAS, {"village_name": "duri"})
    assert answer.json() == ["Duri Utara, Tambora, Jakarta Barat"]
    assert len(answer.content) < 2000
    assert client.get(AREAS).url == reverse("reports:report_send")
    for odd in ("", "d", "\x00", "%", "x" * 10_000, "duri\x00"):
        assert client.post(AREAS, {"village_name": odd}).status_code == 200


@pytest.mark.parametrize(
    "typed",
    [
        "duri utara tambora jakarta barat",
        "tambora, jakarta barat, duri utara",
        "kel. duri utara rt 05/03 kec. tambora",
        "dekat warung bu siti di gang tambora dekat jembatan lama",
        " ".join(["duri"] * 50),
        ", ".join(["duri"] * 50),
    ],
)
def test_issue_8_line_13_a_search_is_one_query(client, typed, django_assert_num_queries):
    make.make_area("31.73", "Jakarta Barat")
    make.make_area("31.73.04", "Tambora")
    make.make_area("31.73.04.1005", "Duri Utara")
    with django_assert_num_queries(1):
        client.post(AREAS, {"village_name": typed})


@pytest.mark.parametrize("typed", ["", "du", "d.", "\x00"])
def test_two_letters_ask_nothing(client, typed, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert client.post(AREAS, {"village_name": typed}).json() == []
