"""What the database does for a page: statements, their time, and plans that read too much."""

import json
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

# A table of up to so many rows is read faster whole than by an index, whatever it grows to later.
MANY_ROWS = 1000


@dataclass
class Reading:
    """`sql_ms` is the database's own time for all statements, planning included."""

    statements: int
    sql_ms: float
    faults: list[str] = field(default_factory=list)


def read_plans(client: Client, path: str) -> Reading:
    """Fetches the page once to warm it, once to note its SELECTs, and explains each of them."""
    client.get(path)
    with CaptureQueriesContext(
        connection,
    ) as captured:
        response = client.get(path)
    if response.status_code != 200:
        raise RuntimeError(f"{path} answered {response.status_code}.")
    reading = Reading(len(captured), 0.0)
    for query in captured.captured_queries:
        statement = query["sql"]
        if not statement.startswith("SELECT"):
            continue
        with connection.cursor() as cursor:
            cursor.execute("EXPLAIN (ANALYZE, FORMAT JSON) " + statement.replace("%", "%%"), [])
            answer = cursor.fetchone()[0]
        plan = (json.loads(answer) if isinstance(answer, str) else answer)[0]
        reading.sql_ms += plan["Execution Time"] + plan["Planning Time"]
        reading.faults += [f"{fault}: {statement[:160]}" for fault in faults(plan["Plan"])]
    return reading


def faults(plan: dict[str, Any]) -> list[str]:
    """Sequential scans of many rows, and scans that read far more rows than they return."""
    found = []
    table = plan.get("Relation Name", "")
    loops = plan.get("Actual Loops", 1)
    returned = int(plan["Actual Rows"] * loops)
    removed = loops * (
        plan.get("Rows Removed by Filter", 0) + plan.get("Rows Removed by Index Recheck", 0)
    )
    if plan["Node Type"] == "Seq Scan" and returned + removed > MANY_ROWS:
        found.append(f"sequential scan of {returned + removed} rows of {table}")
    elif removed > MANY_ROWS and removed > 5 * returned:
        found.append(f"{plan['Node Type']} of {table} reads {removed} rows in vain")
    for below in plan.get("Plans", []):
        found += faults(below)
    return found
