"""The reporter's code as an officer reads it aloud on the telephone."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

DIGITS = (
    pgettext_lazy("digit", "zero"),
    pgettext_lazy("digit", "one"),
    pgettext_lazy("digit", "two"),
    pgettext_lazy("digit", "three"),
    pgettext_lazy("digit", "four"),
    pgettext_lazy("digit", "five"),
    pgettext_lazy("digit", "six"),
    pgettext_lazy("digit", "seven"),
    pgettext_lazy("digit", "eight"),
    pgettext_lazy("digit", "nine"),
)
# As on the radio of the police. There is no I, L, O and U in a code. No line ends at the hyphen.
LETTERS = (
    *("Alfa", "Bravo", "Charlie", "Delta", "Echo", "Foxtrot", "Golf", "Hotel", "Juliett", "Kilo"),
    *("Mike", "November", "Papa", "Quebec", "Romeo", "Sierra", "Tango", "Victor", "Whiskey"),
    *("X\u2011ray", "Yankee", "Zulu"),
)
WORDS: dict[str, str | Promise] = {str(number): word for number, word in enumerate(DIGITS)}
WORDS |= {word[0]: word for word in LETTERS}
# Its first letter would be "Lima", which is the five.
PREFIX = _("the letters L and W")


def spoken_code(code: str) -> list[tuple[str, str]]:
    """Each group of the code with its words: ``7F3K``, ``seven, Foxtrot, three, Kilo``."""
    prefix, *groups = code.split("-")
    return [
        (prefix, str(PREFIX)),
        *((group, ", ".join(str(WORDS[letter]) for letter in group)) for group in groups),
    ]
