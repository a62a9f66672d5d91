"""The allowed changes of what becomes of a resident's complaint or wish, of a meeting with
residents, and of the receipt of an instruction. Nothing else is allowed.

A promise may be given again, with another day: the timeline shows that it moved. Who changes a
receipt, the addressee or who has sent it, says rights.py.
"""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from accounts.roles import Action
from toolkit.workflow import Change


class IssueState(TextChoices):
    NEW = "new", _("not answered yet")
    PROMISED = "promised", _("promised")
    DONE = "done", _("done, not checked yet")
    VERIFIED = "verified", _("done and checked")
    EXPLAINED = "explained", _("explained")


# Somebody of the police still has something to do.
OPEN_ISSUES = (IssueState.NEW, IssueState.PROMISED, IssueState.DONE)

# By name: the states it starts from, the state it leads to, and the action that the person must be
# granted at the issue's unit.
ISSUE_CHANGES: dict[str, Change[Action]] = {
    "promise": Change(
        from_states={IssueState.NEW, IssueState.PROMISED, IssueState.EXPLAINED},
        to_state=IssueState.PROMISED,
        needs=Action.LOG,
    ),
    "do": Change(
        from_states={IssueState.PROMISED},
        to_state=IssueState.DONE,
        needs=Action.LOG,
    ),
    # By somebody else than who did it.
    "verify": Change(
        from_states={IssueState.DONE},
        to_state=IssueState.VERIFIED,
        needs=Action.LOG,
    ),
    # It was said to be done, and is not.
    "doubt": Change(
        from_states={IssueState.DONE},
        to_state=IssueState.PROMISED,
        needs=Action.LOG,
    ),
    "explain": Change(
        from_states={IssueState.NEW, IssueState.PROMISED},
        to_state=IssueState.EXPLAINED,
        needs=Action.LOG,
    ),
}


class ForumState(TextChoices):
    PLANNED = "planned", _("planned")
    HELD = "held", _("held")
    CANCELLED = "cancelled", _("called off")


FORUM_CHANGES: dict[str, Change[Action]] = {
    # Makes its activity.
    "hold": Change(
        from_states={ForumState.PLANNED},
        to_state=ForumState.HELD,
        needs=Action.LOG,
    ),
    "cancel": Change(
        from_states={ForumState.PLANNED},
        to_state=ForumState.CANCELLED,
        needs=Action.LOG,
    ),
}


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
