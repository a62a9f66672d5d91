"""The keys of reporters' contacts: each is made of one of SECRET_KEY and one of CONTACT_KEYS.

The newest encrypts, all of them open. The derivation is that of django-encrypted-fields, which
encrypted the first contacts.
"""

import base64
import hashlib
import hmac
from functools import lru_cache

from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings


@lru_cache(maxsize=64)
def _derive(secret: str, salt: str) -> bytes:
    derived = hashlib.pbkdf2_hmac("sha256", secret.encode(), salt.encode(), 100_000, 32)
    return base64.urlsafe_b64encode(derived)


def keys() -> list[bytes]:
    """Every key that the settings give, the newest first."""
    secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return [_derive(secret, salt) for secret in secrets for salt in settings.SALT_KEY]


def all_keys() -> MultiFernet:
    return MultiFernet([Fernet(key) for key in keys()])


def newest_key() -> Fernet:
    return Fernet(keys()[0])


def fingerprint(key: bytes) -> str:
    """Recognises a key, and tells nothing of it."""
    return hmac.new(key, b"key of reporters' contacts", hashlib.sha256).hexdigest()


def phone_digests(phone: str) -> list[str]:
    """Recognise a number again without storing it in the clear: HMAC-SHA-256 in hex, one for each
    of CONTACT_KEYS, the newest first."""
    return [
        hmac.new(salt.encode(), phone.encode(), hashlib.sha256).hexdigest()
        for salt in settings.SALT_KEY
    ]


def phone_digest(phone: str) -> str:
    """The digest under the newest key, which is stored."""
    return phone_digests(phone)[0]
