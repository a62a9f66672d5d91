"""What the page of a unit asks of the apps above."""

from typing import TYPE_CHECKING

from toolkit.extensions import ListHook

if TYPE_CHECKING:
    from territory.models import Unit

# Each answer is a sentence about what the unit lacks, or "" if it lacks nothing.
unit_concerns: "ListHook[[Unit], str]" = ListHook()
