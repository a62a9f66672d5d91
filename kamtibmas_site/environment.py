"""Settings read from the environment.

A missing or bad value raises ImproperlyConfigured with one sentence naming it.
"""

import re
from pathlib import Path
from typing import Any

import environ
from django.core.exceptions import ImproperlyConfigured

_env = environ.Env()
_YES, _NO = {"1", "true", "yes", "on"}, {"0", "false", "no", "off", ""}


def flag(name: str, default: bool) -> bool:
    """Yes or no. environ's own bool() reads every unknown word as no and hides a typing mistake."""
    word = _env.str(name, default="yes" if default else "no").strip().lower()
    if word not in _YES | _NO:
        raise ImproperlyConfigured(f"{name} is {word!r}: it takes 1 or 0.")
    return word in _YES


def whole_number(name: str, default: int) -> int:
    """A count or a number of seconds, zero or more."""
    word = _env.str(name, default=str(default)).strip()
    if not word.isdecimal():
        raise ImproperlyConfigured(f"{name} is {word!r}: it takes a whole number.")
    return int(word)


def words(name: str) -> list[str]:
    """Words divided by commas; an empty list if the variable is missing."""
    return [word.strip() for word in _env.str(name, default="").split(",") if word.strip()]


def hosts(name: str, *, required: bool) -> list[str]:
    """Host names divided by commas."""
    found = words(name)
    if required and not found:
        raise ImproperlyConfigured(
            f"{name} is missing: give the host names of the site, divided by commas."
        )
    for host in found:
        if "/" in host or " " in host:
            raise ImproperlyConfigured(
                f"{name} holds {host!r}: a host name has no scheme, path or space."
            )
    return found


def tiles(name: str) -> str:
    """The address of map tiles, with {z}, {x} and {y} in it; "" if the variable is missing."""
    address = text(name)
    if address and not re.fullmatch(r"https://[\w.:-]+/\S*", address):
        raise ImproperlyConfigured(f"{name} is {address!r}: it begins with https:// and a host.")
    if address and not all(part in address for part in ("{z}", "{x}", "{y}")):
        raise ImproperlyConfigured(f"{name} lacks {{z}}, {{x}} or {{y}}.")
    return address


def text(name: str) -> str:
    return str(_env.str(name, default="")).strip()


def secret_key(file: Path) -> str:
    """SECRET_KEY; if that is missing, the file that `make run` makes once."""
    return _secret("SECRET_KEY", _env.str("SECRET_KEY", default=""), file)


def contact_keys(file: Path) -> list[str]:
    """CONTACT_KEYS, the newest first; if that is missing, the file that `make run` makes once."""
    keys = words("CONTACT_KEYS") or [""]
    return [_secret("CONTACT_KEYS", key, file) for key in keys]


def _secret(name: str, key: str, file: Path) -> str:
    if not key and file.is_file():
        key = file.read_text().strip()
    if not key:
        raise ImproperlyConfigured(
            f"{name} is missing: set it to 50 random characters or more, or write {file}."
        )
    if len(key) < 50:
        raise ImproperlyConfigured(f"{name} has {len(key)} characters: it takes 50 or more.")
    return key


def database_owner() -> dict[str, Any]:
    """As `database`, of the role that owns the tables; empty where there is none."""
    name = "DATABASE_OWNER_URL"
    return database(name) if _env.str(name, default="") else {}


def database(name: str = "DATABASE_URL") -> dict[str, Any]:
    """Django's settings of the database, PostgreSQL 15 or newer."""
    url = _env.str(name, default="")
    if not url:
        raise ImproperlyConfigured(
            f"{name} is missing: set it as postgresql://user:password@host/name, or use `make run`."
        )
    if not url.startswith(("postgresql://", "postgres://")):
        raise ImproperlyConfigured(
            f"{name} does not begin with postgresql://: only PostgreSQL will do."
        )
    try:
        found: dict[str, Any] = dict(_env.db_url_config(url))
    except (ValueError, ImproperlyConfigured) as error:
        raise ImproperlyConfigured(f"{name} cannot be read ({error}).") from error
    if not found.get("NAME"):
        raise ImproperlyConfigured(f"{name} names no database after the last slash.")
    options = dict(found.get("OPTIONS") or {})
    # A socket folder comes as ?host=/folder. dbshell looks for it in HOST.
    found["HOST"] = options.pop("host", found.get("HOST", ""))
    # If pgtrigger.ignore is not set, every trigger raises and catches an error for each row, and
    # the time of a large transaction grows with the square of its rows.
    own = {"connect_timeout": 5, "options": "-c pgtrigger.ignore={}"}
    # Who is idle or waits learns within a minute that a network has lost the other side.
    own |= {"keepalives_idle": 30, "keepalives_interval": 10, "keepalives_count": 3}
    found["OPTIONS"] = {**own, "tcp_user_timeout": 30_000, **options}
    return found
