from territory.models.areas import Area, AreaLevel
from territory.models.boundaries import Boundary
from territory.models.scoped import UnitScoped, UnitScopedQuerySet, scope_indexes, unit_stays
from territory.models.units import TimeZoneName, Unit, UnitArea, UnitKind

__all__ = [
    "Area",
    "AreaLevel",
    "Boundary",
    "TimeZoneName",
    "Unit",
    "UnitArea",
    "UnitKind",
    "UnitScoped",
    "UnitScopedQuerySet",
    "scope_indexes",
    "unit_stays",
]
