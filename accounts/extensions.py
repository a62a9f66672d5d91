"""What accounts tells the apps above."""

from typing import TYPE_CHECKING

from toolkit.extensions import ListHook

if TYPE_CHECKING:
    from accounts.models import User

# Called after somebody changed the postings of a person, the account's switch or the days of an
# absence: with the person, then who acted. Each app draws its consequences at once, and answers
# with sentences about what it did and what remains to be done by hand. They name no duty and no
# report that who acted may not see. Another call changes nothing more.
standing_changed: "ListHook[[User, User], list[str]]" = ListHook()
