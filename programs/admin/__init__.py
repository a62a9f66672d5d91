from programs.admin import activities, forums, instructions, issues, sheets

__all__ = ["activities", "forums", "instructions", "issues", "sheets"]
