from django.urls import reverse

from tests.programs.test_forums import forum  # noqa: F401


def test_the_qr_and_its_address(sign_in, officer, forum):  # noqa: F811
    page = sign_in(officer).get(reverse("programs:forum_code", args=[forum.pk])).content.decode()
    assert "<svg" in page
    assert f"http://testserver/programs/qr/{forum.key}/" in page
