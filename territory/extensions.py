"""What the page of a unit asks of the apps above."""

from typing import TYPE_CHECKING, Protocol

from toolkit.extensions import ListHook


class KnownPlace(Protocol):
    """A named row with a position, such as a hotspot."""

    @property
    def name(self) -> str: ...
    @property
    def lat(self) -> float | None: ...
    @property
    def lon(self) -> float | None: ...


if TYPE_CHECKING:
    from collections.abc import Sequence

    from territory.models import Unit
    from territory.scope import Viewer
    from toolkit.tables.pages import TablePage

# Each answer is a sentence about what the unit lacks, or "" if it lacks nothing.
unit_concerns: "ListHook[[Unit], str]" = ListHook()
# The unit, another parent for it, and who moves it. An answer says why not, or is "".
move_refusals: "ListHook[[Unit, Unit, Viewer], str]" = ListHook()
# The places in use of a unit that the caller has reached: a map to pick another on shows them.
places_to_see: "ListHook[[Unit], Sequence[KnownPlace]]" = ListHook()
# The pages on which tables of a new unit are pasted.
table_pages: "ListHook[[], TablePage]" = ListHook()
