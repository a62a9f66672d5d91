"""A server in production loads nothing of tools/, and kamtibmas_site only wires."""

import ast
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

SITE = Path(settings.BASE_DIR) / "kamtibmas_site"
PRODUCTION = {
    "ALLOWED_HOSTS": "kamtibmas.example",
    "DEBUG": "0",
    "KAMTIBMAS_DEMO": "0",
    "KAMTIBMAS_HASHED_STATIC": "1",
    "KAMTIBMAS_PLAIN_HTTP": "0",
    "KAMTIBMAS_PROXIES": "1",
}
# What gunicorn imports at its start, and what Django imports with the first page.
LOADED_BY_A_SERVER = """
import json, sys
import kamtibmas_site.wsgi
from django.conf import settings
from django.core.management import get_commands
from django.template import engines
from django.urls import get_resolver
get_resolver().url_patterns
engines["django"].engine.template_context_processors
print(json.dumps({
    "modules": [name for name in sys.modules if name.partition(".")[0] in ("tools", "tests")],
    "apps": settings.INSTALLED_APPS,
    "commands": list(get_commands()),
    "request": kamtibmas_site.wsgi.application.request_class.__module__,
}))
"""


def load_server(**environment):
    """What a process with production settings has loaded, and the apps and commands it knows."""
    inherited = {name: word for name, word in os.environ.items() if name != "KAMTIBMAS_TOOLS"}
    done = subprocess.run(
        [sys.executable, "-c", LOADED_BY_A_SERVER],
        cwd=settings.BASE_DIR,
        env={**inherited, **PRODUCTION, **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(done.stdout)


def test_production_loads_no_tools():
    found = load_server()
    assert found["modules"] == []
    assert found["request"] == "toolkit.serving.requests"
    assert not [name for name in found["apps"] if name.startswith("tools")]
    assert not {"load_demo", "load_scale", "bench", "fuzz_requests"} & set(found["commands"])
    assert "load_seeds" in found["commands"]


@pytest.mark.parametrize("name", ["KAMTIBMAS_DEMO", "DEBUG"])
def test_demo_and_development_load_the_commands_of_tools(name):
    found = load_server(**{name: "1"})
    assert {"tools.demo", "tools.bench"} <= set(found["apps"])
    assert {"load_demo", "bench"} <= set(found["commands"])


def test_the_site_imports_nothing_of_tools():
    wrong = [
        f"{path.name}: {ast.unparse(node)}"
        for path in SITE.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Import | ast.ImportFrom)
        and re.search(r"\btools\b", ast.unparse(node))
    ]
    assert not wrong


def test_the_site_stays_under_900_lines():
    lines = sum(len(path.read_text().splitlines()) for path in SITE.rglob("*.py"))
    assert lines < 900
