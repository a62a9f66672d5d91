"""Text for comparing: the same characters whatever keyboard, messenger or web page wrote it."""

import unicodedata

# Format characters (zero width, text direction, soft hyphen), combining marks, keycaps.
_UNSEEN = frozenset({"Cf", "Mn", "Me"})
_SAME = str.maketrans(
    {
        **dict.fromkeys("‐‑‒–—―⁃−⸺⸻﹘﹣－", "-"),
        **dict.fromkeys("`´‘’‛ʹʻʼʽˈ′＇ꞌ", "'"),
        **dict.fromkeys("\u0085\u2028\u2029", "\n"),
        "\u1680": " ",
    }
)


def plain_characters(text: str) -> str:
    """Without invisible characters and accents; one kind each of hyphen, apostrophe, line end and
    space. Wide, bold and joined characters become ordinary ones. Small letters stay small."""
    # Marks go first: ordering a long row of them takes quadratic time.
    decomposed = unicodedata.normalize("NFKD", _seen(text).translate(_SAME))
    return _seen(decomposed)


def _seen(text: str) -> str:
    if text.isascii():
        return text
    return "".join(letter for letter in text if unicodedata.category(letter) not in _UNSEEN)
