"""What the pages of an officer's day ask of the apps above."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from toolkit.extensions import ListHook

if TYPE_CHECKING:
    from accounts.models import User


@dataclass(frozen=True)
class Deed:
    """A button on "my day". `icon` is one of Lucide."""

    url: str
    icon: str
    label: str


# What the person may do beside patrols.
deeds_of_day: "ListHook[[User], list[Deed]]" = ListHook()

# Addresses of forms that a phone keeps for when there is no signal. They look the same all night.
pages_to_keep: "ListHook[[User], list[str]]" = ListHook()
