"""Which tables the site's role only adds rows to, and which it only reads."""

from collections.abc import Collection
from typing import Any, TypeVar

from django.apps import apps
from django.db.models import Model

M = TypeVar("M", bound=type[Model])

# The columns that may change in rows of an append-only table, by the label of the model. Models of
# packages stand here, ours say it with @append_only; tables of pghistory's events need neither.
_models: dict[str, frozenset[str]] = {
    "admin.LogEntry": frozenset(),
    "pghistory.Context": frozenset(),
}
# Those of the above whose old rows the site deletes.
_deleted: set[str] = set()
# Only the owner writes them, while it migrates.
READ_ONLY = frozenset({"django_migrations", "django_content_type", "auth_permission"})


def append_only(*, may_change: Collection[str] = (), old_go: bool = False) -> Any:
    """Marks a model whose rows the site changes only in the fields named, and deletes only where
    `old_go`."""

    def mark(model: M) -> M:
        _models[model._meta.label] = frozenset(may_change)
        if old_go:
            _deleted.add(model._meta.label)
        return model

    return mark


def append_only_tables() -> dict[str, frozenset[str]]:
    """The columns that may change, by table."""
    found: dict[str, frozenset[str]] = {}
    for model in apps.get_models(include_auto_created=True):
        fields = _models.get(model._meta.label)
        if fields is None and hasattr(model, "pgh_label"):  # an event of pghistory
            fields = frozenset()
        if fields is not None and model._meta.managed:
            columns = (f.column for f in model._meta.concrete_fields if f.name in fields)
            found[model._meta.db_table] = frozenset(map(str, columns))
    return found


def tables_whose_old_rows_go() -> set[str]:
    return {apps.get_model(label)._meta.db_table for label in _deleted}
