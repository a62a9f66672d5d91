"""What an address or a form asks of the admin, where no page of ours would ask it."""

from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.http import HttpRequest

from toolkit.keys import row_key

# What the links of Django's list filters end in; "" is the column itself.
LOOKUPS = frozenset({"", "exact", "id__exact", "pk__exact", "isnull", "gte", "lt"})


def asks_oddly(request: HttpRequest) -> bool:
    """Whether a list is asked what PostgreSQL refuses: a NUL character, or keys that are none."""
    has_nul = any("\0" in f"{key}{value}" for key, value in request.GET.items())
    return has_nul or any(
        row_key(key) is None for key in request.POST.getlist(ACTION_CHECKBOX_NAME)
    )
