"""The buttons of a swap, and what was done."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from patrols.models import Swap
from patrols.rights import may_change_swap
from patrols.workflow import SWAP_CHANGES
from toolkit.workflow import state_allows

BUTTONS: dict[str, tuple[str | Promise, str]] = {
    "agree": (_("I stand in"), "main"),
    "decline": (_("I cannot"), ""),
    "confirm": (_("Confirm the swap"), "main"),
    "refuse": (_("Refuse"), ""),
    "withdraw": (_("Take it back"), ""),
}
DONE: dict[str, str | Promise] = {
    "agree": _("Agreed. The swap counts once the leader or a planner has confirmed it."),
    "decline": _("Declined."),
    "confirm": _("Confirmed: the roll shows who stands in."),
    "refuse": _("Refused: everything stays as it was."),
    "withdraw": _("Taken back."),
}


@dataclass(frozen=True)
class SwapRow:
    swap: Swap
    buttons: list[tuple[str, str | Promise, str]]


def swap_rows(swaps: list[Swap], user: User) -> list[SwapRow]:
    return [
        SwapRow(
            swap,
            [
                (action, *BUTTONS[action])
                for action in BUTTONS
                if state_allows(SWAP_CHANGES, action, swap.state)
                and may_change_swap(user, swap, action)
            ],
        )
        for swap in swaps
    ]
