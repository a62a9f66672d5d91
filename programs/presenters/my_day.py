"""What community work adds to an officer's day."""

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from patrols.extensions import Deed
from programs.rights import may_log_activity


def activity_deeds(user: User) -> list[Deed]:
    if not may_log_activity(user):
        return []
    return [
        Deed(reverse("programs:activity_add"), "house-plus", _("Log a visit or activity")),
        Deed(reverse("programs:issue_add"), "message-square-plus", _("Write down a complaint")),
    ]


def activity_pages(user: User) -> list[str]:
    if not may_log_activity(user):
        return []
    return [reverse("programs:activity_add"), reverse("programs:issue_add")]
