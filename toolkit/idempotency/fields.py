import uuid
from typing import Any

from django import forms
from django.http import HttpRequest, QueryDict

from toolkit.idempotency.sent import Sent
from toolkit.ui.fields import UnseenField, read_moment


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


class SentForm(forms.Form):
    """The hidden fields that say which deed this is, and when the phone did it."""

    client_uuid = ClientUUIDField()
    device_at = UnseenField(
        required=False, widget=forms.HiddenInput(attrs={"data-device-clock": True})
    )
    sent_at = UnseenField(required=False)

    def sent(self) -> Sent:
        data = self.cleaned_data
        device_at = read_moment(data.get("device_at", ""))
        sent_at = read_moment(data.get("sent_at", "")) if device_at else None
        return Sent(data["client_uuid"], device_at, sent_at)
