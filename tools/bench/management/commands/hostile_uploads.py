import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import cycle, islice
from statistics import median
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from reports.models import ReportPhoto
from toolkit.photos.clean import digest_of
from tools.bench import uploads

ATTACKER = "127.0.0.9"
MOST_MEGABYTES, MOST_SECONDS = 300, 1.0


class Command(BaseCommand):
    help = "Sends hostile photos to the server of this database; measures memory and /healthz."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--count", type=int, default=200, help="reports to send, 200")
        parser.add_argument("--at-once", type=int, default=8, help="senders, 8")
        parser.add_argument(
            "--one-address",
            action="store_true",
            help="all from one address; a photo from another one every two seconds",
        )
        parser.add_argument("--plain", action="store_true", help="photos of a phone instead")

    def handle(self, *args: Any, **options: Any) -> None:
        port = options["port"]
        pids = uploads.workers(port)
        if not pids:
            raise CommandError(f"Nothing of yours listens on port {port}.")
        pictures = cycle(uploads.hostile_pictures().values())
        # Of each second form all photos pass the headers, so that they are decoded.
        passing = cycle(
            content
            for name, content in uploads.hostile_pictures().items()
            if any(word in name for word in ("limit", "108", "32 passes", "clear"))
        )
        forms = [
            list(islice(passing if number % 2 else pictures, 5))
            for number in range(options["count"])
        ]
        if options["plain"]:
            forms = [[uploads.hostile_pictures()["plain photo"]] * 5] * options["count"]
        before = {pid: uploads.memory(pid, "VmRSS") for pid in pids}
        photos = ReportPhoto._base_manager.count()
        for pid in pids:
            uploads.forget_peak(pid)
        address = ATTACKER if options["one_address"] else ""
        with uploads.watching_health(port) as health, self.honest(port, bool(address)):
            answers = uploads.send_many(port, forms, options["at_once"], address)
        for pid in pids:
            self.stdout.write(
                f"worker {pid}: {before[pid]:.0f} MB before, {uploads.memory(pid):.0f} MB at most,"
                f" {uploads.memory(pid, 'VmRSS'):.0f} MB after"
            )
        rows = ReportPhoto._base_manager.order_by("-pk")
        new = list(rows[: ReportPhoto._base_manager.count() - photos])
        missing = sum(row.is_missing for row in new)
        self.stdout.write(f"answers: {dict(answers)}; photos: {len(new)}, {missing} missing")
        self.stdout.write(f"/healthz: {len(health)} times, the slowest {max(health):.2f} s")
        if pids != uploads.workers(port):
            raise CommandError("A worker ended.")
        if max(map(uploads.memory, pids)) > MOST_MEGABYTES or max(health) > MOST_SECONDS:
            raise CommandError(f"Allowed are {MOST_MEGABYTES} MB and {MOST_SECONDS} s.")

    @contextmanager
    def honest(self, port: int, is_wanted: bool) -> Iterator[None]:
        """Sends a phone's photo every two seconds meanwhile, and says what became of them."""
        photo = uploads.picture("RGB", (4000, 3000), "JPEG", quality=91)
        waited: list[float] = []
        over = threading.Event()

        def send() -> None:
            while not over.wait(2):
                begun = time.monotonic()
                uploads.send_report(port, [photo])
                waited.append(time.monotonic() - begun)

        if not is_wanted:
            yield
            return
        thread = threading.Thread(target=send)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()
        digest = digest_of(photo)
        rows = list(ReportPhoto._base_manager.order_by("-pk").filter(digest=digest)[: len(waited)])
        kept = sum(not row.is_missing for row in rows)
        self.stdout.write(
            f"photos of others: {len(waited)}, {kept} stored; answered after"
            f" {median(waited):.1f} s, the last after {max(waited):.1f} s"
        )
