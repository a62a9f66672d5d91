from programs.admin import activities, sheets

__all__ = ["activities", "sheets"]
