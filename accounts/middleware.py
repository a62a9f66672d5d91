"""Who asks: what a page answers to somebody who is not signed in, and whose name history keeps."""

from contextlib import suppress
from typing import Any

from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import Resolver404, resolve, reverse
from django.views.decorators.debug import sensitive_variables
from pghistory.middleware import HistoryMiddleware

from toolkit.outage import AWAY, does_without_database
from toolkit.outbox.answers import HEADER, is_from_outbox, not_the_owner

# Hidden fields, which nobody typed, and secrets, which no page shows.
NOT_SHOWN = {"csrfmiddlewaretoken", "client_uuid", "seen", "device_at", "sent_at", "shown_at"}
NOT_SHOWN |= {"lat", "lon", "accuracy_m", "kind", "step", "next", "action", "theme", "visit"}
# Choices: they send code words, which tell a person nothing.
NOT_SHOWN |= {"category", "when", "privacy", "about_unit", "priority", "source", "purpose"}
NOT_SHOWN |= {"outcome", "state", "status", "role", "nights", "is_public", "is_sealed", "replaces"}
SHORTEST_SHOWN, MOST_SHOWN = 3, 40


class SignInMiddleware(LoginRequiredMiddleware):
    """GET leads to the sign-in, as Django does it. A POST is answered with what was typed."""

    def process_view(
        self,
        request: HttpRequest,
        view_func: Any,
        view_args: tuple[Any, ...],
        view_kwargs: dict[Any, Any],
    ) -> Any:
        # Django asks for the person first, which a page for everybody may not need: the quick exit
        # works while the database is away.
        if not getattr(view_func, "login_required", True):
            return None
        # Before anything else is said: somebody else's item gets no answer of its own.
        if is_from_outbox(request) and request.headers[HEADER] != str(request.user.pk):
            return not_the_owner()
        return super().process_view(request, view_func, view_args, view_kwargs)

    def handle_no_permission(self, request: HttpRequest, view_func: Any) -> Any:
        if request.method != "POST":
            return super().handle_no_permission(request, view_func)
        return session_ended(request)


class PersonOfHistory(HistoryMiddleware):
    """Notes who changed something; nobody where a page has to do without the database."""

    def get_context(self, request: HttpRequest) -> dict[str, Any]:
        try:
            return super().get_context(request)
        except AWAY:
            with suppress(Resolver404):
                if does_without_database(resolve(request.path_info).func):
                    return {"user": None, "url": request.path}
            raise


@sensitive_variables("context")
def session_ended(request: HttpRequest) -> HttpResponse:
    """Says that the session has ended (401), with the words to copy and the way back.

    After signing in, the address is asked by GET: a page that only takes POST leads to the page it
    belongs to (`toolkit.ui.requests.post_only`).
    """
    context = {"next": request.get_full_path(), **typed_context(request)}
    return render(request, "401.html", context, status=401)


def typed_context(request: HttpRequest) -> dict[str, Any]:
    """For `components/typed_words.html`. `is_lost`: the forms of the admin keep no words."""
    is_lost = request.path.startswith(reverse("admin:index"))
    return {"typed": typed_words(request), "is_lost": is_lost}


def typed_words(request: HttpRequest) -> list[str]:
    """The texts of a sent form, in its order, without what the page itself put in."""
    try:
        sent = list(request.POST.lists())
    except Exception:  # the body is broken: there is nothing to show
        return []
    return [
        value.strip()
        for name, values in sent
        if name not in NOT_SHOWN and "password" not in name
        for value in values
        if len(value.strip()) >= SHORTEST_SHOWN and not value.strip().isdecimal()
    ][:MOST_SHOWN]
