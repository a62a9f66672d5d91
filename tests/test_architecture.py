"""The house rules that a program can read off the sources. CONTRIBUTING.md gives their reasons."""

import ast
import functools
import re
from pathlib import Path

import pytest
from django.contrib import admin
from django.urls import get_resolver

CHECKOUT = Path(__file__).resolve().parent.parent
SETTINGS = CHECKOUT / "kamtibmas_site" / "settings.py"
# Which packages a package may import or point a foreign key to, beside itself.
MAY_KNOW = {
    "toolkit": set(),
    "territory": {"toolkit"},
    "accounts": {"toolkit", "territory"},
    "partners": {"toolkit", "territory", "accounts"},
    "reports": {"toolkit", "territory", "accounts", "partners"},
    "patrols": {"toolkit", "territory", "accounts", "partners", "reports"},
    "programs": {"toolkit", "territory", "accounts", "partners", "reports", "patrols"},
    "seeds": {"toolkit", "territory", "accounts", "partners", "reports", "patrols", "programs"},
    "kamtibmas_site": {
        *("toolkit", "territory", "accounts", "partners", "reports", "patrols", "programs"),
    },
    "tools": {
        *("toolkit", "territory", "accounts", "partners", "reports", "patrols", "programs"),
        *("seeds", "kamtibmas_site"),
    },
}
OURS = tuple(MAY_KNOW)
APPS = ("territory", "accounts", "partners", "reports", "patrols", "programs")
# The rooms of an app: a module imports only from rooms that stand before its own, or from its own.
ROOMS = {
    "extensions": 0,
    # Modules that need no model: words, arithmetic, what a scope or a role is.
    "scope": 0,
    "times": 0,
    "roles": 0,
    "codes": 0,
    "encryption": 0,
    "category_words": 0,
    "agencies": 0,
    "workflow": 1,
    "models": 2,
    "rights": 3,
    "dosage": 3,
    "selectors": 4,
    "services": 5,
    "presenters": 6,
    "templatetags": 6,
    "forms": 7,
    "filters": 7,
    "views": 8,
    "admin": 8,
    "backends": 8,
    "middleware": 8,
    "adapter": 8,
    "checks": 8,
    "management": 8,
    "urls": 9,
    "apps": 9,
}
MAX_LINES = 400
DOORS = {
    "visible_to",
    "get_visible",
    "in_scope",
    "of",
    "of_head",
    "held_by",
    "opening_sealed",
    "opened_sealed",
    "none",
}
READERS = re.compile(r"(^|/)(selectors|presenters|views|admin|forms|filters)(/|\.py$)")


def modules(*folders, migrations=False):
    for folder in folders:
        for path in sorted((CHECKOUT / folder).rglob("*.py")):
            if migrations or "migrations" not in path.parts:
                yield path


def tree(path):
    return ast.parse(path.read_text(), filename=str(path))


def named(path, node=None):
    place = str(path.relative_to(CHECKOUT))
    return f"{place}:{node.lineno}" if node is not None else place


