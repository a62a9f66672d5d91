from typing import Any

from django.contrib.auth.backends import BaseBackend
from django.http import HttpRequest

from accounts.models import User


def person_of(handle: str) -> User | None:
    """The person of an NRP or a username as it was typed, also one who is not active."""
    handle = handle.strip().lower()
    lookup = {"nrp": handle} if handle.isdigit() else {"username": handle}
    return User.objects.filter(**lookup).first() if handle else None


class HandleBackend(BaseBackend):
    """Signs in by NRP (all digits) or by username."""

    def authenticate(
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        **credentials: Any,
    ) -> User | None:
        if not (username or "").strip() or password is None:
            return None
        user = person_of(username or "")
        if user is None:
            # Hash as for a known name: the answer must not come sooner for an unknown one.
            User().set_password(password)
            return None
        return user if user.check_password(password) and user.may_sign_in else None

    def get_user(self, user_id: int) -> User | None:
        user = User.objects.filter(pk=user_id).select_related("unit").with_held().first()
        return user if user is not None and user.may_sign_in else None
