from typing import Any

from django.contrib.auth.backends import BaseBackend
from django.http import HttpRequest

from accounts.models import User


class HandleBackend(BaseBackend):
    """Signs in by NRP (all digits) or by username."""

    def authenticate(
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        **credentials: Any,
    ) -> User | None:
        handle = (username or "").strip().lower()
        if not handle or password is None:
            return None
        lookup = {"nrp": handle} if handle.isdigit() else {"username": handle}
        user = User.objects.filter(**lookup).first()
        if user is None:
            # Hash as for a known name: the answer must not come sooner for an unknown one.
            User().set_password(password)
            return None
        return user if user.check_password(password) and user.is_active else None

    def get_user(self, user_id: int) -> User | None:
        return User.objects.filter(pk=user_id, is_active=True).select_related("unit").first()
