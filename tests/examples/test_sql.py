# The sql example: SQLite over HTTP.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import contextlib
import http.client
import itertools
import json
import random
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlencode

import pytest
from hosts import Wasmtime
from soak import much

WAIT = 300  # seconds, for what comes in milliseconds
# One instance for all, unless requests come before it can take them.
KEPT = ["--max-instance-reuse-count=1000000", "--idle-instance-timeout=600s"]
ENDLESS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n"


@pytest.fixture(scope="module")
def serve(tools):
    """serve(folder, NAME=VALUE) is the service on the database in that folder."""
    host = Wasmtime(tools.wasmtime)

    @contextlib.contextmanager
    def serve(folder, **settings):
        settings = [f"--env={name}={value}" for name, value in settings.items()]
        with host.serve(host.example("sql"), "--dir", f"{folder}::data", *KEPT, *settings) as service:
            yield service
            assert not service.fault()

    return serve


@pytest.fixture(scope="module")
def service(serve, tmp_path_factory):
    with serve(tmp_path_factory.mktemp("sql")) as service:
        yield service


def ask(service, sql, method="POST", **values):
    """The status, headers, and what the JSON says."""
    with contextlib.closing(http.client.HTTPConnection("127.0.0.1", service.port, timeout=WAIT)) as connection:
        connection.request(method, "/?" + urlencode(values), sql)
        answer = connection.getresponse()
        text = answer.read()
        return answer.status, answer.headers, json.loads(text) if answer.headers["content-type"] == "application/json" else text


def do(service, sql, **values):
    """The results of the statements, as soon as the database is ours."""
    ends = time.monotonic() + WAIT
    while (answer := ask(service, sql, **values))[0] == 503:
        assert time.monotonic() < ends and ("database is locked" in answer[2]["error"] or int(answer[1]["retry-after"]) > 0)
        time.sleep(0.02)
    assert answer[0] == 200, answer
    return answer[2]


def rows(service, sql, **values):
    return do(service, sql, **values)[-1]["rows"]


def test_values(service):
    assert do(service, "") == do(service, " -- nothing") == []
    sql = "SELECT 1 AS a, -1.5 AS a, NULL, 'x\"\\' || char(10, 0, 233), x'00ff', 9007199254740992, 9007199254740993, -9e999, 1e300, 0.1"
    (answer,) = do(service, sql)
    assert answer["columns"][:2] == ["a", "a"]
    of = answer["rows"][0]
    assert of == [1, -1.5, None, 'x"\\\n\0é', {"hex": "00ff"}, 2**53, str(2**53 + 1), -float("inf"), 1e300, 0.1]
    assert rows(service, "SELECT CAST(x'61ff' AS TEXT)") == [[{"hex": "61ff"}]]


def test_statements(service):
    done = do(service, "CREATE TABLE s(a); BEGIN; INSERT INTO s VALUES(1), (2); SELECT count(*) FROM s; COMMIT")
    assert [one["changes"] for one in done] == [0, 0, 2, 0, 2] and done[3]["rows"] == [[2]]
    assert rows(service, "SELECT a FROM s ORDER BY a") == [[1], [2]]
    do(service, "BEGIN; DELETE FROM s")
    assert do(service, "SELECT 1; \0 SELECT") == do(service, "; SELECT 1; -- ;") != []
    assert len(do(service, "SELECT 1;" * 2000)) == 2000
    assert rows(service, "SELECT count(*) FROM s") == [[2]]


def test_parameters(service):
    sql = "SELECT :who, ?2, $none, @more + 1"
    assert rows(service, sql, who="'; DROP TABLE x --é", **{"2": "a b&c=d"}, more=41) == [["'; DROP TABLE x --é", "a b&c=d", None, 42]]
    assert rows(service, "SELECT 1 LIMIT :n", n=1) == [[1]]


@pytest.mark.parametrize(
    "sql, status, error",
    [
        ("SELECT", 400, "incomplete input"),
        ("SELECT * FROM nosuch", 400, "no such table"),
        ("CREATE TABLE IF NOT EXISTS u(a UNIQUE); DELETE FROM u; INSERT INTO u VALUES(1), (1)", 400, "UNIQUE constraint failed"),
        ("ATTACH 'other.db' AS other", 400, "not authorized"),
        ("PRAGMA journal_mode = MEMORY", 400, "not authorized"),
        ("SELECT abs(-9223372036854775808)", 400, "integer overflow"),
    ],
)
def test_errors(service, sql, status, error):
    got, _, answer = ask(service, sql)
    assert got == status and error in answer["error"]


def test_requests_that_are_none(service):
    assert ask(service, "", method="GET")[0] == 405
    assert ask(service, " " * 1_100_000)[0] == 413


def test_clients_at_once(service, clients=8, each=10):
    do(service, "CREATE TABLE c(who, what)")

    def client(who):
        for what in range(each):
            do(service, "INSERT INTO c VALUES(:who, :what)", who=who, what=what)
            rows(service, "SELECT count(*) FROM c WHERE who = :who", who=who)

    with ThreadPoolExecutor(clients) as pool:
        list(pool.map(client, range(clients)))
    assert rows(service, "SELECT count(*), count(DISTINCT who || ' ' || what) FROM c") == [[clients * each] * 2]
    assert rows(service, "PRAGMA integrity_check") == [["ok"]]


NUMBERS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 200000) SELECT i, 'number ' || i FROM n"


