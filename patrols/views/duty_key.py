"""The key of a duty in an address."""

import uuid

from toolkit.keys import read_key


class DutyKey:
    """Its number, or the UUID of a patrol that a phone has begun and the server does not know yet.

    Entries written on that patrol without a signal have the address already.
    """

    regex = "[0-9]+|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"

    def to_python(self, text: str) -> int | uuid.UUID:
        key = read_key(text)
        if key is None:
            raise ValueError(text)  # a 404: the number is too long
        return key

    def to_url(self, key: object) -> str:
        return str(key)
