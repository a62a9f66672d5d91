"""`make bench` apart from measuring: addresses, plans, what the forms send, the table."""

import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from types import SimpleNamespace

import pytest
from waitress.server import create_server

from reports.models import Report
from reports.workflow import ReportState
from tests import factories as make
from tools.bench import crowd as crowds
from tools.bench import databases, phones, plans
from tools.bench.management.commands import bench_sends
from tools.bench.management.commands.bench import middle, report
from tools.bench.pages import FORM_OFFICER, FORM_UNIT, FORM_VILLAGE, Call, Page, form_pages, page


@pytest.mark.parametrize(
    ("url", "other"),
    [
        ("postgresql://me:pass@db:5432/site", "postgresql://me:pass@db:5432/other"),
        (
            "postgresql://kamtibmas@/kamtibmas?host=/var/lib/kamtibmas/x",
            "postgresql://kamtibmas@/other?host=/var/lib/kamtibmas/x",
        ),
    ],
)
def test_the_address_of_another_database(monkeypatch, url, other):
    monkeypatch.setenv("DATABASE_URL", url)
    assert databases.address("other") == other


def test_commands_for_a_database_need_no_collected_static_files(monkeypatch):
    """So that `make bench` works before `make run`."""
    environments = []

    def run(command, *, env, **options):
        environments.append(env)
        return SimpleNamespace(stdout="")

    monkeypatch.setattr(databases.subprocess, "run", run)
    monkeypatch.setenv("KAMTIBMAS_HASHED_STATIC", "1")
    databases.manage("other", "bench", "--measure")
    assert environments[0]["KAMTIBMAS_HASHED_STATIC"] == "0"
    assert "other" in environments[0]["DATABASE_URL"]


def node(kind, returned, removed=0, loops=1, **more):
    return {
        "Node Type": kind,
        "Relation Name": "t",
        "Actual Rows": returned,
        "Rows Removed by Filter": removed,
        "Actual Loops": loops,
        **more,
    }


@pytest.mark.parametrize(
    ("plan", "faults"),
    [
        (node("Seq Scan", 32, loops=500), []),
        (node("Seq Scan", 10, 5000), ["sequential scan of 5010 rows of t"]),
        (node("Index Scan", 50, 20), []),
        (node("Index Scan", 1, 2000), ["Index Scan of t reads 2000 rows in vain"]),
        (
            node("Limit", 1, Plans=[node("Index Scan", 0, 30, loops=100)]),
            ["Index Scan of t reads 3000 rows in vain"],
        ),
    ],
)
def test_plans_that_read_too_much(plan, faults):
    assert plans.faults(plan) == faults


def test_the_context_of_the_history_is_cut_off():
    sent = (
        "SELECT set_config('pghistory.context_id', 'x', true), "
        "set_config('pghistory.context_metadata', '{\"a\": 1}', true); INSERT INTO t VALUES (1)"
    )
    assert plans.HISTORY_CONTEXT.sub("", sent, count=1) == "INSERT INTO t VALUES (1)"


def test_a_page_is_asked_again_and_again():
    found = page("x", "/reports/", budget=5, q="a b")
    assert isinstance(found, Page)
    assert [call.path for call in found.calls(3)] == ["/reports/?q=a+b"] * 3


@pytest.fixture
def form_unit(db, units):
    """What the forms are sent about."""
    make.make_category("noise_dispute")
    make.make_area("15.71.04.1002", FORM_VILLAGE)
    unit = make.make_unit(parent=units.polres, code=FORM_UNIT)
    make.make_user(unit=unit, role="officer", username=FORM_OFFICER)


def test_forms_are_answered_as_they_are_measured(client, form_unit):
    for measured in form_pages():
        if measured.user:
            client.force_login(measured.user)
        first, second = measured.calls(2)
        for call in (first, second):
            response = client.post(call.path, call.fields, headers=call.headers)
            assert response.status_code == measured.answers, response
        client.logout()
    assert Report.objects.filter(state=ReportState.VERIFIED).count() == 2
    assert Report.objects.count() == 4


def test_what_the_forms_cost(client, form_unit):
    counted = {}
    for measured in form_pages():
        if measured.user:
            client.force_login(measured.user)
        reading = plans.read_plans(client, measured.calls(2), measured.answers)
        counted[measured.name] = reading.statements
        client.logout()
    assert counted == {
        "report sent by a citizen": 9,  # here one of them asks for the fallback unit
        "report verified": 5,
        "category chosen": 1,
        "entry sent again by a phone": 3,
    }


