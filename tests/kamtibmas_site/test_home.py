import re

import pytest
from django.urls import reverse

from tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("who", "begins_at"),
    [
        ("officer", "patrols:my_day"),
        ("volunteer", "patrols:my_day"),
        ("nobody", "patrols:my_day"),
        ("commander", "patrols:tonight"),
        ("superuser", "patrols:tonight"),
        ("admin_user", "admin:index"),
    ],
)
def test_everybody_begins_where_their_work_is(client, request, who, begins_at):
    client.force_login(request.getfixturevalue(who))
    response = client.get(reverse("home"))
    assert response.status_code == 302
    assert response.url == reverse(begins_at)


def test_an_operator_begins_with_what_is_open_and_the_button_has_the_focus(client, operator, chief):
    client.force_login(operator)
    response = client.get(reverse("home"), follow=True)
    [(url, _status)] = response.redirect_chain
    assert url == f"{reverse('reports:report_list')}?state=open"
    [focused] = re.findall(r"<[^>]*autofocus[^>]*>", response.content.decode())
    assert f'href="{reverse("reports:report_new")}"' in focused
    # Not where somebody filters, nor for others.
    assert "autofocus" not in client.get(f"{url}&q=ribut").content.decode()
    client.force_login(chief)
    assert "autofocus" not in client.get(url).content.decode()


def test_a_key_takes_down_a_report_from_every_page(client, operator, admin_user, volunteer):
    for user, has_key in ((operator, True), (admin_user, False), (volunteer, False)):
        client.force_login(user)
        html = client.get(reverse("accounts:more")).content.decode()
        assert ('accesskey="c"' in html) == has_key
        assert ("(Alt+Shift+C)" in html) == has_key


def test_a_stranger_may_report_and_look_in(client, django_assert_num_queries):
    make.make_category("vehicle_theft", label="Motor hilang")
    with django_assert_num_queries(1):
        response = client.get(reverse("home"))
    page = response.content.decode()
    assert page.index('href="tel:110"') < page.index("Motor hilang") < page.index('name="code"')
    assert 'name="category" value="vehicle_theft"' in page
    assert f'action="{reverse("reports:report_send")}"' in page
    assert f'action="{reverse("reports:report_track")}"' in page
    assert f'href="{reverse("account_login")}"' in page
    assert "no-store" in response["Cache-Control"]
    assert set(client.cookies) == {"csrftoken"}


def test_home_shows_the_most_frequent_only(client):
    for order in range(12):
        make.make_category(f"kind_{order}", order=order)
    make.make_category("old", label="Tidak dipakai", order=0, is_active=False)
    page = client.get(reverse("home")).content.decode()
    assert page.count('name="category"') == 8
    assert "Tidak dipakai" not in page


def test_the_first_page_loads_no_script_it_does_not_need(client):
    page = client.get(reverse("home")).content.decode()
    assert re.findall(r"/js/([\w/]+)\.js", page) == ["behaviours/find_kinds", "site"]
