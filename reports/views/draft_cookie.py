"""What a citizen has chosen and typed so far, between two pages: encrypted in the browser's cookie.

Every POST can then be answered with a redirect, and the way back works. Neither an address, nor the
history, nor the server names the category.
"""

import base64
import hashlib
import json
import secrets
import zlib
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from functools import partial

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

NAME = "isian"
READ_WITHIN_SECONDS = 30 * 60
# Browsers keep at least 4,096 bytes of a cookie, its name and attributes included.
LONGEST = 3800


@dataclass(frozen=True)
class Draft:
    """`words` were typed into the search; `typed` holds fields of the form by name. `visit` stands
    in the form too: it tells a form of this visit from one of a visit that is over."""

    category: str = ""
    words: str = ""
    typed: dict[str, str] = field(default_factory=dict)
    visit: str = field(default_factory=partial(secrets.token_hex, 8))


def keep_draft(response: HttpResponse, draft: Draft) -> bool:
    """Keeps it until the browser is closed. False if it is too long for a cookie: none is set."""
    packed = zlib.compress(json.dumps(asdict(draft)).encode(), level=9)
    value = cipher().encrypt(packed).decode()
    if len(value) > LONGEST:
        return False
    response.set_cookie(NAME, value, httponly=True, samesite="Lax", secure=not settings.PLAIN_HTTP)
    return True


def kept_draft(request: HttpRequest) -> Draft:
    """An empty draft if there is none, or one that is too old or was changed by somebody."""
    try:
        value = request.COOKIES.get(NAME, "").encode()
        packed = cipher().decrypt(value, ttl=READ_WITHIN_SECONDS)
        kept = json.loads(zlib.decompress(packed))
        return Draft(**kept)
    except (InvalidToken, ValueError, TypeError, zlib.error):
        return Draft()


def begun_form(request: HttpRequest, *, at_least: timedelta) -> str | None:
    """What names the form that this browser has begun, at least so long ago. Only the server makes
    it, each time another."""
    token = request.COOKIES.get(NAME, "").encode(errors="replace")
    try:
        begun_at = cipher().extract_timestamp(token)
    except InvalidToken:
        return None
    age = timezone.now().timestamp() - begun_at
    if not at_least.total_seconds() <= age <= READ_WITHIN_SECONDS:
        return None
    # Not the cookie itself: the decoder skips stray letters, so one form would have many names.
    return base64.urlsafe_b64decode(token).hex()


def forget_draft(response: HttpResponse) -> None:
    response.delete_cookie(NAME, samesite="Lax")


def cipher() -> MultiFernet:
    """Reads with the former keys too: a new SECRET_KEY loses no form that is half filled in."""
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet([Fernet(_fernet_key(key)) for key in keys])


def _fernet_key(secret: str) -> bytes:
    digest = hashlib.sha256(b"reports.draft_cookie\n" + secret.encode()).digest()
    return base64.urlsafe_b64encode(digest)
