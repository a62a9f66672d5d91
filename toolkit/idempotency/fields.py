import uuid
from typing import Any

from toolkit.ui.fields import UnseenField


def read_uuid(text: str) -> uuid.UUID:
    """The UUID sent with a form; a new one where it is none."""
    try:
        return uuid.UUID(text)
    except ValueError:
        return uuid.uuid4()


class ClientUUIDField(UnseenField):
    """The hidden field for `client_uuid`. Cleans to a UUID, a new one where none was sent."""

    def __init__(self, **options: Any) -> None:
        super().__init__(required=False, initial=uuid.uuid4, **options)

    def clean(self, value: Any) -> Any:
        return read_uuid(super().clean(value))
