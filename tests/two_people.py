"""What tests of two people who edit the same row share."""

import html
import re

from django.test import Client


def client_of(user):
    client = Client()
    client.force_login(user)
    return client


def sent_fields(form):
    """What a browser sends of this form unchanged."""
    values = {field.html_name: field.value() for field in form}
    return {
        name: value for name, value in values.items() if value is not None and value is not False
    }


def words_of(answer):
    """The text of a page in one line, without its tags."""
    text = html.unescape(re.sub(r"<[^>]+>", " ", answer.content.decode()))
    return re.sub(r" ([:;,.])", r"\1", " ".join(text.split()))
