"""Many requests at the same moment."""

import threading
from collections import Counter

from django.db import connection


def in_threads(count, act, patience=60):
    """Runs `act(number)` at once in so many threads; returns the errors, by name. Waits `patience`
    seconds for each."""
    barrier, errors = threading.Barrier(count, timeout=30), Counter()

    def run(number):
        try:
            connection.ensure_connection()
            barrier.wait()
            act(number)
        except Exception as error:
            errors[type(error).__name__] += 1
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(patience)
    return errors
