from territory.admin.units import AreaAdmin, UnitAdmin, UnitAreaAdmin

__all__ = ["AreaAdmin", "UnitAdmin", "UnitAreaAdmin"]
