import pytest
from django.urls import reverse

THEME_SET = reverse("accounts:theme_set")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_choice_holds_on_the_next_page(sign_in, officer, theme):
    client = sign_in(officer)
    back = reverse("accounts:more")
    answer = client.post(
        THEME_SET, {"theme": theme}, headers={"referer": f"http://testserver{back}"}
    )
    assert answer.url.endswith(back)
    assert f'data-theme="{theme}"' in client.get(back).content.decode()


def test_as_the_device_again(client, db):
    client.post(THEME_SET, {"theme": "dark"})
    client.post(THEME_SET, {"theme": ""})
    assert "data-theme" not in client.get(reverse("account_login")).content.decode()


def test_other_words_and_foreign_pages_are_ignored(client, db):
    answer = client.post(
        THEME_SET, {"theme": '"><script>'}, headers={"referer": "https://jahat.example/"}
    )
    assert answer.url == "/"
    assert "theme" not in answer.cookies


def test_asked_with_get_changes_nothing(client, db):
    answer = client.get(THEME_SET, {"theme": "dark"})
    assert answer.url == reverse("accounts:more")
    assert "theme" not in answer.cookies
