"""Counts of several kinds of rows for one page, in one statement."""

from collections.abc import Mapping
from typing import Any

from django.db.models import IntegerField, QuerySet, Subquery

from accounts.models import User
from territory.scope import unscoped
from toolkit.paging import CappedCount

CAP = 1000


class _Capped(Subquery):
    template = "(SELECT COUNT(*) FROM (%(subquery)s) AS capped)"
    output_field = IntegerField()
    empty_result_set_value = 0

    def __init__(self, rows: QuerySet[Any]) -> None:
        super().__init__(rows.values("pk")[: CAP + 1])


def capped_counts(user: User, rows: Mapping[str, QuerySet[Any]]) -> dict[str, CappedCount]:
    """How many there are of each, by its name. The order of the rows is that of their list, whose
    index then serves the count too (`toolkit.paging.capped_count`)."""
    counts = (
        unscoped(User.objects, "the one row that carries the counts")
        .filter(pk=user.pk)
        .values_list(*(_Capped(counted) for counted in rows.values()))
        .get()
    )
    return {
        name: CappedCount(min(number, CAP), number > CAP)
        for name, number in zip(rows, counts, strict=True)
    }
