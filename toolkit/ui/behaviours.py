"""Adds a script tag for each data attribute found in the rendered page.

`data-text-link` belongs to static/js/behaviours/text_link.js. Named in the head of the page, all
scripts of a page arrive in one round trip, and a phone loads none that its page does not need.
"""

import re
from pathlib import Path

from django import template
from django.conf import settings
from django.templatetags.static import static
from django.utils.html import format_html_join
from django.utils.safestring import SafeString, mark_safe

register = template.Library()

PLACE = "<!-- behaviours -->"
FOLDER = Path(settings.BASE_DIR, "static", "js", "behaviours")
SCRIPTS = {path.stem.replace("_", "-"): path.name for path in FOLDER.glob("*.js")}
ATTRIBUTE = re.compile(rf"data-({'|'.join(sorted(SCRIPTS))})(?=[\s=>])")


@register.simple_block_tag
def with_behaviours(content: str) -> SafeString:
    """The rendered page, with a script tag for each behaviour in place of the comment PLACE."""
    names = sorted(set(ATTRIBUTE.findall(content)))
    scripts = format_html_join(
        "\n    ",
        '<script type="module" src="{}"></script>',
        ((static(f"js/behaviours/{SCRIPTS[name]}"),) for name in names),
    )
    return mark_safe(content.replace(PLACE, scripts, 1))  # noqa: S308 both were escaped
