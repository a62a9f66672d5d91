import pytest
from django.urls import reverse

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("who", "begins_at"),
    [
        ("officer", "patrols:my_day"),
        ("volunteer", "patrols:my_day"),
        ("operator", "patrols:my_day"),
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


def test_a_stranger_is_asked_to_sign_in(client):
    response = client.get(reverse("home"))
    assert response.url == f"{reverse('account_login')}?next=/"
