"""How views of every app refuse a request, answer one that comes another way, or lead back."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme

View = Callable[..., HttpResponseBase]


def require(allowed: bool) -> None:
    """403 for a person without the right: ``require(may_change_group(request.user, group))``."""
    if not allowed:
        raise PermissionDenied


def attempt(request: HttpRequest, action: Callable[[], object], done: str = "") -> bool:
    """Runs `action`. The next page shows `done`, or why the action was refused."""
    try:
        action()
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return False
    if done:
        messages.success(request, done)
    return True


def own_page(address: str) -> str:
    """The address that a request brought, if it is a page of this site from its root; else "".

    Every address that a request says to lead to goes through here: it may be of another site, or
    none that Python's urlsplit can read, for which it raises.
    """
    is_ours = address.startswith("/") and url_has_allowed_host_and_scheme(address, None)
    return address if is_ours else ""


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
