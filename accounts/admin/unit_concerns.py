"""What the admin's page of a unit says about the people posted there."""

from django.utils.translation import gettext

from accounts.models import Posting
from territory.models import Unit


def nobody_opens_sealed(unit: Unit) -> str:
    """A warning where nobody can read the unit's sealed reports, else ""."""
    if Posting.objects.opening_sealed(unit).exists():
        return ""
    return gettext("No commander here can open sealed reports: give one the permission.")
