"""What is asked of the database once, before the web server takes requests."""

import logging

from django.db import OperationalError, connections

from toolkit.extensions import ListHook

logger = logging.getLogger(__name__)

# Each raises ImproperlyConfigured, with one sentence, where the site must not start.
at_start: "ListHook[[], None]" = ListHook()


def prove_start() -> None:
    """A database that is away stops nothing: the site answers 503 until it is back."""
    try:
        at_start()
    except OperationalError:
        logger.warning("The database does not answer: nothing was proved at this start")
    finally:
        connections.close_all()  # a forked worker must not share a connection
