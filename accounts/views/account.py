from typing import cast

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.forms import PhoneForm
from accounts.models import AccessEvent, User
from accounts.rights import may_read_access
from accounts.selectors.waiting import waiting_for
from accounts.services.account import change_phone
from accounts.views.requests import SignedIn
from toolkit.ui.requests import own_page, post_only

THEMES = {"": _("As the device"), "light": _("Light"), "dark": _("Dark")}
MOST_ACCESS = 5
ONE_YEAR = 365 * 24 * 3600


@require_GET
def more(request: HttpRequest) -> HttpResponse:
    """The person's own account, the theme, and sign-out."""
    user = cast(User, request.user)
    postings = user.postings.active().select_related("unit").prefetch_related("villages")
    chosen = request.COOKIES.get("theme", "")
    context = {
        "postings": postings,
        "themes": THEMES.items(),
        "chosen_theme": chosen if chosen in THEMES else "",
        "sees_access": may_read_access(user),
        "waiting": waiting_for(user),
        "access": AccessEvent.objects.of(user).select_related("by", "unit")[:MOST_ACCESS],
    }
    return render(request, "accounts/more.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def phone_edit(request: SignedIn) -> HttpResponse:
    """The person's own telephone number."""
    form = PhoneForm(request.POST or None, initial={"phone": request.user.phone})
    if request.method == "POST" and form.is_valid():
        change_phone(by=request.user, phone=form.cleaned_data["phone"])
        messages.success(request, gettext("Your number is saved."))
        return redirect("accounts:more")
    return render(request, "accounts/phone_edit.html", {"form": form})


def page_before(request: HttpRequest) -> str:
    """The page of this site from which the request came, from its root; "" where unknown."""
    _scheme, _separator, address = request.headers.get("referer", "").partition("://")
    host, slash, page = address.partition("/")
    return own_page(slash + page) if host == request.get_host() else ""


@login_not_required
@post_only("accounts:more")
def theme_set(request: HttpRequest) -> HttpResponse:
    """Light, dark, or as the device. A cookie keeps it, so that it holds before sign-in too."""
    theme = request.POST.get("theme", "")
    response = redirect(page_before(request) or "home")
    if theme in THEMES:
        response.set_cookie(
            "theme", theme, max_age=ONE_YEAR, samesite="Lax", secure=request.is_secure()
        )
    return response
