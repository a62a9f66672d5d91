"""Who may see and change which rows in the admin."""

from typing import Any, Protocol, cast

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest

from territory.rights import MANAGE, manages_all
from territory.scope import Scope, UnitRow


class Manager(Protocol):
    pk: Any
    is_superuser: bool

    @property
    def scope(self) -> Scope: ...

    def may(self, action: Any, row: UnitRow) -> bool: ...


def person(request: HttpRequest) -> Manager:
    return cast(Manager, request.user)


def manages_everywhere(request: HttpRequest) -> bool:
    """Superusers and administrators of Mabes."""
    return manages_all(person(request))


def narrowed(rows: QuerySet[Any], user: Manager, unit_path: str) -> QuerySet[Any]:
    """The rows that the model's own scope method allows, in the units the person manages."""
    for method in ("in_scope", "visible_to"):
        if hasattr(rows, method):
            rows = getattr(rows, method)(user)
            break
    condition = user.scope.rows(f"{unit_path}__" if unit_path else "", action=MANAGE)
    return rows.none() if condition is None else rows.filter(condition)


def choices_for(site: admin.AdminSite, model: type[Model], request: HttpRequest) -> QuerySet[Any]:
    """What the person may choose of a model: the rows its own admin would list."""
    return site.get_model_admin(model).get_queryset(request)
