"""Hooks: an app asks a question that only an app above it can answer, without importing that app.

The asking app declares the hook in its `extensions.py`. The answering app fills it in its
`AppConfig.ready`, with a function of the same parameters and result; mypy compares the two.
"""

from collections.abc import Callable
from typing import Generic, ParamSpec, TypeVar

from django.core.exceptions import ImproperlyConfigured

P = ParamSpec("P")
R = TypeVar("R")


class Hook(Generic[P, R]):
    """A question that one app answers. `name` says which hook an error message means."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._answer: Callable[P, R] | None = None

    def fill(self, answer: Callable[P, R]) -> None:
        """Raises ImproperlyConfigured if another function already answers."""
        if self._answer not in (None, answer):
            raise ImproperlyConfigured(f"The hook {self.name} is filled twice.")
        self._answer = answer

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        if self._answer is None:
            raise ImproperlyConfigured(f"No app fills the hook {self.name}.")
        return self._answer(*args, **kwargs)


class ListHook(Generic[P, R]):
    """A question that any number of apps answer, none included."""

    def __init__(self) -> None:
        self._answers: list[Callable[P, R]] = []

    def add(self, answer: Callable[P, R]) -> None:
        if answer not in self._answers:
            self._answers.append(answer)

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> list[R]:
        """One result per app, in the order of INSTALLED_APPS."""
        return [answer(*args, **kwargs) for answer in self._answers]
