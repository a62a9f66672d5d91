"""The words that the search for a category knows."""

from django.db import connection

from reports.category_words import match_categories
from reports.models import Category
from territory.scope import unscoped


def build_known_words() -> None:
    """Before the web server takes requests, and its processes share what was built: the first
    search of each would wait for it. A database without tables yet has no words."""
    if Category._meta.db_table in connection.introspection.table_names():
        match_categories("x", unscoped(Category.objects.offered(), "everybody sees all"))
