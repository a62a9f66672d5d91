"""What a person at the terminal sees, and what the defaults promise."""

import os
import subprocess
import sys

import pytest
from django.conf import settings

PRODUCTION = {
    "ALLOWED_HOSTS": "kamtibmas.example",
    "KAMTIBMAS_HASHED_STATIC": "1",
    "KAMTIBMAS_PLAIN_HTTP": "0",
    "KAMTIBMAS_PROXIES": "1",
}


def django(*arguments, **environment):
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=settings.BASE_DIR,
        env={**os.environ, **PRODUCTION, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("name", "value"), [("DATABASE_URL", ""), ("DEBUG", "maybe"), ("SECRET_KEY", "short")]
)
@pytest.mark.parametrize("command", ["check", "load_seeds"])
def test_a_bad_value_stops_the_start_with_a_sentence(name, value, command):
    done = django(command, **{name: value})
    assert done.returncode == 1
    assert done.stderr.startswith(name)
    assert len(done.stderr.splitlines()) == 1


def test_the_defaults_are_safe():
    done = django(
        "shell",
        "--no-imports",
        "--command",
        "from django.conf import settings as s; print(s.DEBUG, s.KAMTIBMAS_DEMO,"
        " s.SECURE_SSL_REDIRECT, s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE,"
        " s.SECURE_HSTS_SECONDS >= 31536000, s.SECURE_PROXY_SSL_HEADER is not None)",
    )
    assert done.stdout.split() == ["False", "False", "True", "True", "True", "True", "True"], done


def test_the_policy_allows_nothing_inline(settings):
    policy = str(settings.CONTENT_SECURITY_POLICY)
    assert "unsafe" not in policy
    assert "http" not in policy.replace(settings.QUICK_EXIT_TO, "")


def test_the_host_of_map_tiles_joins_the_pictures_and_nothing_else():
    done = django(
        "shell",
        "--no-imports",
        "--command",
        "from django.conf import settings as s; print([(k, 'https://tiles.example:8443' in v)"
        " for k, v in s.CONTENT_SECURITY_POLICY['DIRECTIVES'].items()])",
        MAP_TILES_URL="https://tiles.example:8443/peta/{z}/{x}/{y}.png",
    )
    assert "('img-src', True)" in done.stdout, done
    assert done.stdout.count("True") == 1


def test_uploads_have_no_address_and_no_locale_middleware_is_on(settings):
    assert settings.MEDIA_URL in {"", "/"}
    assert not any("Locale" in name for name in settings.MIDDLEWARE)
