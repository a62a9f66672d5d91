"""The icons, each drawn once: the package parses and copies a drawing every time it is asked.

A list page has some sixty. It stands in for the tags of the package's own app, which is not
installed beside it.
"""

import functools

from django import template
from lucide.templatetags.lucide import lucide as draw

register = template.Library()


@register.simple_tag
@functools.lru_cache(maxsize=1000)
def lucide(name: str, *, size: int | None = 24, **kwargs: object) -> str:
    return str(draw(name, size=size, **kwargs))
