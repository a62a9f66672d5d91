"""What `check --database default`, and so `migrate`, says about the keys."""

from collections.abc import Sequence
from typing import Any

from django.core.checks import CheckMessage, Error
from django.db import DatabaseError, transaction

from reports.services.keys import WrongKeys, prove_keys


def keys_open_contacts(
    *, databases: Sequence[str] | None = None, **options: Any
) -> list[CheckMessage]:
    if not databases:
        return []
    try:
        with transaction.atomic():
            prove_keys()
    except WrongKeys as error:
        return [Error(str(error), id="reports.E001")]
    except DatabaseError:  # away: whoever asked says so
        return []
    return []
