from django.urls import reverse

from programs.models import Activity
from tests.programs.test_forums import forum  # noqa: F401


def test_one_tap_makes_its_activity(sign_in, officer, forum):  # noqa: F811
    url = reverse("programs:forum_hold", args=[forum.pk])
    found = {sign_in(officer).post(url).url for _tap in range(2)}
    activity = Activity.objects.get()
    assert found == {reverse("programs:activity_detail", args=[activity.pk])}