def words_of_other_apps(source, app):
    """(node, app) for each import, and each string such as "patrols.Duty", that names our apps."""
    for node in ast.walk(source):
        if isinstance(node, ast.Import):
            found = [alias.name.partition(".")[0] for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and not node.level:
            found = [(node.module or "").partition(".")[0]]
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            match = re.fullmatch(r"(\w+)[.:]\w+", node.value)
            found = [match[1]] if match else []
        elif isinstance(node, ast.Attribute) and node.attr == "AUTH_USER_MODEL":
            found = ["accounts"]
        else:
            continue
        yield from ((node, name) for name in found if name in OURS and name != app)


@pytest.mark.parametrize("app", OURS)
def test_imports_and_string_keys_run_one_way(app):
    allowed = MAY_KNOW[app]
    wrong = [
        f"{named(path, node)} names {other}"
        for path in modules(app, migrations=True)
        for node, other in words_of_other_apps(tree(path), app)
        # The settings name tools as apps of a demo; tests/kamtibmas_site/test_production.py.
        if other not in allowed and not (other == "tools" and path == SETTINGS)
    ]
    assert not wrong, f"{app} may only know {sorted(allowed)}:\n" + "\n".join(wrong)


@pytest.mark.parametrize("app", APPS)
def test_templates_link_one_way(app):
    allowed = {app, *MAY_KNOW[app]}
    wrong = [
        f"{named(path)} links to {other}"
        for path in sorted((CHECKOUT / "templates" / app).rglob("*.html"))
        for other in re.findall(r"""{%\s*url\s+["'](\w+):""", path.read_text())
        if other in OURS and other not in allowed
    ]
    assert not wrong, "\n".join(wrong)


def room_of(module):
    """The place of a dotted module in ROOMS; None for what stands outside the apps."""
    app, _dot, rest = module.partition(".")
    if app not in APPS:
        return None
    return ROOMS.get(rest.partition(".")[0])


def imported_modules(source):
    """(node, dotted name) of each import but those for types only."""
    for_types = {
        inner
        for node in ast.walk(source)
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)
        for inner in ast.walk(node)
    }
    for node in ast.walk(source):
        if node in for_types:
            continue
        if isinstance(node, ast.Import):
            yield from ((node, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names = [f"{node.module}.{alias.name}" for alias in node.names]
            yield from ((node, name) for name in names)


@pytest.mark.parametrize("app", APPS)
def test_a_module_imports_only_rooms_before_its_own(app):
    wrong = []
    for path in modules(app):
        module = ".".join(path.relative_to(CHECKOUT).with_suffix("").parts)
        own = room_of(module)
        wrong += [
            f"{named(path, node)} imports {name}"
            for node, name in imported_modules(tree(path))
            if (room := room_of(name)) is not None and room > own
        ]
    assert not wrong, f"The order of rooms is {sorted(ROOMS, key=ROOMS.get)}:\n" + "\n".join(wrong)


@pytest.mark.parametrize("app", APPS)
def test_every_module_of_an_app_has_a_room(app):
    names = {path.relative_to(CHECKOUT / app).parts[0].removesuffix(".py") for path in modules(app)}
    assert names - {"__init__"} <= set(ROOMS), "Give it a room in ROOMS, or move it into one."


def test_every_package_of_ours_is_listed():
    packages = {path.parent.name for path in CHECKOUT.glob("*/__init__.py")}
    assert packages - {"tests"} == set(OURS)


def pages():
    """(app, name, view) for every URL of our apps."""
    for pattern in get_resolver().url_patterns:
        for page in getattr(pattern, "url_patterns", []):
            if getattr(pattern, "namespace", None) in APPS:
                yield pattern.namespace, page.name, page.callback


@functools.cache
def function(path, name):
    return next(
        (n for n in tree(path).body if isinstance(n, ast.FunctionDef) and n.name == name), None
    )


def templates_of(view):
    """The templates that the function names in its own body."""
    path = Path(view.__code__.co_filename)
    node = function(path, view.__name__)
    strings = (n.value for n in ast.walk(node) if isinstance(n, ast.Constant)) if node else ()
    return {text for text in strings if isinstance(text, str) and text.endswith(".html")}


def unwrapped(view):
    while hasattr(view, "__wrapped__"):
        view = view.__wrapped__
    return view


def test_a_page_has_one_name():
    wrong = []
    for app, name, callback in pages():
        view = unwrapped(callback)
        page = f"{app}:{name}"
        if getattr(view, "__name__", "") != name or not hasattr(view, "__code__"):
            wrong.append(f"{page} is served by {getattr(view, '__name__', view)}, not by {name}()")
            continue
        if not view.__module__.startswith(f"{app}.views"):
            wrong.append(f"{page} is in {view.__module__}, not in {app}.views")
        other = {t for t in templates_of(view) if not re.match(rf"{app}/_?{name}(_\w+)?\.html", t)}
        if other:
            wrong.append(f"{page} renders {', '.join(sorted(other))}")
        tests = CHECKOUT / "tests" / app
        tested = (tests / f"test_{name}.py").exists() or (
            not templates_of(view)  # an action without a page is tested with the page it is on
            and any(re.search(rf"[\"':]{name}\b", p.read_text()) for p in tests.glob("test_*.py"))
        )
        if not tested:
            wrong.append(f"{page} has no tests/{app}/test_{name}.py")
    assert not wrong, "\n".join(wrong)


def test_every_template_belongs_to_a_page():
    names = {(app, name) for app, name, _ in pages()}
    wrong = [
        named(path)
        for app in APPS
        for path in sorted((CHECKOUT / "templates" / app).glob("*.html"))
        if not path.stem.startswith("_") and (app, path.stem) not in names
    ]
    assert not wrong, f"No URL has these names: {wrong}"


def unguarded_reads(source):
    """Reads of a model past every door: X.objects not followed by .visible_to(…) and kin."""
    parents = {child: node for node in ast.walk(source) for child in ast.iter_child_nodes(node)}
    for node in ast.walk(source):
        if isinstance(node, ast.Attribute) and node.attr in {
            "objects",
            "_default_manager",
            "_base_manager",
        }:
            step = parents.get(node)
            if isinstance(step, ast.Attribute) and step.attr in DOORS:
                continue
            if not is_unscoped(node, parents):
                yield node
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            first = node.args[0] if node.args else None
            if (
                node.func.id in {"get_object_or_404", "get_list_or_404"}
                and isinstance(first, ast.Name)
                and first.id[:1].isupper()
            ):
                yield node


def is_unscoped(node, parents):
    """Whether the chain of calls that begins here is what unscoped(…, "reason") is given."""
    step = parents.get(node)
    while isinstance(step, ast.Attribute) or (isinstance(step, ast.Call) and step.func is node):
        node, step = step, parents.get(step)
    return isinstance(step, ast.Call) and getattr(step.func, "id", "") == "unscoped"


@pytest.mark.parametrize(
    ("source", "is_guarded"),
    [
        ("Duty.objects.in_scope(user)", True),
        ("unscoped(Duty.objects, 'why')", True),
        ("unscoped(Duty.objects.running().filter(pk=1), 'why')", True),
        ("Duty.objects.running()", False),
        ("unscoped(Duty.objects.all(), 'why').filter(leader__in=User.objects.all())", False),
        ("first(Duty.objects.all())", False),
        ("get_object_or_404(Duty, pk=1)", False),
    ],
)
def test_what_counts_as_guarded(source, is_guarded):
    assert is_guarded is not bool(list(unguarded_reads(ast.parse(source))))


def test_no_view_or_admin_reads_past_the_scope():
    wrong = [
        named(path, node)
        for path in modules(*OURS)
        if READERS.search(path.relative_to(CHECKOUT).as_posix())
        for node in unguarded_reads(tree(path))
    ]
    assert not wrong, f"Rows are reached through {sorted(DOORS)} only: {wrong}"


def test_every_admin_narrows_its_rows():
    wrong = [
        f"{model._meta.label}: {type(model_admin).__name__}"
        for model, model_admin in admin.site._registry.items()
        if model._meta.app_label in APPS
        and type(model_admin).get_queryset is admin.ModelAdmin.get_queryset
    ]
    assert not wrong, f"get_queryset must go through visible_to: {wrong}"


def test_no_imports_inside_functions():
    """Except in AppConfig.ready, which fills hooks: models cannot be imported before it runs."""
    wrong = [
        named(path, inner)
        for path in modules(*OURS, migrations=True)
        for node in ast.walk(tree(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and not (path.name == "apps.py" and node.name == "ready")
        for inner in ast.walk(node)
        if isinstance(inner, ast.Import | ast.ImportFrom)
    ]
    assert not wrong, wrong


def test_no_signal_receivers():
    wrong = [
        named(path, node)
        for path in modules(*OURS)
        for node in ast.walk(tree(path))
        if isinstance(node, ast.ImportFrom)
        and re.search(r"(^|\.)(dispatch|signals)$", node.module or "")
    ]
    assert not wrong, f"What happens is written in the service that does it: {wrong}"


def test_modules_stay_short():
    long = {
        named(path): lines
        for path in modules(*OURS)
        if (lines := len(path.read_text().splitlines())) >= MAX_LINES
    }
    assert not long, f"Split by subject before {MAX_LINES} lines: {long}"


INLINE = {
    "a script without src": r"<script(?![^>]*\bsrc=)",
    "a style element": r"<style\b",
    "a style attribute": r"\sstyle\s*=",
    "an event attribute": r"\son[a-z]+\s*=\s*[\"']",
    "a javascript: address": r"javascript:",
}


@pytest.mark.parametrize("what", INLINE)
def test_templates_hold_no_inline_code(what):
    wrong = [
        named(path)
        for path in sorted((CHECKOUT / "templates").rglob("*.html"))
        if re.search(INLINE[what], path.read_text())
    ]
    assert not wrong, f"The Content-Security-Policy would refuse {what}: {wrong}"
