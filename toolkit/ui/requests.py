"""How views of every app answer requests that come another way than the page intends."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotAllowed
from django.shortcuts import redirect

View = Callable[..., HttpResponseBase]


def post_only(back_to: str | Callable[..., HttpResponse]) -> Callable[[View], View]:
    """For a view that only changes something: GET leads to the page the address belongs to.

    A person comes by GET after signing in again, by Back, or by reloading. `back_to` is the URL
    name of that page, which takes the same arguments, or a view that answers the GET.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if request.method == "POST":
                return view(request, *args, **kwargs)
            if request.method not in ("GET", "HEAD"):
                return HttpResponseNotAllowed(["POST"])
            page: HttpResponseBase = (
                redirect(back_to, *args, **kwargs)
                if isinstance(back_to, str)
                else back_to(request, *args, **kwargs)
            )
            return page

        return answer

    return decorate
