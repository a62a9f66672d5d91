"""Units as a table names them: by their code or by their name."""

from collections.abc import Iterable

from django.db.models import Q
from django.utils.translation import gettext as _

from territory.models import Unit
from territory.rights import MANAGE
from territory.scope import Viewer, unscoped
from toolkit.name_search import NameKey
from toolkit.names import name_key


class NamedUnits:
    """All units that the words may mean, read in one statement. Those outside what the person
    manages are read only to say so."""

    def __init__(self, words: Iterable[str], by: Viewer) -> None:
        said = {word for word in words if word}
        keys, codes = {name_key(word) for word in said} - {""}, {word.lower() for word in said}
        rows = unscoped(Unit.objects, "a table is told which of its units it may not name")
        found = rows.annotate(key=NameKey("name")).filter(Q(key__in=keys) | Q(code__in=codes))
        self.by = by
        self.rows: list[Unit] = list(found)

    def all(self, word: str) -> list[Unit]:
        """The unit with this code, else all of this name."""
        coded = [unit for unit in self.rows if unit.code == word.lower()]
        return coded or [unit for unit in self.rows if name_key(unit.name) == name_key(word)]

    def managed(self, unit: Unit) -> bool:
        return self.by.scope.may(MANAGE, unit)

    def find(self, word: str) -> tuple[Unit | None, str]:
        """The one unit that the person manages, or a sentence that says what to do."""
        found = self.all(word)
        inside = [unit for unit in found if self.managed(unit)]
        if len(inside) == 1:
            return inside[0], ""
        if inside:
            codes = ", ".join(unit.code for unit in inside)
            words = _("Several units are called so. Write the code of the one: %(codes)s.")
            return None, words % {"codes": codes}
        if found:
            return None, _(
                "This unit is not below yours. Its own administrator, or one above, adds there."
            )
        return None, _("No unit is called so. Write its name or code as in the list of units.")
