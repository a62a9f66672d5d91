"""Every form with words to type keeps them in the browser (static/js/behaviours/keep.js)."""

import re
from pathlib import Path

import pytest
from django.conf import settings

TEMPLATES = Path(settings.BASE_DIR, "templates")
TYPED = re.compile(r"<textarea|form_fields\.html|components/field\.html|<input(?![^>]*hidden)")
# Passwords are never kept, a code opens a report, a search is typed again in a moment, and a table
# of people is in the spreadsheet still: no browser is to keep their names.
NOT_KEPT = {
    "account/login.html",
    "account/password_change.html",
    "accounts/password_link.html",
    "reports/_code_form.html",
    "reports/report_track.html",
    "reports/_category_search.html",
    "accounts/more.html",
    "components/table_paste.html",
}


def post_forms():
    for path in sorted(TEMPLATES.rglob("*.html")):
        name = path.relative_to(TEMPLATES).as_posix()
        if name.startswith("admin/"):
            continue
        for form in re.findall(r"<form\b.*?</form>", path.read_text(), re.DOTALL):
            if 'method="post"' in form and TYPED.search(form):
                yield pytest.param(name, form, id=f"{name}")


@pytest.mark.parametrize(("name", "form"), list(post_forms()))
def test_a_form_with_words_keeps_them(name, form):
    assert name in NOT_KEPT or "data-keep" in form
