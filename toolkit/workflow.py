"""A workflow is a table of the allowed changes of state. What is not in the table is refused."""

from collections.abc import Collection, Mapping
from typing import Any, Generic, NamedTuple, TypeVar

from django.core.exceptions import ValidationError

Action = TypeVar("Action")


class Change(NamedTuple, Generic[Action]):
    """A row of the table. `needs` is the action that a person must be granted to make the change,
    None where somebody or something else makes it, such as the clock."""

    from_states: Collection[str]
    to_state: str
    needs: Action


class ChangeRefused(ValidationError):
    """The row's state does not allow the change, mostly because somebody else was faster."""


def state_allows(changes: Mapping[str, Change[Any]], change: str, state: str) -> bool:
    """Whether the change may start from `state`. KeyError for a change that is not in the table."""
    return state in changes[change].from_states
