import re
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles.storage import StaticFilesStorage

from toolkit.static_files import HashedModulesStorage, shorter_script

IMPORTED = re.compile(r"""\bfrom\s*["']([^"']+)["']|\bimport\s*\(?\s*["']([^"']+)["']""")


@pytest.fixture(scope="module")
def stored(tmp_path_factory):
    """The scripts of static/js as a server has them: name -> name with its hash, and the folder."""
    folder = tmp_path_factory.mktemp("static")
    source = StaticFilesStorage(location=str(Path(settings.BASE_DIR, "static")))
    names = [
        str(path.relative_to(source.location))
        for path in sorted(Path(source.location, "js").rglob("*.js"))
    ]
    storage = HashedModulesStorage(location=str(folder))
    for name in names:
        with source.open(name) as file:
            storage.save(name, file)
    hashed = {
        name: hashed_name
        for name, hashed_name, _ in storage.post_process({name: (source, name) for name in names})
        if hashed_name.endswith(".js")
    }
    assert set(hashed) == set(names)
    return hashed, folder


def test_modules_import_each_other_by_hashed_names(stored):
    hashed, folder = stored
    imports = [
        Path(folder, name).parent.joinpath(*found).resolve()
        for name in hashed.values()
        for found in IMPORTED.findall(Path(folder, name).read_text())
    ]
    assert imports
    known = {Path(folder, name).resolve() for name in hashed.values()}
    assert set(imports) <= known


def test_our_modules_are_sent_short(stored):
    hashed, folder = stored
    for name, hashed_name in hashed.items():
        text = Path(folder, hashed_name).read_text()
        assert not re.search(r"(?m)^[ \t]|^//", text), name
    source = Path(settings.BASE_DIR, "static", "js", "offline", "queue.js").read_text()
    queue = Path(folder, hashed["js/offline/queue.js"]).read_text()
    assert len(queue) < 0.6 * len(source)
    assert "export function sendAll(" in queue


@pytest.mark.parametrize("kind", ["const", "let", "var"])
def test_what_a_script_does_first_stays_first(kind):
    text = f"export function f(q) {{ {kind} a = q.one(); {kind} {{ b }} = q.two(); q(a, b); }}"
    short = shorter_script(text)
    assert short.index("one") < short.index("two")
