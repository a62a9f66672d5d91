"""What every list page needs: a filter, one page of rows, a count, links that keep the filter."""

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django_filters import FilterSet

from toolkit.paging import CappedCount, capped_count, keyset_page


def query_without(request: HttpRequest, name: str) -> str:
    """The query string of the request without this parameter, for links that replace it."""
    query = request.GET.copy()
    query.pop(name, None)
    return query.urlencode()


def list_context(
    request: HttpRequest,
    found: FilterSet,
    rows: QuerySet[Any],
    *,
    order: Sequence[str],
    size: int,
    cap: int = 1000,
) -> dict[str, Any]:
    """What ``components/list_page.html`` shows.

    `rows` are those of the filter `found`, with what each row of the table names. The count reads
    the filter's own rows, up to `cap`: it needs no joins. A list of one page is not read again.
    """
    page = keyset_page(rows, order=order, cursor=request.GET.get("page", ""), size=size)
    if page.is_whole_list:
        count = CappedCount(len(page.rows), is_capped=False)
    else:
        count = capped_count(found.qs, cap, order=order)
    return {
        "filter": found,
        "page": page,
        "count": count,
        "query": query_without(request, "page"),
    }
