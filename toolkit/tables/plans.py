"""What saving a table would do: shown before it is done, and made anew under the lock."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from toolkit.tables.reading import Line, Mistake, Table

Row = TypeVar("Row")


@dataclass(frozen=True)
class Planned:
    """A line, and what comes of it."""

    line: int
    words: str


class Plan(Generic[Row]):
    """`rows` would be made, `new` says so line by line. `there` are lines whose rows exist: they
    are left as they are. Nothing is made while there is a mistake."""

    def __init__(self, table: Table) -> None:
        self.table = table
        self.rows: list[Row] = []
        self.new: list[Planned] = []
        self.there: list[Planned] = []
        self._mistakes = list(table.mistakes)

    @property
    def mistakes(self) -> list[Mistake]:
        """Line by line, and in a line in the order of the columns."""
        places = {str(column.label): n for n, column in enumerate(self.table.spec.columns)}
        return sorted(self._mistakes, key=lambda one: (one.line, places.get(one.column, -1)))

    @property
    def mistake_count(self) -> int:
        return len(self._mistakes)

    @property
    def wrong_lines(self) -> int:
        return len({mistake.line for mistake in self._mistakes})

    def refuse(self, line: Line, column: str, words: str) -> None:
        """`column` is its name; "" for the line as a whole."""
        label = str(self.table.spec.column(column).label) if column else ""
        self._mistakes.append(Mistake(line.number, line.text, label, words))

    def refuse_all(self, line: Line, error: ValidationError) -> None:
        """What a model says of its fields, beside the columns of the same names."""
        names = {column.name for column in self.table.spec.columns}
        for name, messages in error.message_dict.items():
            self.refuse(line, name if name in names else "", " ".join(messages))

    def make(self, line: Line, words: str, *rows: Row) -> None:
        self.rows += rows
        self.new.append(Planned(line.number, words))

    def keep(self, line: Line, words: str) -> None:
        self.there.append(Planned(line.number, words))


class TableRefused(Exception):
    """Nothing was saved: the plan has mistakes, which the page showed or somebody else has made
    since, such as a name that is taken now."""

    def __init__(self, plan: Plan[object]) -> None:
        super().__init__(f"{plan.wrong_lines} lines")
        self.plan = plan


def refuse_if_wrong(plan: "Plan[Row]") -> None:
    if plan.mistakes:
        raise TableRefused(plan)  # type: ignore[arg-type]


def there_words(name: str, differs: Sequence[str]) -> str:
    """For `Plan.keep`: what exists, and in which columns the line says something else."""
    if not differs:
        return name
    words = _("%(name)s – stays as it is, though the line differs in: %(columns)s")
    return words % {"name": name, "columns": ", ".join(differs)}
