from django.urls import reverse

from programs.models import Forum
from tests.programs.test_forums import forum  # noqa: F401


def test_called_off(sign_in, officer, forum):  # noqa: F811
    url = reverse("programs:forum_cancel", args=[forum.pk])
    for _tap in range(2):
        assert sign_in(officer).post(url).status_code == 302
    assert Forum.objects.get().state == "cancelled"
