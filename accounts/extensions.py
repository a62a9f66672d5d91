"""What accounts tells the apps above."""

from typing import TYPE_CHECKING

from toolkit.extensions import ListHook

if TYPE_CHECKING:
    from accounts.models import User

# Called after the postings of a person or the account's switch were changed. Each app draws its
# consequences at once, and answers with sentences for the administrator about what it did and what
# remains to be done by hand. Another call changes nothing more.
standing_changed: "ListHook[[User], list[str]]" = ListHook()
