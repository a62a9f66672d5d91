"""Every form that is sent wrong says so in a summary above its fields, which takes the focus.

The forms are those that the pages of tests/test_access.py show, so that a new one is among them.
"""

import re
from html.parser import HTMLParser

from django.db import transaction

from tests.test_access import ROLES, ROUND, close_file, path_of
from tests.test_access import cast as cast
from tests.test_access import rows as rows

SUMMARY = re.compile(r'<(div|section)[^>]* id="form-errors" tabindex="-1" autofocus')
READERS = ["anonymous", "commander", "officer", "superuser"]
TYPED = {"text", "search", "tel", "number", "date", "time", "datetime-local", "password", "email"}
# Forms that take anything, by the page and the field: what is odd counts as empty.
TAKES_ANYTHING = {
    ("home", "words"): "a search of more letters than fit shows every kind of report",
    ("reports:report_send", "words"): "the same search",
    ("patrols:duty_rollcall", "name"): "a search",
    ("programs:forum_open", "rw"): "an RW that cannot be read counts as none",
    ("patrols:attendance_month", "name"): "a search; a name longer than fits finds nobody",
}


class Forms(HTMLParser):
    """The forms of a page: where and how they are sent, hidden values, fields and named buttons."""

    def __init__(self, page):
        super().__init__()
        self.found, self.inside = [], None
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        values = dict(attributes)
        name, kind = values.get("name"), values.get("type", "text")
        if tag == "form":
            self.inside = {**values, "hidden": {}, "fields": {}, "buttons": [{}]}
            self.found.append(self.inside)
        elif not self.inside or not name:
            return
        elif tag == "button":
            self.inside["buttons"].append({name: values.get("value", "")})
        elif tag == "input" and kind == "hidden":
            self.inside["hidden"][name] = values.get("value", "")
        elif tag == "textarea" or (tag == "input" and kind in TYPED):
            # Longer than any text may be, and no number, date or time.
            self.inside["fields"][name] = "x" * 20_000
        elif tag in ("select", "input") and kind != "file":
            self.inside["fields"][name] = "wrong"

    def handle_endtag(self, tag):
        if tag == "form":
            self.inside = None


def forms_of(client, path):
    answer = client.get(path)
    if answer.streaming or answer.status_code != 200 or b"<form" not in answer.content:
        close_file(answer)
        return []
    return [form for form in Forms(answer.content.decode()).found if form["fields"]]


def send(client, path, form, values):
    with transaction.atomic():
        method = client.post if form.get("method") == "post" else client.get
        target = form.get("action") or path
        answer = method(target.partition("#")[0], {**form["hidden"], **values})
        transaction.set_rollback(True)
    return answer


def pages(rows):
    for name, (_method, key, words, _sent) in ROUND.items():
        outcomes = words.split()
        role = next((r for r in READERS if outcomes[ROLES.index(r)] == "ok"), None)
        if role:
            yield name, role, path_of(name, rows, key)


def test_every_form_sent_wrong_says_so_above_its_fields(client, cast, rows):
    seen, silent = set(), []
    for name, role, path in pages(rows):
        if cast[role]:
            client.force_login(cast[role])
        else:
            client.logout()
        for form in forms_of(client, path):
            if any((name, field) in TAKES_ANYTHING for field in form["fields"]):
                continue
            seen.add((name, form.get("method", "get")))
            answer = send(client, path, form, form["fields"])
            if not SUMMARY.search(answer.content.decode()):
                silent.append((name, "wrong", list(form["fields"]), answer.status_code))
            for button in form["buttons"]:
                if "find" in button:
                    continue  # searches for a choice of this form
                answer = send(client, path, form, button)
                has_summary = SUMMARY.search(answer.content.decode())
                # An empty form may be all right: then it leads on, or a search shows its rows.
                if answer.status_code == 200 and form.get("method") == "post" and not has_summary:
                    silent.append((name, "empty", list(form["fields"]), button))
    assert silent == []
    assert ("patrols:duty_review", "post") in seen
    assert ("patrols:duty_list", "get") in seen
    assert len(seen) > 30, seen
