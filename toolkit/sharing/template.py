"""Texts with placeholders in braces, as units write them: ``Dasar: {sprin}``."""

import re
from collections.abc import Mapping

PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
# What a word says that has no value.
NOTHING = "–"


def placeholders(text: str) -> set[str]:
    return set(PLACEHOLDER.findall(text))


def fill_template(text: str, words: Mapping[str, str]) -> str:
    """The text with its placeholders filled, without lines such as ``Dasar: {sprin}`` of no value.

    Lines are dropped before the values are filled in, because a person may have written "–" too.
    An unknown placeholder stays, so that whoever reads the text sees it.
    """
    empty = tuple(f": {{{name}}}" for name, word in words.items() if word == NOTHING)
    kept = "\n".join(line for line in text.split("\n") if not line.endswith(empty))
    return PLACEHOLDER.sub(lambda match: words.get(match[1], match[0]), kept)