ROW = {
    "page": "list", "budget": 5, "statements": 7, "sql_ms": 1.0, "p50": 20.0, "p95": 30.0,
    "floor": 4.0, "ratio": 5.0, "kilobytes": 60.0, "faults": [],
}  # fmt: skip


def test_of_three_runs_the_middle_one_counts():
    """Its own times, the ratios around it, and the faults of any run."""
    slow = ROW | {"ratio": 9.0, "p50": 36.0, "faults": ["sequential scan"]}
    found = middle([slow, ROW | {"ratio": 4.0}, ROW])
    assert (found["ratio"], found["p50"]) == (5.0, 20.0)
    assert (found["lowest"], found["highest"]) == (4.0, 9.0)
    assert found["faults"] == ["sequential scan"]


@pytest.mark.django_db
def test_the_table():
    slower = ROW | {"ratio": 7.0, "faults": ["sequential scan"]}
    text = report({1000: [middle([ROW])], 1_000_000: [middle([slower])]}, 200, 3)
    within = "| list | 1,000 | 7 | 1.0 | 20.0 | 30.0 | 4.0 | 5.0 | 5.0–5.0 | ≤ 5 | 1.00 | 60 |  |"
    assert within in text
    assert "| 7.0 | 7.0–7.0 | ≤ 5 | 1.40 | 60 | over, grows |" in text
    assert "Lines over a budget: 1." in text
    assert "- list, 1,000,000: sequential scan" in text


@pytest.mark.django_db
def test_growth_is_said_of_pages_as_full():
    """With a thousand reports the list is nearly empty; that it is quick then says nothing."""
    empty = ROW | {"ratio": 2.0, "kilobytes": 12.0}
    full = ROW | {"ratio": 4.0}
    runs = {size: [middle([row])] for size, row in ((1000, empty), (100_000, full), (10**6, ROW))}
    text = report(runs, 200, 3)
    assert "| list | 1,000 | 7 | 1.0 | 20.0 | 30.0 | 4.0 | 2.0 | 2.0–2.0 | ≤ 5 | 1.00 |" in text
    assert "| 5.0 | 5.0–5.0 | ≤ 5 | 1.25 | 60 |  |" in text


@pytest.fixture
def slow_server():
    """Takes one request after the other, a tenth of a second each; refuses every fifth."""
    turns = count(1)

    def application(environ, start_response):
        time.sleep(0.1)
        start_response("503 Away" if next(turns) % 5 == 0 else "303 See Other", [])
        return [environ["wsgi.input"].read()]

    server = create_server(application, listen="127.0.0.1:0", threads=1)
    threading.Thread(target=server.run, daemon=True).start()
    yield server.effective_port
    server.close()


def send_at(*arguments, **options):
    """In a thread of its own: the browser tests leave an event loop running in this one."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(crowds.send_at, *arguments, **options).result()


def test_a_crowd_does_not_wait_for_the_server(slow_server):
    """Ten reports in half a second take the server a whole one: the last waits half a second."""
    crowd = send_at(slow_server, [Call("/", {"text": "x"})] * 10, rate=20)
    assert crowd.statuses == {303: 8, 503: 2}
    assert crowd.wrong(303) == 2
    assert max(crowd.took) >= 450
    assert not bench_sends.is_kept(crowd)


def test_a_crowd_notices_that_nobody_answers():
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        crowd = send_at(closed.getsockname()[1], [Call("/", {"text": "x"})], rate=20)
    assert crowd.failures == {"ConnectionRefusedError": 1}
    assert crowd.wrong(303) == 1


@pytest.fixture
def two_phones(db, units):
    make.make_unit(parent=units.polres, code=FORM_UNIT)
    return phones.make_phones(2, 5)


@pytest.fixture
def forgetful_server():
    """Says that everything is stored."""

    def application(environ, start_response):
        start_response("201 Created", [])
        return [environ["wsgi.input"].read()]

    server = create_server(application, listen="127.0.0.1:0")
    threading.Thread(target=server.run, daemon=True).start()
    yield server.effective_port
    server.close()


@pytest.mark.django_db(transaction=True)
def test_phones_send_each_item_once(live_server, two_phones):
    evening = phones.send_all(live_server.thread.port, two_phones)
    assert (evening.statuses, evening.failures) == ({201: 10}, {})
    assert (evening.wrong, evening.lost, evening.doubled) == (0, 0, 0)


def test_phones_notice_what_is_lost(forgetful_server, two_phones):
    evening = phones.send_all(forgetful_server, two_phones)
    assert (evening.wrong, evening.lost) == (0, 10)
