from territory.admin.units import AreaAdmin, BoundaryAdmin, UnitAdmin, UnitAreaAdmin

__all__ = ["AreaAdmin", "BoundaryAdmin", "UnitAdmin", "UnitAreaAdmin"]
