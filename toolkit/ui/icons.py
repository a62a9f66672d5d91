"""The icons, each drawn once: the package parses and copies a drawing every time it is asked.

A list page has some sixty. This replaces the lucide app's own tag, so that app is not installed.
"""

import functools

from django import template
from lucide.templatetags.lucide import lucide as draw

register = template.Library()


@register.simple_tag
@functools.lru_cache(maxsize=1000)
def lucide(name: str, *, size: int | None = 24, **kwargs: object) -> str:
    return str(draw(name, size=size, **kwargs))
