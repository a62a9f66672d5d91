"""A POST after the session has ended: nothing typed is lost, and the way leads back."""

from urllib.parse import parse_qs, urlsplit

import pytest
from django.urls import reverse

from patrols.models import LogEntry


@pytest.fixture
def path(running_duty):
    return reverse("patrols:entry_add", args=[running_duty.pk])


def test_the_answer_shows_the_words_to_copy(client, path):
    answer = client.post(path, {"kind": "note", "text": "Warga <b>lapor</b> pagar rusak"})
    html = answer.content.decode()
    assert answer.status_code == 401
    assert "Warga &lt;b&gt;lapor&lt;/b&gt; pagar rusak" in html
    assert "data-unsaved" in html
    assert not LogEntry.objects.filter(kind="note").exists()


def test_what_the_page_itself_put_in_is_not_shown(client, path):
    sent = {
        "csrfmiddlewaretoken": "x" * 64,
        "client_uuid": "b0b5b6a4-0f8e-4dbe-9a47-7b1d7a5c3c11",
        "lat": "-6.147800",
        "password1": "rahasia-sekali",
        "people_count": "12",
        "category": "noise_dispute",
        "privacy": "anonymous",
        "text": "Hanya ini",
    }
    html = client.post(path, sent).content.decode()
    assert "Hanya ini" in html
    for hidden in ("xxxx", "b0b5b6a4", "-6.1478", "rahasia", "noise_dispute", "anonymous"):
        assert hidden not in html


def test_signing_in_leads_back_to_the_page(client, path, sign_in, officer):
    html = client.post(path, {"kind": "note", "text": "Satu"}).content.decode()
    link = html.partition(f'href="{reverse("account_login")}')[2].partition('"')[0]
    back = parse_qs(urlsplit(link).query)["next"][0]
    assert sign_in(officer).get(back).status_code == 200


@pytest.mark.parametrize(
    "name", ["check_in", "duty_nil", "duty_start", "checkpoint_leave", "attendance_all"]
)
def test_a_tap_leads_back_to_its_page(name, client, running_duty, sign_in, officer):
    tap = reverse(f"patrols:{name}", args=[running_duty.pk])
    assert client.post(tap).status_code == 401
    answer = sign_in(officer).get(tap, follow=True)
    assert answer.status_code == 200
    assert answer.redirect_chain


def test_a_broken_body_is_no_error(client, path):
    answer = client.post(path, b"--x\r\nbroken", content_type="multipart/form-data; boundary=x")
    assert answer.status_code in (400, 401)


@pytest.mark.django_db
@pytest.mark.parametrize(("path", "is_kept"), [("/patrols/duties/1/", True), ("/admin/x/", False)])
def test_words_of_the_admin_are_not_said_to_come_back(client, path, is_kept):
    html = client.post(path, {"name": "Bu Tini, RT 03"}).text
    assert "Bu Tini, RT 03" in html
    assert ("muncul lagi setelah Anda masuk" in html) is is_kept
    assert ('<p class="soft no-js">' in html) is is_kept