def test_rows_are_streamed(service):
    """The first are there while the client takes no more, and others are served meanwhile."""
    with contextlib.closing(http.client.HTTPConnection("127.0.0.1", service.port, timeout=WAIT)) as connection:
        connection.request("POST", "/", NUMBERS)
        answer = connection.getresponse()
        first = answer.read(100)
        assert rows(service, "SELECT 1") == [[1]]
        assert [row[0] for row in json.loads(first + answer.read())[0]["rows"]] == list(range(1, 200_001))


@pytest.mark.parametrize("deadline, ends", [("100ms", 504), ("4s", "cut")])
def test_deadline(serve, tmp_path, deadline, ends):
    """A query that is too long: 504, or once its head was sent, a reply that is cut. Others are served meanwhile."""

    def late():
        try:
            return ask(service, ENDLESS)[0]
        except (http.client.IncompleteRead, ConnectionError):
            return "cut"

    with serve(tmp_path, DEADLINE=deadline) as service, ThreadPoolExecutor() as pool:
        waits = pool.submit(late)
        if ends == "cut":
            assert rows(service, "SELECT 1") == [[1]] and not waits.done()
        assert waits.result() == ends


def begin(service, sql):
    """A connection on which that was asked."""
    connection = socket.create_connection(("127.0.0.1", service.port), timeout=WAIT)
    connection.sendall(f"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: {len(sql)}\r\n\r\n{sql}".encode())
    return connection


def test_client_that_goes(serve, tmp_path):
    """What it had locked is free long before the deadline."""
    with serve(tmp_path, DEADLINE="600s") as service:
        do(service, "CREATE TABLE t(a)")
        with begin(service, "BEGIN IMMEDIATE; INSERT INTO t VALUES(1); " + ENDLESS) as connection:
            connection.recv(1)  # the head, as it takes long
            assert ask(service, "SELECT count(*) FROM t")[2][0]["rows"] == [[0]]
        assert rows(service, "INSERT INTO t VALUES(2) RETURNING a") == [[2]]
        assert rows(service, "SELECT * FROM t") == [[2]]


def test_two_hosts(serve, tmp_path):
    """The second is told to come again, until the first has ended; or was killed, and its time is over."""
    with serve(tmp_path, DEADLINE="2s") as first, serve(tmp_path, DEADLINE="2s") as second:
        do(first, "CREATE TABLE t(a)")
        for ends in (lambda: None, first.process.kill):
            with begin(first, "INSERT INTO t VALUES(1); " + ENDLESS) as connection:
                connection.recv(1)
                status, headers, _ = ask(second, "SELECT 1")
                assert status == 503 and 1 <= int(headers["retry-after"]) <= 5
                ends()
            assert rows(second, "INSERT INTO t VALUES(2) RETURNING a") == [[2]]
        assert rows(second, "PRAGMA integrity_check") == [["ok"]]
        first.fault = lambda: None


def test_owners_that_are_killed(serve, tmp_path, hosts=3, rounds=much(30, 3)):
    """Each has a client that does not wait, and is killed at some moment. What a client was told is there, once."""
    with serve(tmp_path, DEADLINE="300ms") as service:
        do(service, "CREATE TABLE t(who, what)")

    def client(who):
        told, numbers = [], random.Random(who)
        for round_ in range(rounds):
            with serve(tmp_path, DEADLINE="300ms") as service:
                timer = threading.Timer(1 + numbers.random(), service.process.kill)
                timer.start()
                with contextlib.suppress(OSError, http.client.HTTPException, json.JSONDecodeError):
                    for what in itertools.count(round_ * 1_000_000):
                        if ask(service, "INSERT INTO t VALUES(:who, :what)", who=who, what=what)[0] == 200:
                            told.append([str(who), str(what)])
                timer.join()
                service.process.wait()
                service.fault = lambda: None
        return told

    with ThreadPoolExecutor(hosts) as pool:
        told = list(pool.map(client, range(hosts)))
    with serve(tmp_path) as service:
        assert rows(service, "PRAGMA integrity_check") == [["ok"]]
        found = rows(service, "SELECT who, what FROM t")
    assert len(found) == len(set(map(tuple, found)))
    assert all(some for some in told) and not [one for some in told for one in some if one not in found]


def test_kills(serve, tmp_path, tell, kills=much(100, 5)):
    """After each, the file is whole, what was told to be there is there, and it can be written."""
    numbers, told = random.Random(8), 0
    fifty = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 50) INSERT INTO t(b) SELECT randomblob(2000) FROM n"
    for _ in range(kills):
        with serve(tmp_path, DEADLINE="2s") as service:
            do(service, "CREATE TABLE IF NOT EXISTS t(a INTEGER PRIMARY KEY, b)")
            assert rows(service, "PRAGMA integrity_check") == [["ok"]]
            ((last, count),) = rows(service, "SELECT coalesce(max(a), 0), count(*) FROM t")
            assert last >= told and last % 50 == count % 50 == 0
            do(service, "DELETE FROM t WHERE a <= (SELECT max(a) FROM t) - 500")
            timer = threading.Timer(numbers.random(), service.process.kill)
            timer.start()
            with contextlib.suppress(OSError, http.client.HTTPException, json.JSONDecodeError):
                while True:
                    if ask(service, fifty)[0] == 200:
                        last = told = last + 50
            timer.join()
            service.process.wait()
            service.fault = lambda: None
    tell(f"{told} rows, {kills} kills")
