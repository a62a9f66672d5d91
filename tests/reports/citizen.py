"""What the tests of a citizen's pages share: a form filled in, and the code that comes back."""

import uuid

from django.urls import reverse
from django.utils import timezone

from reports.views.code_cookie import NAME, SALT

SEND = reverse("reports:report_send")
RECEIPT = reverse("reports:report_receipt")
TRACK = reverse("reports:report_track")


def form_data(**changes):
    """The form as a person fills it in; None leaves a field out."""
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


def code_in_cookie(client):
    """The code in the client's cookie."""
    return client.cookies[NAME].value.rpartition(":")[0].rpartition(":")[0]


def give_code(client, code):
    """Gives the client the code, as after the receipt."""
    from django.core import signing

    client.cookies[NAME] = signing.get_cookie_signer(salt=NAME + SALT).sign(code)
