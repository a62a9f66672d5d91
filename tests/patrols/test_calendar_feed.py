from django.urls import reverse


def test_a_guessed_address_is_no_calendar(client, db):
    for token in ("x", "a" * 43, "ü"):
        answer = client.get(reverse("patrols:calendar_feed", args=[token]))
        assert answer.status_code == 404
