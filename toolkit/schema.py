"""What models of all apps share in the database: history and search indexes."""

from collections.abc import Callable
from typing import Any

import pghistory
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db.models import CheckConstraint, Choices, Model, Q, QuerySet
from django.db.models.functions import Upper

# The model that keeps the history of a many-to-many field, by the table between the two models.
_link_events: dict[str, type[Model]] = {}


def history(**options: Any) -> Any:
    """Keeps the old row at every update and delete, by a database trigger."""
    return pghistory.track(
        pghistory.UpdateEvent(row=pghistory.Old), pghistory.DeleteEvent(), **options
    )


def past_rows(model: type[Model]) -> QuerySet[Any, Any]:
    """The old rows that `history` keeps; `pgh_created_at` is when each stopped being so."""
    found: QuerySet[Any, Any] = model.pgh_event_model.objects.all()  # type: ignore[attr-defined]
    return found


def link_history(name: str) -> Callable[[type[Model]], type[Model]]:
    """Keeps who was added to a many-to-many field and who was taken away, by database triggers.

    Decorates a proxy of the field's `through`, because migrations carry triggers of no model but
    those of the app. `name` is that of the new model. The triggers run once a statement, so that
    loading many rows stays fast.
    """

    def track(proxy: type[Model]) -> type[Model]:
        events = pghistory.create_event_model(
            proxy,
            pghistory.InsertEvent(),
            pghistory.DeleteEvent(),
            obj_field=None,  # type: ignore[arg-type]  # documented for such proxies
            model_name=name,
            app_label=proxy._meta.app_label,
            abstract=False,
            level=pghistory.Statement,
        )
        _link_events[proxy._meta.db_table] = events
        return proxy

    return track


def link_events(through: type[Model]) -> type[Model] | None:
    """The model that keeps the history of the `through` of a many-to-many field, if there is one.

    Its rows have the two keys of `through`, and `pgh_label` is "insert" or "delete".
    """
    return _link_events.get(through._meta.db_table)


class OneOf(CheckConstraint):
    """The choices of a field, for what is written past its form: SQL by hand, a bulk update."""

    def validate(self, *arguments: Any, **options: Any) -> None:
        """The field does it when a form is checked, without asking the database."""


def one_of(prefix: str, field: str, choices: type[Choices], *, or_blank: bool = False) -> OneOf:
    """For the constraints of a model: ``one_of("duty", "state", DutyState)``."""
    values = [*([""] if or_blank else []), *choices.values]
    return OneOf(name=f"{prefix}_{field}_known", condition=Q(**{f"{field}__in": values}))


def trigram_index(name: str, field: str) -> GinIndex:
    """For searching inside a text, which Django writes as ``UPPER(field) LIKE UPPER(%…%)``."""
    return GinIndex(OpClass(Upper(field), name="gin_trgm_ops"), name=name)


# The function by which triggers of the history note who acted. pghistory's own overwrites the row
# of a context; here what was noted first stays, because the site's role may not change contexts.
KEEP_CONTEXT = """
CREATE OR REPLACE FUNCTION _pgh_attach_context() RETURNS pghistory_context.id%TYPE AS $$
DECLARE
    noted_id uuid := nullif(current_setting('pghistory.context_id', true), '');
    noted jsonb := nullif(current_setting('pghistory.context_metadata', true), '');
BEGIN
    IF noted_id IS NULL OR noted IS NULL THEN
        RETURN NULL;
    END IF;
    INSERT INTO pghistory_context (id, metadata, created_at, updated_at)
        VALUES (noted_id, noted, now(), now())
        ON CONFLICT (id) DO NOTHING;
    RETURN noted_id;
END
$$ LANGUAGE plpgsql
"""
