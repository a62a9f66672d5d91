"""The keys under which a phone keeps what a person has written and not sent yet."""

import base64

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings


def keys_of(person: int) -> list[str]:
    """In base64, one made of each of CONTACT_KEYS, the newest first.

    With a new one in front, what a phone has kept under the former still opens.
    """
    return [base64.b64encode(_derive(secret, person)).decode() for secret in settings.SALT_KEY]


def _derive(secret: str, person: int) -> bytes:
    info = f"outbox of person {person}".encode()
    return HKDF(hashes.SHA256(), length=32, salt=None, info=info).derive(secret.encode())
