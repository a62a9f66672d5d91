"""The states of the receipt of an instruction, and the only changes that are allowed.

Who of the two makes a change, the addressee or who has sent it, says rights.py.
"""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from toolkit.workflow import Change


class ReceiptState(TextChoices):
    SENT = "sent", _("not read")
    READ = "read", _("read")
    PASSED = "passed", _("passed down")
    DONE = "done", _("done, to be checked")
    ACCEPTED = "accepted", _("accepted")


# The addressee has still to do something.
OPEN_RECEIPTS = (ReceiptState.SENT, ReceiptState.READ, ReceiptState.PASSED)

RECEIPT_CHANGES: dict[str, Change[None]] = {
    "read": Change(frozenset({ReceiptState.SENT}), ReceiptState.READ, None),
    # Again, too: for somebody who came later, or in place of somebody who left.
    "pass": Change(frozenset({ReceiptState.READ, ReceiptState.PASSED}), ReceiptState.PASSED, None),
    "done": Change(frozenset({ReceiptState.READ, ReceiptState.PASSED}), ReceiptState.DONE, None),
    "accept": Change(frozenset({ReceiptState.DONE}), ReceiptState.ACCEPTED, None),
    "return": Change(
        frozenset({ReceiptState.DONE, ReceiptState.ACCEPTED}), ReceiptState.READ, None
    ),
}
