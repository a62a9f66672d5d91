"""A person's duties in the calendar of their phone."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.views.requests import SignedIn
from patrols.presenters.calendar import calendar_of
from patrols.selectors.calendars import calendar_link_of, duties_for_calendar
from patrols.services.calendars import (
    end_calendar_link,
    make_calendar_link,
    person_of_calendar,
)


@login_not_required  # the address is the proof: a calendar cannot sign in
@never_cache
@require_safe
def calendar_feed(request: HttpRequest, token: str) -> HttpResponse:
    person = person_of_calendar(token)
    if person is None:
        raise Http404
    now = timezone.now()
    words = calendar_of(duties_for_calendar(person, now=now), now=now)
    return HttpResponse(words, content_type="text/calendar; charset=utf-8")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def calendar_link(request: SignedIn) -> HttpResponse:
    """Makes the address, which is shown this once, or ends it.

    Phones load a page again on the way back from the calendar. Sent a second time the form makes
    no address, which would end the one that was just copied.
    """
    address = ""
    if request.method == "POST" and "end" in request.POST:
        end_calendar_link(by=request.user)
        return redirect("patrols:calendar_link")
    link = calendar_link_of(request.user)
    if request.method == "POST":
        if link is not None and request.POST.get("seen") != link.stamp:
            words = _("Your address is made and works. Make a new one only if you have lost it.")
            messages.warning(request, words)
            return redirect("patrols:calendar_link")
        path = reverse("patrols:calendar_feed", args=[make_calendar_link(by=request.user)])
        address = request.build_absolute_uri(path)
        link = calendar_link_of(request.user)
    # A phone opens its calendar for this scheme.
    subscribe = "webcal:" + address.partition(":")[2]
    context = {"address": address, "subscribe": subscribe, "link": link}
    return render(request, "patrols/calendar_link.html", context)
