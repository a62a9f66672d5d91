"""What the database does for a page: statements, their time, and plans that read too many rows."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tools.bench.pages import Call

# Reading up to this many rows in vain is no fault: an index would not be faster.
MANY_ROWS = 1000
# pghistory sends what it records about the request in front of a change, in the same statement.
HISTORY_CONTEXT = re.compile(
    r"SELECT set_config\(.*?, true\), set_config\(.*?, true\); ", re.DOTALL
)
NOT_COUNTED = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE", "ROLLBACK")


@dataclass
class Reading:
    """`sql_ms` is the time of all statements in the database, planning included."""

    statements: int
    sql_ms: float
    faults: list[str] = field(default_factory=list)


def read_plans(client: Client, calls: Sequence[Call], answers: int) -> Reading:
    """Makes the first call to warm up, records the statements of the second and explains them.

    INSERT is not explained: it would store the row twice.
    """
    _call(client, calls[0])
    with CaptureQueriesContext(connection) as captured:
        status = _call(client, calls[1])
    if status != answers:
        raise RuntimeError(f"{calls[1].path} answered {status}.")
    statements = [query["sql"] for query in captured.captured_queries]
    statements = [HISTORY_CONTEXT.sub("", sql, count=1) for sql in statements]
    statements = [sql for sql in statements if not sql.startswith(NOT_COUNTED)]
    reading = Reading(len(statements), 0.0)
    for statement in statements:
        if not statement.startswith(("SELECT", "UPDATE")):
            continue
        plan = explain(statement)
        reading.sql_ms += plan["Execution Time"] + plan["Planning Time"]
        reading.faults += [f"{fault}: {statement[:160]}" for fault in faults(plan["Plan"])]
    return reading


def _call(client: Client, call: Call) -> int:
    send = client.post if call.fields else client.get
    response = send(call.path, call.fields, headers=call.headers)
    return int(response.status_code)


def explain(statement: str) -> dict[str, Any]:
    """The plan of the statement with its real times. What the statement changed is rolled back."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("EXPLAIN (ANALYZE, FORMAT JSON) " + statement.replace("%", "%%"), [])
        answer = cursor.fetchone()[0]
        transaction.set_rollback(True)
    plan: dict[str, Any] = (json.loads(answer) if isinstance(answer, str) else answer)[0]
    return plan


def faults(plan: dict[str, Any]) -> list[str]:
    """Sequential scans of many rows, and scans that read far more rows than they return."""
    found = []
    table = plan.get("Relation Name", "")
    loops = plan.get("Actual Loops", 1)
    # Both numbers are averages of one loop.
    returned = int(plan["Actual Rows"])
    removed = plan.get("Rows Removed by Filter", 0) + plan.get("Rows Removed by Index Recheck", 0)
    if plan["Node Type"] == "Seq Scan":
        if returned + removed > MANY_ROWS:
            found.append(f"sequential scan of {returned + removed} rows of {table}")
    elif loops * removed > MANY_ROWS and removed > 5 * returned:
        found.append(f"{plan['Node Type']} of {table} reads {loops * removed} rows in vain")
    for below in plan.get("Plans", []):
        found += faults(below)
    return found
