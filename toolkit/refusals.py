"""Logs why something sent from outside was not stored."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from django.core.exceptions import ObjectDoesNotExist, PermissionDenied, ValidationError

from toolkit.idempotency.answers import Conflict
from toolkit.outage import AWAY


@contextmanager
def log_refusal(logger: logging.Logger, what: str) -> Iterator[None]:
    """Logs that `what` was refused or failed, and raises the error again. Also a decorator.

    Only the class of the error, its code and the names of fields are logged. The text of an error
    may repeat what a person wrote, and that of a database error repeats a whole row.
    """
    try:
        yield
    except (ValidationError, PermissionDenied, ObjectDoesNotExist) as error:
        logger.info("%s refused: %s", what, _kind_of(error))
        raise
    except Conflict:
        logger.warning("%s refused: another body is stored under its UUID", what)
        raise
    except AWAY:
        raise  # whoever answers the request logs it, once for many
    except Exception as error:
        logger.error("%s not stored: %s", what, type(error).__name__)
        raise


def _kind_of(error: Exception) -> str:
    name = type(error).__name__
    details: list[str] = []
    if isinstance(error, ValidationError):
        if hasattr(error, "error_dict"):
            details = sorted(error.error_dict)
        else:
            details = [one.code for one in error.error_list if one.code]
    return f"{name} ({', '.join(details)})" if details else name
