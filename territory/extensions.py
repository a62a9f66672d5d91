"""What the page of a unit asks of the apps above."""

from typing import TYPE_CHECKING

from toolkit.extensions import ListHook

if TYPE_CHECKING:
    from territory.models import Unit
    from territory.scope import Viewer

# Each answer is a sentence about what the unit lacks, or "" if it lacks nothing.
unit_concerns: "ListHook[[Unit], str]" = ListHook()
# The unit, another parent for it, and who moves it. An answer says why not, or is "".
move_refusals: "ListHook[[Unit, Unit, Viewer], str]" = ListHook()
