"""Pages that belong to no app: home, manifest, health check, and what is shown on an error."""

import sys

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ObjectDoesNotExist, TooManyFilesSent
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe
from django.views.defaults import page_not_found

from accounts.middleware import typed_context
from accounts.roles import Action
from kamtibmas_site.context_processors import site
from kamtibmas_site.middleware import too_large
from kamtibmas_site.outage import RETRY_AFTER_SECONDS, database_away
from reports.filters import OPEN
from reports.forms.public import SearchForm
from reports.forms.track import CodeForm
from reports.rights import works_at_desk
from reports.views.public import answer_without_words, offered_categories
from toolkit.database.silence import hurry
from toolkit.outage import AWAY, is_database_away
from toolkit.outbox.answers import is_from_outbox, not_the_owner

OFTEN_REPORTED = 8
HEALTH_SECONDS = 1.5


@login_not_required
@gzip_page
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Redirects officers to the page their work begins with. Citizens see how to report."""
    if not request.user.is_authenticated:
        often = offered_categories(request)[:OFTEN_REPORTED]
        forms = {"search": SearchForm(), "track": CodeForm()}
        return render(request, "home.html", {"often": often, **forms})
    actions = request.user.scope.actions
    if Action.REVIEW in actions:
        return redirect("patrols:tonight")
    if Action.MANAGE in actions and Action.LOG not in actions:
        return redirect("admin:index")
    if works_at_desk(request.user):
        return redirect(f"{reverse('reports:report_list')}?state={OPEN}")
    return redirect("patrols:my_day")


@login_not_required
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """200 `ok` if the database answers, else 503. For monitoring."""
    try:
        with hurry(HEALTH_SECONDS), connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            cursor.fetchone()
    except AWAY:
        response = HttpResponse("no database\n", status=503, content_type="text/plain")
        response.headers["Retry-After"] = RETRY_AFTER_SECONDS
        return response
    return HttpResponse("ok\n", content_type="text/plain")


@login_not_required
def server_error(request: HttpRequest) -> HttpResponse:
    """500, or 503 if the database does not answer, or 404 where a row went between the look at it
    and its lock, as where two people remove it at once."""
    exception = sys.exc_info()[1]
    if is_database_away(exception):
        return database_away(request)
    if isinstance(exception, ObjectDoesNotExist):
        return page_not_found(request, exception)
    return HttpResponse(render_to_string("500.html", site(request)), status=500)


@login_not_required
def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400, or 413 with the way back to the form where there were too many files, or 503 where the
    session could not be stored.

    Rendered without the request, whose body may be what could not be read.
    """
    if isinstance(exception, TooManyFilesSent):
        return too_large(request)
    if is_database_away(exception):
        return database_away(request)
    return HttpResponse(render_to_string("400.html", site(request)), status=400)


@login_not_required
def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The page was open for too long, or the browser refuses cookies. Shows what was typed, but not
    to somebody who leaves quickly."""
    if without := answer_without_words(request):
        return without
    if is_from_outbox(request):
        return not_the_owner()
    context = {"back": request.path, **typed_context(request)}
    return render(request, "403_csrf.html", context, status=403)
