from operator import attrgetter
from typing import Any, cast

from django.contrib import admin
from django.db.models import Field, Model

from territory.times import moment


def local_time(model: type[Model], column: str, unit_path: str = "unit") -> Any:
    """A column of the admin that shows a time in the zone of the row's unit, with the zone's name.

    The result is a callable for `list_display` or `fields`. Any: the stubs accept names only.
    """

    @admin.display(description=cast("Field[Any, Any]", model._meta.get_field(column)).verbose_name)
    def shown(row: Any) -> str:
        return moment(getattr(row, column), attrgetter(unit_path)(row))

    shown.__name__ = column
    return shown
