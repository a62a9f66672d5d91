"""Gate: every text of the code is translated in locale/id, and the compiled file is up to date.

With --write it adds missing texts (untranslated) to the catalogue and compiles it. It reads the
sources itself, so that it works on machines without the gettext programs.
"""

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import polib
from django.utils.translation.template import templatize

CHECKOUT = Path(__file__).resolve().parents[2]
SOURCES = (
    "territory",
    "accounts",
    "partners",
    "reports",
    "patrols",
    "programs",
    "toolkit",
    "seeds",
    "tools",
    "kamtibmas_site",
)
CATALOGUE = CHECKOUT / "locale" / "id" / "LC_MESSAGES" / "django.po"

# Position of the context, the text and the plural in each function's arguments
FUNCTIONS: dict[str, tuple[int | None, int, int | None]] = {
    **dict.fromkeys(("_", "gettext", "gettext_lazy", "gettext_noop"), (None, 0, None)),
    **dict.fromkeys(("ngettext", "ngettext_lazy"), (None, 0, 1)),
    **dict.fromkeys(("pgettext", "pgettext_lazy"), (0, 1, None)),
    **dict.fromkeys(("npgettext", "npgettext_lazy"), (0, 1, 2)),
}
STRING = r"""(?:u?'(?:[^'\\]|\\.)*'|u?"(?:[^"\\]|\\.)*")"""
CALL = re.compile(rf"\b({'|'.join(FUNCTIONS)})\(\s*({STRING}(?:\s*,\s*{STRING})*)", re.DOTALL)
PLACEHOLDER = re.compile(r"%\((\w+)\)[a-z]|%[sd]|\{(\w*)\}")


class Text(NamedTuple):
    """One text to translate. gettext tells texts apart by context and singular."""

    context: str | None
    singular: str
    plural: str | None


def texts_of_python(source: str) -> Iterator[Text]:
    """The texts of a Python module, without those that are no plain strings."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        if name in FUNCTIONS:
            strings = [
                argument.value
                for argument in node.args
                if isinstance(argument, ast.Constant) and isinstance(argument.value, str)
            ]
            yield from _text(name, strings)


def texts_of_template(source: str) -> Iterator[Text]:
    """The texts of a Django template."""
    for name, arguments in CALL.findall(templatize(source)):
        yield from _text(name, [ast.literal_eval(word) for word in re.findall(STRING, arguments)])


def _text(name: str, strings: list[str]) -> Iterator[Text]:
    context, singular, plural = FUNCTIONS[name]
    if len(strings) > max(singular, plural or 0):
        yield Text(
            None if context is None else strings[context],
            strings[singular],
            None if plural is None else strings[plural],
        )


def texts_of_site(checkout: Path = CHECKOUT) -> dict[Text, str]:
    """Every text of the site with the first file that has it."""
    found: dict[Text, str] = {}
    for folder in SOURCES:
        for path in sorted((checkout / folder).rglob("*.py")):
            for text in texts_of_python(path.read_text()):
                found.setdefault(text, str(path.relative_to(checkout)))
    for path in sorted((checkout / "templates").rglob("*.*")):
        if path.suffix in {".html", ".txt"}:
            for text in texts_of_template(path.read_text()):
                found.setdefault(text, str(path.relative_to(checkout)))
    return found


def faults(texts: dict[Text, str], catalogue: Path) -> Iterator[str]:
    """One line for every fault of the catalogue."""
    if not catalogue.exists():
        yield f"{catalogue} is missing."
        return
    entries = {
        (entry.msgctxt, entry.msgid): entry
        for entry in polib.pofile(str(catalogue))
        if not entry.obsolete
    }
    for text, place in texts.items():
        entry = entries.get((text.context, text.singular))
        if entry is None or (text.plural and not entry.msgid_plural):
            yield f"{place}: {text.singular!r} is not in the catalogue."
    wanted = {(text.context, text.singular) for text in texts}
    for key, entry in entries.items():
        if key not in wanted:
            yield f"{entry.msgid!r} is nowhere in the code: run `make messages`."
        if entry.fuzzy or not entry.translated():
            yield f"{entry.msgid!r} is {'fuzzy' if entry.fuzzy else 'not translated'}."
        for translation in [*entry.msgstr_plural.values(), entry.msgstr]:
            source = entry.msgid_plural or entry.msgid
            if translation and _placeholders(translation) != _placeholders(source):
                yield f"{translation!r} has other placeholders than {source!r}."
    compiled = catalogue.with_suffix(".mo")
    if not compiled.exists() or _content(polib.mofile(str(compiled))) != _content(
        polib.pofile(str(catalogue))
    ):
        yield f"{compiled.name} is not what {catalogue.name} compiles to: run `make messages`."


def _placeholders(text: str) -> set[str]:
    return {match.group() for match in PLACEHOLDER.finditer(text)}


def _content(file: polib.POFile | polib.MOFile) -> set[tuple[object, ...]]:
    return {
        (entry.msgctxt, entry.msgid, entry.msgstr, *sorted(entry.msgstr_plural.items()))
        for entry in file
        if (entry.msgstr or entry.msgstr_plural) and not entry.obsolete
    } | {("header", file.metadata.get("Plural-Forms"))}


def write(texts: dict[Text, str], catalogue: Path) -> int:
    """Adds missing texts, drops unused ones and compiles. Returns how many texts it added."""
    file = polib.pofile(str(catalogue), wrapwidth=100)
    wanted = {(text.context, text.singular) for text in texts}
    for entry in [entry for entry in file if (entry.msgctxt, entry.msgid) not in wanted]:
        file.remove(entry)
    known = {(entry.msgctxt, entry.msgid): entry for entry in file}
    added = 0
    for context, singular, plural in texts:
        if (context, singular) not in known:
            entry = polib.POEntry(msgctxt=context, msgid=singular)
            if plural:
                entry.msgid_plural, entry.msgstr_plural = plural, {0: ""}
            file.append(entry)
            added += 1
    file.save()
    file.save_as_mofile(str(catalogue.with_suffix(".mo")))
    return added


def main(arguments: list[str]) -> int:
    """Returns the exit status: 1 if the catalogue has a fault."""
    texts = texts_of_site()
    if "--write" in arguments:
        print(f"{write(texts, CATALOGUE)} new texts; compiled {CATALOGUE.with_suffix('.mo').name}.")
        return 0
    found = list(faults(texts, CATALOGUE))
    print("\n".join(found) or f"{len(texts)} texts, all translated.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
