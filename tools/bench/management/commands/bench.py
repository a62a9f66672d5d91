import json
import os
import platform
import statistics
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import django
import psycopg2
from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from django.db import connection
from django.test import Client

from accounts.models import User
from kamtibmas_site import server
from tools.bench import databases, servers
from tools.bench.pages import Call, Page, pages
from tools.bench.plans import read_plans
from tools.bench.sessions import session_of

WARM_UP = 10
SESSION = settings.SESSION_COOKIE_NAME
SIZES = "1000 100000 1000000"
RUNS = 3  # of the whole table, one after the other
GROWTH = 1.3  # the highest allowed ratio against that at the smallest size with as full a page
AS_FULL = 0.8  # of the bytes


Row = dict[str, Any]


class Command(BaseCommand):
    help = "Measures pages against a bare view, at several sizes; writes docs/benchmarks.md."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--requests", type=int, default=200, help="a page and run, 200")
        parser.add_argument("--runs", type=int, default=RUNS, help=f"runs of the table, {RUNS}")
        parser.add_argument("--only", default="", help="pages with this in their name; no file")
        parser.add_argument("--measure", action="store_true", help="this database only, as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["measure"]:
            self.stdout.write(json.dumps(measure(options["requests"], options["only"])))
            return
        # WhiteNoise warns if it is missing, and `make run` may not have made it yet.
        Path(settings.STATIC_ROOT).mkdir(exist_ok=True)
        sizes = [int(word) for word in os.environ.get("SIZES", SIZES).split()]
        names = {size: databases.prepare(size) for size in sizes}
        words = ["--requests", str(options["requests"]), "--only", options["only"]]
        results: dict[int, list[list[Row]]] = {size: [] for size in sizes}
        # The sizes in turn, so that a busy hour does not fall on one of them.
        for run in range(options["runs"]):
            for size in sizes:
                self.stderr.write(f"run {run + 1} of {options['runs']}: {size:,} reports …")
                answer = databases.manage(names[size], "bench", "--measure", *words)
                results[size].append(json.loads(answer))
        table = {
            size: [middle(rows) for rows in zip(*runs, strict=True)]
            for size, runs in results.items()
        }
        text = report(table, options["requests"], options["runs"])
        if not options["only"]:
            (Path(settings.BASE_DIR) / "docs" / "benchmarks.md").write_text(text)
        self.stdout.write(text)


def measure(requests: int, only: str = "") -> list[Row]:
    """One row of the table for each page whose name contains `only`; an exact name is that page.

    Page and floor are asked in turn, so that other load on the machine slows both.
    """
    with (
        servers.serving("kamtibmas_site.settings") as site,
        servers.serving("tools.bench.floor") as floor,
    ):
        anybody = {SESSION: session_of(User.objects.get(username="admin"))}
        every = list(pages())
        named = [page for page in every if page.name == only]
        chosen = named or [page for page in every if only in page.name]
        return [measure_page(page, requests, site, floor, anybody) for page in chosen]


def middle(rows: Sequence[Row]) -> Row:
    """One row of several runs: the run whose ratio is in the middle, with the lowest and the
    highest ratio, and what any of the plans reads in vain."""
    ranked = sorted(rows, key=lambda row: row["ratio"])
    faults = list(dict.fromkeys(fault for row in rows for fault in row["faults"]))
    spread = {"lowest": ranked[0]["ratio"], "highest": ranked[-1]["ratio"]}
    return ranked[len(ranked) // 2] | spread | {"faults": faults}


def measure_page(page: Page, requests: int, site: int, floor: int, anybody: dict[str, str]) -> Row:
    """One row of the table. `site` and `floor` are ports; `anybody` has a session for the floor."""
    calls = page.calls(2 + WARM_UP + requests)
    client = Client(headers={"host": "127.0.0.1"})
    client.cookies.load(page.cookies)
    cookies = dict(page.cookies)
    if page.user:
        cookies[SESSION] = session_of(page.user)
        client.force_login(page.user)
    reading = read_plans(client, calls[:2], page.answers)
    took: list[float] = []
    bare: list[float] = []
    length = 0
    for turn, call in enumerate(calls[2:]):
        floor_ms, _status, _length = servers.ask(floor, Call("/"), anybody)
        page_ms, status, length = servers.ask(site, call, cookies)
        if status != page.answers:
            raise RuntimeError(f"{page.name}: {call.path} answered {status}.")
        if turn >= WARM_UP:
            bare.append(floor_ms)
            took.append(page_ms)
    median, floor_median = statistics.median(took), statistics.median(bare)
    return {
        "page": page.name,
        "budget": page.budget,
        "statements": reading.statements,
        "sql_ms": reading.sql_ms,
        "p50": median,
        "p95": statistics.quantiles(took, n=20)[-1],
        "floor": floor_median,
        "ratio": median / floor_median,
        "kilobytes": length / 1000,
        "faults": reading.faults,
    }


def verdict(row: Row, growth: float) -> str:
    """What is over the budget; empty where nothing is."""
    found = []
    if row["budget"] is not None and row["ratio"] > row["budget"]:
        found.append("over")
    if row["budget"] is not None and growth > GROWTH:
        found.append("grows")
    return ", ".join(found)


def as_full(row: Row, of_page: Sequence[Row]) -> Row:
    """The row of the smallest size whose page is as full; `of_page` has the smallest first."""
    return next(one for one in of_page if one["kilobytes"] >= AS_FULL * row["kilobytes"])


def report(results: dict[int, list[Row]], requests: int, runs: int) -> str:
    """The text of docs/benchmarks.md."""
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        postgresql = cursor.fetchone()[0]
    lines = [
        "# How fast the pages are",
        "",
        f"Made by `make bench` on {date.today():%Y-%m-%d}: {platform.machine()}, "  # noqa: DTZ011
        f"{os.cpu_count()} cores, Python {platform.python_version()}, "
        f"Django {django.get_version()}, PostgreSQL {postgresql}, "
        f"psycopg2 {psycopg2.__version__.split()[0]}, "
        f"{server.workers} processes with {server.threads} threads each.",
        "",
        "Times are milliseconds of a whole request over loopback, medians and 95th percentiles of "
        f"{requests} requests after {WARM_UP} to warm up. The floor is a bare Django view with "
        "session, CSRF and authentication middleware and one indexed SELECT, asked in turn with "
        "the page; the ratio is what compares between machines. SQL is the database's time for "
        "all statements of the page, from EXPLAIN ANALYZE. kB is the page before compression.",
        "",
        f"The table was measured {runs} times, the sizes in turn: each line is the run whose ratio "
        "is in the middle, with the lowest and the highest ratio of all.",
        "",
        "Sizes are reports, beside as many log entries. × is the ratio against that at the "
        f"smallest size whose page has {AS_FULL:.0%} of the bytes: with few reports a list shows "
        "few, or none, and says nothing of how it grows. “Over” is over the budget; “grows” is × "
        f"over {GROWTH}.",
        "",
        "| page | reports | statements | SQL ms | p50 | p95 | floor | ratio | lowest–highest "
        "| budget | × | kB | |",
        "|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|---|",
    ]
    faults, over = [], 0
    for of_page in zip(*results.values(), strict=True):
        for size, row in zip(results, of_page, strict=True):
            name = row["page"]
            budget = "" if row["budget"] is None else f"≤ {row['budget']:g}"
            growth = row["ratio"] / as_full(row, of_page)["ratio"]
            said = verdict(row, growth)
            over += bool(said)
            lines.append(
                f"| {name} | {size:,} | {row['statements']} | {row['sql_ms']:.1f} "
                f"| {row['p50']:.1f} | {row['p95']:.1f} | {row['floor']:.1f} "
                f"| {row['ratio']:.1f} | {row['lowest']:.1f}–{row['highest']:.1f} | {budget} "
                f"| {growth:.2f} | {row['kilobytes']:.0f} | {said} |"
            )
            faults += [f"- {name}, {size:,}: {fault}" for fault in row["faults"]]
    lines += ["", f"Lines over a budget: {over}."]
    lines += ["", "Plans that read more than they should:", "", *(faults or ["- none"]), ""]
    return "\n".join(lines)
