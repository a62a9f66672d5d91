"""The code of an apel as a picture that a phone's camera reads."""

import segno
from django.utils.safestring import SafeString, mark_safe


def code_picture(address: str) -> SafeString:
    """Inline SVG without styles, dark on white in both themes, with its quiet zone."""
    picture = segno.make(address, error="m", micro=False).svg_inline(
        border=4, dark="#000", light="#fff", omitsize=True, svgclass=None, lineclass=None
    )
    return mark_safe(picture)  # noqa: S308 made of numbers alone
