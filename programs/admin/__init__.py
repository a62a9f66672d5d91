from programs.admin import activities, instructions, sheets

__all__ = ["activities", "instructions", "sheets"]
