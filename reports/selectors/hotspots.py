"""The hotspots (titik rawan) of a unit."""

from collections.abc import Sequence

from reports.models import Hotspot
from territory.models import Unit
from territory.scope import rows_below, unscoped

MOST_SEEN = 100


def hotspots_to_see(unit: Unit) -> Sequence[Hotspot]:
    """Those in use, for a map to pick a place on."""
    rows = unscoped(Hotspot.objects.active(), "the unit was reached through its scope")
    rows = rows.filter(rows_below(unit), lat__isnull=False)
    return list(rows.order_by("name", "pk")[:MOST_SEEN])
