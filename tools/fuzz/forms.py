"""The forms of a page, as a browser would send them."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

NOT_SENT = {"submit", "button", "image", "reset"}


@dataclass
class PageForm:
    """`fields` in their order; `buttons` are sent one at a time; `files` are names of file fields;
    `offered` are the values that a field's options offer."""

    action: str
    method: str
    fields: list[tuple[str, str]] = field(default_factory=list)
    buttons: list[tuple[str, str]] = field(default_factory=list)
    files: list[str] = field(default_factory=list)
    offered: dict[str, list[str]] = field(default_factory=dict)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[PageForm] = []
        self.form: PageForm | None = None
        self.select = self.textarea = ""
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        got = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.form = PageForm(got.get("action", ""), got.get("method", "get").lower())
            self.forms.append(self.form)
        if self.form is None:
            return
        name, value = got.get("name", ""), got.get("value", "")
        if tag == "select":
            self.select = name
        elif tag == "textarea":
            self.textarea, self.text = name, []
        elif tag == "option" and self.select:
            self._offer(self.select, value, "selected" in got)
        elif tag == "button" and name:
            self.form.buttons.append((name, value))
        elif tag == "input" and name:
            self._input(name, value or "on", value, got)

    def _input(self, name: str, ticked: str, value: str, got: dict[str, str]) -> None:
        assert self.form is not None  # noqa: S101
        kind = got.get("type", "text")
        if kind in ("checkbox", "radio"):
            self._offer(name, ticked, "checked" in got)
        elif kind == "file":
            self.form.files.append(name)
        elif kind in NOT_SENT:
            self.form.buttons.append((name, value))
        else:
            self.form.fields.append((name, value))

    def _offer(self, name: str, value: str, chosen: bool) -> None:
        assert self.form is not None  # noqa: S101
        self.form.offered.setdefault(name, []).append(value)
        if chosen:
            self.form.fields.append((name, value))

    def handle_data(self, data: str) -> None:
        if self.textarea:
            self.text.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.form = None
        elif tag == "select":
            self.select = ""
        elif tag == "textarea" and self.form is not None:
            self.form.fields.append((self.textarea, "".join(self.text)))
            self.textarea = ""


def forms_of(page: str) -> list[PageForm]:
    reader = _Reader()
    reader.feed(page)
    return reader.forms
