"""Links with which people set their password, and who let whom in."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from accounts.filters import AccessFilter
from accounts.forms import LinkForm
from accounts.models import Posting, User
from accounts.rights import SEALED_WAIT, may_confirm, may_confirm_person, may_read_access
from accounts.selectors.waiting import Seconds, waiting_people, waiting_postings
from accounts.services.access import confirm_person, decide_sealed, person_of_link, use_link
from accounts.views.requests import SignedIn
from toolkit.ui.lists import list_context
from toolkit.ui.requests import attempt, post_only, require


@csrf_exempt  # the token is the proof, and a failure of CSRF would write it into the log
@login_not_required
@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def password_link(request: HttpRequest, pk: int, token: str) -> HttpResponse:
    """A GET, such as that of a chat which shows a preview, uses nothing up."""
    template = "accounts/password_link.html"
    person = person_of_link(pk, token)
    if person is None:
        return render(request, template, status=404)
    form = LinkForm(person, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        if use_link(by=person, token=token, password=form.cleaned_data["password1"]):
            messages.success(request, _("Your password is set. Sign in with it."))
            return redirect("account_login")
        return render(request, template, status=404)
    return render(request, template, {"form": form, "person": person})


@require_safe
def access_list(request: SignedIn) -> HttpResponse:
    """What waits for a second person, and the changes of access in the person's units."""
    require(may_read_access(request.user))
    found = AccessFilter(request.GET, user=request.user)
    rows = found.qs.select_related("person", "by", "unit")
    context = list_context(request, found, rows, order=["-at", "-id"], size=30)
    seconds = Seconds()
    context |= {
        "people": waiting_people(request.user, seconds),
        "asked": waiting_postings(request.user, seconds),
        "days": SEALED_WAIT.days,
    }
    return render(request, "accounts/access_list.html", context)


def _to_the_list(request: HttpRequest, pk: int) -> HttpResponse:
    return redirect("accounts:access_list")


@post_only(_to_the_list)
def person_confirm(request: SignedIn, pk: int) -> HttpResponse:
    person = get_object_or_404(User.objects.visible_to(request.user), pk=pk)
    require(person.let_in_by_id is None or may_confirm_person(request.user, person))
    seen = request.POST.get("seen", "")
    attempt(
        request,
        lambda: confirm_person(person=person, by=request.user, seen=seen),
        _("%(person)s is confirmed.") % {"person": person},
    )
    return redirect("accounts:access_list")


@post_only(_to_the_list)
def posting_decide(request: SignedIn, pk: int) -> HttpResponse:
    rows = Posting.objects.visible_to(request.user).select_related("user__unit", "unit")
    posting = get_object_or_404(rows, pk=pk)
    asked_by = posting.sealed_asked_by_id
    require(asked_by is None or may_confirm(request.user, posting.user, posting.unit, asked_by))
    grants, seen = request.POST.get("answer") == "yes", request.POST.get("seen", "")
    done = (
        _("%(person)s opens sealed reports of %(unit)s now.")
        if grants
        else _("%(person)s does not open sealed reports of %(unit)s.")
    )
    attempt(
        request,
        lambda: decide_sealed(posting=posting, by=request.user, grants=grants, seen=seen),
        done % {"person": posting.user, "unit": posting.unit},
    )
    return redirect("accounts:access_list")
