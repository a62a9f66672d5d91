"""What the search and the sealing by words read of a category."""

import re
from collections import Counter
from collections.abc import Iterable
from typing import Any, Protocol, TypeVar

from reports.category_words.likeness import words


class CategoryWords(Protocol):
    """What the matcher reads of a category. The model `Category` has it."""

    @property
    def code(self) -> str: ...

    @property
    def pk(self) -> Any: ...

    @property
    def label(self) -> str: ...

    @property
    def synonyms(self) -> list[str]: ...

    @property
    def is_sealed(self) -> bool: ...

    @property
    def target_minutes(self) -> int | None: ...

    @property
    def order(self) -> int: ...


Kind = TypeVar("Kind", bound=CategoryWords)


def words_in_labels(categories: Iterable[CategoryWords]) -> Counter[str]:
    """In how many labels a word stands."""
    return Counter(word for category in categories for word in set(words(category.label)))


def phrases_of(category: CategoryWords, labels: Counter[str]) -> list[tuple[str, ...]]:
    """The words of each everyday phrase, and of the label split at "atau". A part of the label that
    is a single word counts only if no other label has that word."""
    named = [words(part) for part in re.split(r"\batau\b", category.label)]
    named = [part for part in named if len(part) > 1 or (part and labels[part[0]] == 1)]
    everyday = [words(text) for text in category.synonyms]
    return [phrase for phrase in dict.fromkeys([*everyday, *named]) if phrase]
