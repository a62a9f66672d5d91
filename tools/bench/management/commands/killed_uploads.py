import os
import random
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from reports.models import ReportPhoto
from toolkit.photos.files import delete_orphans, open_file, sweep_incoming
from tools.bench import uploads


class Command(BaseCommand):
    help = "Kills workers of the server of this database amid uploads; counts files without a row."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--count", type=int, default=200, help="reports to send, 200")
        parser.add_argument("--at-once", type=int, default=6, help="senders, 6")

    def handle(self, *args: Any, **options: Any) -> None:
        port = options["port"]
        if not uploads.workers(port):
            raise CommandError(f"Nothing of yours listens on port {port}.")
        photos = [uploads.picture("RGB", (800 + n, 600), "JPEG") for n in range(5)]
        forms = [photos] * options["count"]
        with killing(port) as killed:
            answers = uploads.send_many(port, forms, options["at_once"])
        self.stdout.write(f"answers: {dict(answers)}; {len(killed)} workers killed")
        self._count("before the sweep")
        # Nothing is being written any more, so that what a job deletes in time can go at once.
        sweep_incoming(timedelta())
        delete_orphans(timedelta())
        if self._count("after it"):
            raise CommandError("Files are left, or rows point to nothing.")

    def _count(self, when: str) -> int:
        rows = ReportPhoto._base_manager.exclude(large="").values_list("large", "small")
        named = {name for pair in rows for name in pair}
        root = Path(settings.MEDIA_ROOT)
        placed = {
            path.relative_to(root).as_posix()
            for path in (root / ReportPhoto.folder).rglob("*")
            if path.is_file()
        }
        incoming = len(list((root / "incoming").glob("*")))
        orphans = len(placed - named)
        lost = sum(not _opens(name) for name in named)
        self.stdout.write(
            f"{when}: {len(named)} files with a row, {incoming} in incoming/,"
            f" {orphans} without a row, {lost} rows without a file"
        )
        return incoming + orphans + lost


@contextmanager
def killing(port: int) -> Iterator[list[int]]:
    """Kills a worker about every second until the block ends."""
    killed: list[int] = []
    over = threading.Event()

    def kill() -> None:
        while not over.wait(random.uniform(0.3, 1.5)):  # noqa: S311
            pids = uploads.workers(port)
            # Nobody would start the only process of a server again.
            if len(uploads.serving_processes(port)) == len(pids):
                continue
            pid = random.choice(pids)  # noqa: S311
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
                killed.append(pid)

    thread = threading.Thread(target=kill)
    thread.start()
    try:
        yield killed
    finally:
        over.set()
        thread.join()


def _opens(name: str) -> bool:
    try:
        open_file(name).close()
    except FileNotFoundError:
        return False
    return True
