from programs.admin import activities, forums, issues, sheets

__all__ = ["activities", "forums", "issues", "sheets"]
