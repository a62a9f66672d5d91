import logging
import secrets
from datetime import timedelta
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.contrib import messages
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.backends import person_of
from accounts.models import User
from toolkit.limits.counts import Counter, counter, give_back, take
from toolkit.limits.requests import address_of
from toolkit.refusals import log_refusal
from toolkit.ui.requests import own_page

logger = logging.getLogger(__name__)

# How many, within how many seconds.
WRONG_PASSWORDS = (5, 300)
WRONG_OF_AN_ACCOUNT = (100, 3600)
TRIES_OF_AN_ADDRESS = (600, 60)

KNOWN_FOR = timedelta(days=365)
TRIES_KEPT = timedelta(days=30)
FEWEST_TOLD = 20  # fewer may be the owner's own mistakes


class AccountAdapter(DefaultAccountAdapter):
    """Sign-in: which tries are refused, and error messages that say what to do next.

    Thousands of phones share the address of a carrier, and colleagues know a person's NRP. So
    neither may lock a person out alone: wrong passwords count by account and address together, and
    far more are allowed for the account. A device that has signed in with the account before has a
    count of its own, and nothing that others do keeps it out.
    """

    _wrong: list[Counter]

    error_messages = DefaultAccountAdapter.error_messages | {
        "username_password_mismatch": _(
            "The NRP or username and the password do not match. Check both and try again."
        ),
        "too_many_login_attempts": _("Too many tries. Wait five minutes, then try again."),
        "enter_current_password": _("This is not your current password. Type it again."),
    }

    def is_safe_url(self, url: str) -> bool:
        return bool(own_page(url))

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Refuses further tries after too many wrong passwords.

        Counts the try before the password is checked: of tries at the same moment, in whatever
        workers, no more than the limit get through. A right password takes it back.
        """
        person = person_of(credentials.get("username", ""))
        device = _known_device(request, person) if person else None
        account = _account_key(person, credentials)
        self._wrong = []
        with log_refusal(logger, "Sign-in"):
            if device:
                limits = [counter("sign-in device", f"{account}\n{device}", *WRONG_PASSWORDS)]
                wrong = limits
            else:
                address = address_of(request)
                pair = counter("sign-in pair", f"{account}\n{address}", *WRONG_PASSWORDS)
                flood = counter("sign-in address", address, *TRIES_OF_AN_ADDRESS)
                # Last, so that tries which the others refuse cannot use it up.
                all_over = counter("sign-in account", account, *WRONG_OF_AN_ACCOUNT)
                limits, wrong = [pair, flood, all_over], [pair, all_over]
            if not take(*limits):
                if person and not device:
                    _count_failure(person)
                raise self.validation_error("too_many_login_attempts")
            self._wrong = wrong

    def _rollback_login_failed_rl_usage(self) -> None:
        """allauth calls it where the password was right."""
        give_back(*self._wrong)

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        logger.info("Sign-in refused: no such active account, or a wrong password")
        person = person_of(credentials.get("username", ""))
        if person and not _known_device(request, person):
            _count_failure(person)
        super().authentication_failed(request, **credentials)

    def post_login(self, request: HttpRequest, user: User, **options: Any) -> HttpResponse:
        """Tells the person about failed tries of others, and remembers the device."""
        response: HttpResponse = super().post_login(request, user, **options)
        tries = cache.get(_tries_key(user), 0)
        cache.delete(_tries_key(user))
        if tries >= FEWEST_TOLD:
            message = ngettext(
                "There was %(n)d failed try to sign in to your account. If it was not you, change"
                " your password.",
                "There were %(n)d failed tries to sign in to your account. If it was not you,"
                " change your password.",
                tries,
            )
            messages.warning(request, message % {"n": tries})
        _remember_device(response, request, user)
        return response

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("accounts:more")


def _account_key(person: User | None, credentials: dict[str, Any]) -> str:
    """The name under which tries are counted: the same for the NRP and the username of a person.
    Unknown names are counted too, so that a refusal does not tell which exist."""
    handle = str(credentials.get("username", "")).strip().lower()
    return f"person {person.pk}" if person else f"handle {handle}"


def _tries_key(person: User) -> str:
    return f"accounts.tries.{person.pk}"


def _count_failure(person: User) -> None:
    # Not incr(), which would shorten the time to the cache's default.
    key = _tries_key(person)
    cache.set(key, cache.get(key, 0) + 1, TRIES_KEPT.total_seconds())


def _device_cookie(person: User) -> tuple[str, str]:
    """Name and salt of the cookie. The salt depends on the password: a new password forgets all
    devices."""
    name = salted_hmac("accounts.device_name", str(person.pk)).hexdigest()[:12]
    return f"perangkat_{name}", f"accounts.device.{person.pk}.{person.get_session_auth_hash()}"


def _known_device(request: HttpRequest, person: User) -> str | None:
    """A random word that names the device, if it has signed in with this account before."""
    name, salt = _device_cookie(person)
    return request.get_signed_cookie(name, default=None, salt=salt, max_age=KNOWN_FOR)


def _remember_device(response: HttpResponse, request: HttpRequest, person: User) -> None:
    name, salt = _device_cookie(person)
    response.set_signed_cookie(
        name,
        _known_device(request, person) or secrets.token_urlsafe(9),
        salt=salt,
        max_age=KNOWN_FOR,
        path=reverse(settings.LOGIN_URL),
        httponly=True,
        samesite="Lax",
        secure=not settings.PLAIN_HTTP,
    )
