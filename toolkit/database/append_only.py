"""What the site's role may do to the rows of each table: it may always read them."""

from collections.abc import Collection
from functools import cache
from typing import Any, NamedTuple, TypeVar

from django.apps import apps
from django.db.models import Model

M = TypeVar("M", bound=type[Model])

# The columns that may change in rows of an append-only table, by the label of the model. Models of
# packages stand here, ours say it with @append_only; tables of pghistory's events need neither.
_models: dict[str, frozenset[str]] = {
    "admin.LogEntry": frozenset(),
    "pghistory.Context": frozenset(),
}
# Whether rows that the site deletes change too, by the label of the model. Of packages, as above;
# ours say it with @deletable.
_deletable: dict[str, bool] = {"sessions.Session": True}
# Only the owner writes them, while it migrates.
READ_ONLY = frozenset({"django_migrations", "django_content_type", "auth_permission"})


def append_only(*, may_change: Collection[str] = ()) -> Any:
    """Marks a model whose rows the site never deletes, and changes only in the fields named."""

    def mark(model: M) -> M:
        _models[model._meta.label] = frozenset(may_change)
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


class Rights(NamedTuple):
    """What the role may do to the rows of a table. `columns` may change although rows may not."""

    insert: bool = True
    update: bool = True
    delete: bool = True
    columns: frozenset[str] = frozenset()

    def named(self) -> str:
        """As GRANT writes them."""
        words = {"INSERT": self.insert, "UPDATE": self.update, "DELETE": self.delete}
        return ", ".join(["SELECT", *(word for word, is_given in words.items() if is_given)])

    def exceeded_by(self, insert: bool, update: bool, delete: bool) -> bool:
        return insert > self.insert or update > self.update or delete > self.delete


def deletable(*, may_change: bool = True) -> Any:
    """Marks a model whose rows the site deletes; it deletes no others."""

    def mark(model: M) -> M:
        _deletable[model._meta.label] = may_change
        return model

    return mark


def rights(table: str) -> Rights:
    return _rights_of_models().get(table, Rights())  # such as the table of the cache


@cache
def _rights_of_models() -> dict[str, Rights]:
    found = {}
    for model in apps.get_models(include_auto_created=True):
        options = model._meta
        if options.auto_created:  # its rows are added and taken away, and the history notes both
            found[options.db_table] = Rights(update=False)
        elif options.managed and not options.proxy:
            may_change = _deletable.get(options.label)
            is_deletable = may_change is not None
            found[options.db_table] = Rights(update=may_change is not False, delete=is_deletable)
    for table, columns in append_only_tables().items():
        found[table] = Rights(update=False, delete=False, columns=columns)
    return found | dict.fromkeys(READ_ONLY, Rights(insert=False, update=False, delete=False))
