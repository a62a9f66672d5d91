"""Shared by the tests of the citizen's pages: form data, and the code in the cookie."""

import uuid

from django.urls import reverse
from django.utils import timezone

from reports.views.code_cookie import NAME, SALT

SEND = reverse("reports:report_send")
FILL = reverse("reports:report_fill")
RECEIPT = reverse("reports:report_receipt")
TRACK = reverse("reports:report_track")


def form_data(**changes):
    """A filled-in form; a value of None leaves the field out."""
    sent = {
        "step": "send",
        "category": "noise_dispute",
        "client_uuid": str(uuid.uuid4()),
        "shown_at": timezone.now().isoformat(),
        "village_name": "Duri Utara",
        "when": "unknown",
        "text": "Musik keras sejak sore",
        "privacy": "anonymous",
        **changes,
    }
    return {name: value for name, value in sent.items() if value is not None}


def choose(client, category):
    """The form of a category, as after a tap on its tile."""
    return client.post(SEND, {"step": "choose", "category": category}, follow=True)


def code_in_cookie(client):
    """The code in the client's cookie."""
    return client.cookies[NAME].value.rpartition(":")[0].rpartition(":")[0]


def give_code(client, code):
    """Puts the code into the client's cookie, as the receipt does."""
    from django.core import signing

    client.cookies[NAME] = signing.get_cookie_signer(salt=NAME + SALT).sign(code)
