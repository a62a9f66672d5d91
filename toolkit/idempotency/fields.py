import uuid
from typing import Any

from django.http import HttpRequest, QueryDict

from toolkit.ui.fields import UnseenField


def read_uuid(text: str) -> uuid.UUID:
    """The UUID sent with a form; a new one where it is none."""
    try:
        return uuid.UUID(text)
    except ValueError:
        return uuid.uuid4()


def sent_uuid(request: HttpRequest) -> uuid.UUID:
    """The UUID of a form that only has buttons, so that a second tap makes no second row."""
    return read_uuid(request.POST.get("client_uuid", ""))


def as_new_form(request: HttpRequest) -> QueryDict:
    """What was typed, under a new UUID: sent again, it makes one more row. The answer to a
    Conflict; chosen files are lost, because browsers do not keep them."""
    data = request.POST.copy()
    data["client_uuid"] = str(uuid.uuid4())
    return data


class ClientUUIDField(UnseenField):
    """The hidden field for `client_uuid`. Cleans to a UUID, a new one where none was sent."""

    def __init__(self, **options: Any) -> None:
        super().__init__(required=False, initial=uuid.uuid4, **options)

    def clean(self, value: Any) -> Any:
        return read_uuid(super().clean(value))
