import logging
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from toolkit.refusals import log_refusal

logger = logging.getLogger(__name__)


class AccountAdapter(DefaultAccountAdapter):
    """Error messages of sign-in that say what to do next."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "username_password_mismatch": _(
            "The NRP or username and the password do not match. Check both and try again."
        ),
        "too_many_login_attempts": _("Too many tries. Wait five minutes, then try again."),
        "enter_current_password": _("This is not your current password. Type it again."),
    }

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Refuses further tries for an account after too many wrong passwords."""
        with log_refusal(logger, "Sign-in"):
            super().pre_authenticate(request, **credentials)

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        logger.info("Sign-in refused: no such active account, or a wrong password")
        super().authentication_failed(request, **credentials)

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("accounts:more")
