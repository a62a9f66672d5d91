"""Finds the category that everyday words mean: «mtr ilang», «suami mukul». Pure: no query."""

from reports.category_words.search import match_categories, matches
from reports.category_words.sure import sure_category

__all__ = ["match_categories", "matches", "sure_category"]
