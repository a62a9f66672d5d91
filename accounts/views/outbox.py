"""What a person's phone keeps until it has a signal, and what it needs to send it."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.views.requests import SignedIn
from toolkit.outbox.answers import not_the_owner
from toolkit.outbox.build import build
from toolkit.outbox.copies import copied
from toolkit.outbox.keys import keys_of


@require_safe
@copied
def outbox_list(request: SignedIn) -> HttpResponse:
    """The page "not sent yet". The server knows nothing of it: the phone fills it."""
    return render(request, "accounts/outbox_list.html")


@login_not_required
@require_safe
def outbox_me(request: HttpRequest) -> JsonResponse:
    """Asked by the phone just before it sends: who is signed in, and the token of now."""
    user = request.user
    if not user.is_authenticated:
        return not_the_owner()
    return JsonResponse(
        {
            "person": user.pk,
            "name": user.titled_name,
            "token": get_token(request),
            "keys": keys_of(user.pk),
            "build": build(),
        }
    )
