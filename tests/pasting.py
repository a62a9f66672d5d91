"""What tests of pasted tables share."""

from django.urls import reverse


def look(client, name, text, **sent):
    """The page that shows what the text would make."""
    return client.post(reverse(name), {"text": text, "step": "look", **sent})


def save(client, name, text):
    """Looks at the text and presses "save", as far as the page has that button."""
    page = look(client, name, text)
    assert page.status_code == 200
    if b'value="save"' not in page.content:
        return page
    return client.post(reverse(name), {"text": text, "step": "save", "seen": page.context["stamp"]})


def mistakes(page):
    """(line, column, words) of each line that is wrong."""
    return [(one.line, one.column, one.words) for one in page.context["plan"].mistakes]


def table(*lines):
    return "\n".join("\t".join(line) for line in lines)
