from django.http import HttpRequest

from accounts.models import User


class SignedIn(HttpRequest):
    """A request behind LoginRequiredMiddleware."""

    user: User
