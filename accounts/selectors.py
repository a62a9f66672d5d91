from django.utils.translation import gettext

from accounts.models import Posting
from territory.models import Unit


def nobody_opens_sealed(unit: Unit) -> str:
    """A warning for the unit's page where nobody can read its sealed reports, else ""."""
    if Posting.objects.opening_sealed(unit).exists():
        return ""
    return gettext("No commander here can open sealed reports: give one the permission.")
