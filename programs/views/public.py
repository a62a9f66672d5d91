"""What residents see who scan the QR of a meeting. Nobody signs in, and no name is asked."""

from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from programs.forms.forums import SayForm, SignInForm
from programs.models import Forum
from programs.selectors.forums import forum_of_key, published_issues
from programs.services.forums import hear_resident, sign_in_resident
from programs.services.issues import IssueConflict
from reports.views.throttle import Limit, allows, refuse_if_used_up
from toolkit.idempotency.fields import as_new_form
from toolkit.ui.requests import post_only

# Everybody in a hall may share one address.
WORDS = Limit("forum", 20, 600, devices=100)
SIGN_INS = Limit("sign_in", 5, 600, devices=400)
COOKIE = "hadir"
COOKIE_AGE = timedelta(days=1)


def get_open_forum_or_404(key: UUID) -> Forum:
    forum = forum_of_key(key)
    if forum is None:
        raise Http404
    return forum


@login_not_required
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def forum_open(request: HttpRequest, key: UUID) -> HttpResponse:
    """What was answered, and until some hours after the meeting the form for what residents say."""
    forum = get_open_forum_or_404(key)
    is_sent = request.method == "POST"
    form = SayForm(request.POST if is_sent else None, forum=forum)
    status = 200
    if is_sent and refuse_if_used_up(request, WORDS, form):
        status = 429
    elif is_sent and form.is_valid():
        try:
            issue, _is_new = hear_resident(draft=form.draft())
        except IssueConflict:
            form = SayForm(as_new_form(request), forum=forum)
            words = _("Something else was sent from this form already. Send again if this is new.")
            messages.warning(request, words)
            status = 409
        except ValidationError as error:
            form.add_error(None, error)
        else:
            said = _("Thank you. It is number %(number)s; the answer will stand on this page.")
            messages.success(request, said % {"number": issue.number})
            return redirect("programs:forum_open", key)
    context = {
        "forum": forum,
        "form": form,
        "sign_in": SignInForm(),
        "takes_words": forum.takes_words(),
        "takes_sign_ins": forum.takes_sign_ins(),
        "is_signed_in": _is_signed_in(request, forum),
        "issues": published_issues(forum),
        "nav": None,
    }
    return render(request, "programs/forum_open.html", context, status=status)


def _is_signed_in(request: HttpRequest, forum: Forum) -> bool:
    """Whether this browser has signed in here: its cookie holds the meeting, and no person."""
    return request.get_signed_cookie(COOKIE, default="", max_age=COOKIE_AGE) == str(forum.key)


@login_not_required
@post_only("programs:forum_open")
def forum_attend(request: HttpRequest, key: UUID) -> HttpResponse:
    """Counts who is there, once for each browser."""
    forum = get_open_forum_or_404(key)
    response = redirect("programs:forum_open", key)
    form = SignInForm(request.POST)
    if _is_signed_in(request, forum):
        return response
    form.is_valid()  # an RW that cannot be read counts as none
    if not allows(request, SIGN_INS):
        messages.error(request, _("Too much has come from this connection. Wait some minutes."))
        return response
    data = form.cleaned_data
    try:
        sign_in_resident(forum=forum, client_uuid=data["client_uuid"], rw=data.get("rw"))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return response
    messages.success(request, _("You are counted. Thank you for coming."))
    response.set_signed_cookie(
        COOKIE,
        str(forum.key),
        max_age=COOKIE_AGE,
        httponly=True,
        samesite="Lax",
        secure=not settings.PLAIN_HTTP,
    )
    return response
