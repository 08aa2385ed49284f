# The sql example: SQLite over HTTP.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import contextlib
import http.client
import itertools
import json
import random
import signal
import shutil
import socket
import sqlite3
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlencode

import hosts
import pytest
from hosts import Native, host  # noqa: F401
from soak import much

from tools.service import TRAPS

WAIT = 300  # seconds, for what comes in milliseconds
# One instance for all, unless requests come before it can take them.
KEPT = ["--max-instance-reuse-count=1000000", "--idle-instance-timeout=600s"]
ENDLESS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n"


COMPONENTS = {"wasmtime": ("sql", "sql-threads"), "native": ("sql",)}  # natively there is one kind of fibers


def pytest_generate_tests(metafunc):
    if "service" in metafunc.fixturenames:
        each = [(name, component) for name in hosts.hosts(metafunc.config) for component in COMPONENTS[name]]
        metafunc.parametrize("host, service", each, indirect=True, scope="session")
    else:
        hosts.pytest_generate_tests(metafunc)


@pytest.fixture(scope="session")
def serve(host):  # noqa: F811
    """serve(folder, NAME=VALUE) is the service on the database in that folder. It may be killed, but not trap, nor leak."""

    @contextlib.contextmanager
    def serve(folder, *options, component="sql", **settings):
        if folder and isinstance(host, Native):  # whose libc knows no --dir: files are the machine's
            settings["DATABASE"] = settings.get("DATABASE", "data/sql.db").replace("data", str(folder), 1)
        settings = [f"--env={name}={value}" for name, value in settings.items()]
        folder = ["--dir", f"{folder}::data"] if folder else []
        with host.serve(host.example(component), *folder, *KEPT, *options, *settings) as service:
            yield service
            assert not any(trap in service.words() for trap in TRAPS), service.words()[:1000]
            assert service.process.poll() in (None, -signal.SIGKILL), service.words()[:1000]
            if isinstance(host, Native) and service.process.poll() is None:
                service.process.send_signal(signal.SIGINT)
                assert service.process.wait(WAIT) == 0, service.words()

    return serve


@pytest.fixture(scope="session")
def service(serve, tmp_path_factory, request):
    threads = ["-W", "component-model-threading"] if request.param == "sql-threads" else []
    with serve(tmp_path_factory.mktemp("sql"), *threads, component=request.param) as service:
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
        assert time.monotonic() < ends and int(answer[1]["retry-after"]) > 0
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
    assert [one["changes"] for one in done] == [0, 0, 2, 0, 0] and done[3]["rows"] == [[2]]
    assert rows(service, "SELECT a FROM s ORDER BY a") == [[1], [2]]
    assert [one["changes"] for one in do(service, "INSERT INTO s VALUES(3) RETURNING a; DELETE FROM s WHERE a = 3")] == [1, 1]
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
        ("VACUUM", 400, "authorization denied"),
        ("PRAGMA journal_mode(MEMORY)", 400, "not authorized"),
        ("CREATE TEMP VIEW w AS SELECT 1", 400, "not authorized"),
        ("SELECT hex(zeroblob(2000000)) LIKE '%0%0%0%0%0%0%1'", 400, "too big"),
        ("SELECT abs(-9223372036854775808)", 400, "integer overflow"),
    ],
)
def test_errors(service, sql, status, error):
    got, _, answer = ask(service, sql)
    assert got == status and error in answer["error"]


def test_requests_that_are_none(service):
    assert ask(service, "", method="GET")[0] == 405
    assert ask(service, " " * 1_100_000)[0] == 413


@pytest.mark.parametrize("open, close", [("SELECT*FROM(", ")"), ("SELECT-(", ")"), ("SELECT(", ")"), ("SELECT 1 WHERE EXISTS(", ")")])
def test_deep_statements(service, open, close):
    """As deep as they may be: a value or an error, and the instance lives."""
    for depth in range(20, 4096 // len(open + close), 20):
        assert ask(service, open * depth + "SELECT 1" + close * depth)[0] in (200, 400)
    depth = 3900 // 15
    assert ask(service, "SELECT " + "1," * 2048 + "1")[0] == 400  # too long
    deepest = "SELECT*FROM(" * depth + "SELECT" + "-(" * 40 + "1" + ")" * (40 + depth)
    assert ask(service, deepest)[0] == 200


def test_deep_json(service):
    assert rows(service, "SELECT length(json(:it))", it="[" * 900 + "]" * 900) == [[1800]]


def test_slow_instructions(service):
    """Others are served, though one takes as long as one can."""
    slow = "SELECT instr(hex(zeroblob(16000)), hex(zeroblob(8000)) || '1')"
    with ThreadPoolExecutor() as pool:
        waits = pool.submit(rows, service, f"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 4) {slow} + i * 0 FROM n")
        assert rows(service, "SELECT 1") == [[1]]
        assert waits.result() == [[0]] * 4


def use_at_once(service, clients, each):
    """Each client finds what it has written, and in the end all is there."""
    do(service, "CREATE TABLE c(who, what)")

    def client(who):
        for what in range(each):
            do(service, "INSERT INTO c VALUES(:who, :what)", who=who, what=what)
            assert rows(service, "SELECT count(*) FROM c WHERE who = :who", who=who) == [[what + 1]]

    with ThreadPoolExecutor(clients) as pool:
        list(pool.map(client, range(clients)))
    assert rows(service, "SELECT count(*), count(DISTINCT who || ' ' || what) FROM c") == [[clients * each] * 2]
    assert rows(service, "PRAGMA integrity_check") == [["ok"]]


def test_clients_at_once(service):
    use_at_once(service, clients=8, each=10)


def test_instances(host, serve, tmp_path):  # noqa: F811
    """Several of one host, of which one has the database at a time."""
    several = "--instances=3" if isinstance(host, Native) else "--max-instance-concurrent-reuse-count=1"
    with serve(tmp_path, several) as service:
        use_at_once(service, clients=4, each=5)


NUMBERS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 200000) SELECT i, 'number ' || i FROM n"


def test_rows_are_streamed(service):
    """The first are there while the client takes no more, and others are served meanwhile."""
    with contextlib.closing(http.client.HTTPConnection("127.0.0.1", service.port, timeout=WAIT)) as connection:
        connection.request("POST", "/", NUMBERS)
        answer = connection.getresponse()
        first = answer.read(100)
        assert rows(service, "SELECT 1") == [[1]]
        assert [row[0] for row in json.loads(first + answer.read())[0]["rows"]] == list(range(1, 200_001))


def test_mutexes(host, tmp_path):  # noqa: F811
    (tmp_path / "data").mkdir()
    options = ["-W", "component-model-threading", "--dir", "data"]
    ended = host.run(host.built("tests/examples/sql-mutexes"), options=options, cwd=tmp_path)
    assert ended.code == 0, ended


def test_few_rows_are_streamed(serve, tmp_path):
    """They come long before the end of a query that goes on."""
    with serve(tmp_path, DEADLINE="600s") as service, begin(service, "SELECT 'first'; " + ENDLESS) as connection:
        got = b""
        while b'[["first"]]' not in got:
            got += connection.recv(1000)


def test_random_numbers(serve, tmp_path):
    """Those of two instances that begin in one second differ."""
    (tmp_path / "other").mkdir()
    with serve(tmp_path) as first, serve(tmp_path / "other") as second, ThreadPoolExecutor() as pool:
        one, other = pool.map(lambda service: rows(service, "SELECT random()"), (first, second))
    assert one != other


@pytest.mark.parametrize(
    "settings, words",
    [
        ({"DEADLINE": "0"}, "DEADLINE"),
        ({"DEADLINE": "soon"}, "DEADLINE"),
        ({"DATABASE": "data/" + "x" * 300}, "DATABASE"),
        ({"DATABASE": "data/nowhere/sql.db"}, "No such file"),
        ({"DATABASE": "data/file/sql.db"}, "Not a directory"),
    ],
)
def test_wrong_settings(serve, tmp_path, settings, words):
    (tmp_path / "file").touch()
    with serve(tmp_path, **settings) as service:
        status, _, answer = ask(service, "SELECT 1")
        assert status == 500 and words in str(answer)


def test_no_folder(serve):
    with serve(None) as service:
        assert ask(service, "SELECT 1")[0] == 500


def test_no_database(serve, tmp_path):
    (tmp_path / "sql.db").write_text("This is a text, and longer than the head of a database. " * 20)
    with serve(tmp_path) as service:
        status, _, answer = ask(service, "SELECT * FROM t")
        assert status == 500 and "not a database" in answer["error"]


def lock(folder, seconds):
    """The path of a lock that another host holds for so long."""
    (folder / "sql.db-owner").mkdir(exist_ok=True)
    return folder / f"sql.db-owner/{int((time.time() + seconds) * 1000):020}-{7:016x}"


def test_lock_of_a_wrong_clock(serve, tmp_path):
    """It is not waited for for years. Other files beside it are no locks."""
    lock(tmp_path, 1e9).touch()
    (tmp_path / "sql.db-owner/about").touch()
    with serve(tmp_path, DEADLINE="300ms") as service:
        assert ask(service, "SELECT 1")[0] == 503
        assert rows(service, "SELECT 1") == [[1]]


def test_owner_that_lives_on(serve, tmp_path):
    """By a clock that has jumped its time is over. It is not broken while it renews the lock."""
    its = lock(tmp_path, -1)
    its.touch()
    with serve(tmp_path, DEADLINE="8s") as service, ThreadPoolExecutor() as pool:
        waits = pool.submit(ask, service, "SELECT 1")
        time.sleep(1)  # of the four for which it waits
        its.rename(lock(tmp_path, 8))
        assert waits.result()[0] == 503


@pytest.mark.parametrize("deadline, ends", [("100ms", 504), ("4s", "cut")])
def test_deadline(serve, tmp_path, deadline, ends):
    """A query that is too long: 504, or once its head was sent, a reply that is cut. Others are served meanwhile."""

    def late():
        try:
            return ask(service, ENDLESS)[0]
        except (http.client.IncompleteRead, ConnectionError):
            return "cut"

    with serve(tmp_path, DEADLINE=deadline) as service, ThreadPoolExecutor() as pool:
        do(service, "SELECT 1")  # two requests at once would each begin an instance, and one of these have the database
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
            connection.recv(1)  # the head, as it takes long: it has what it locks
            assert ask(service, "SELECT count(*) FROM t")[2][0]["rows"] == [[0]]
        assert rows(service, "INSERT INTO t VALUES(2) RETURNING a") == [[2]]
        assert rows(service, "SELECT * FROM t") == [[2]]


def test_two_hosts(serve, tmp_path):
    """The second is told to come again, until the first has ended; or was killed, and its time is over."""
    with serve(tmp_path, DEADLINE="4s") as first, serve(tmp_path, DEADLINE="4s") as second:
        do(first, "CREATE TABLE t(a)")
        for ends in (lambda: None, first.process.kill):
            with begin(first, "INSERT INTO t VALUES(1); " + ENDLESS) as connection:
                connection.recv(1)
                status, headers, _ = ask(second, "SELECT 1")
                assert status == 503 and 1 <= int(headers["retry-after"]) <= 9
                ends()
            assert rows(second, "INSERT INTO t VALUES(2) RETURNING a") == [[2]]
        assert rows(second, "PRAGMA integrity_check") == [["ok"]]


def test_owners_that_are_killed(serve, tmp_path, hosts=3, rounds=much(30, 3)):
    """Each has a client that does not wait, and is killed at some moment. What a client was told is there, once."""
    with serve(tmp_path, DEADLINE="300ms") as service:
        do(service, "CREATE TABLE t(who, what)")

    def client(who):
        told, numbers, waited = [], random.Random(who), 0
        for round_ in range(rounds):
            with serve(tmp_path, DEADLINE="300ms") as service:
                timer = threading.Timer(1 + numbers.random(), service.process.kill)
                timer.start()
                with contextlib.suppress(OSError, http.client.HTTPException, json.JSONDecodeError):
                    for what in itertools.count(round_ * 1_000_000):
                        status = ask(service, "INSERT INTO t VALUES(:who, :what)", who=who, what=what)[0]
                        waited += status == 503
                        if status == 200:
                            told.append([str(who), str(what)])
                timer.join()
                service.process.wait()
        return told, waited

    with ThreadPoolExecutor(hosts) as pool:
        told, waited = zip(*pool.map(client, range(hosts)))
    assert all(waited)  # they ran at once
    with serve(tmp_path) as service:
        assert rows(service, "PRAGMA integrity_check") == [["ok"]]
        found = rows(service, "SELECT who, what FROM t")
    assert len(found) == len(set(map(tuple, found)))
    assert all(some for some in told) and not [one for some in told for one in some if one not in found]


def test_commit_that_a_crash_cut(serve, tmp_path):
    """What of it is in the file already is taken back, by the journal beside it."""
    (tmp_path / "data").mkdir()
    with contextlib.closing(sqlite3.connect(tmp_path / "sql.db")) as writer:
        writer.execute("CREATE TABLE t(a, b)")
        writer.executemany("INSERT INTO t VALUES(1, zeroblob(?))", [[3000]] * 100)
        writer.commit()
        writer.execute("PRAGMA cache_size = 1")  # so that pages are written before the commit
        writer.execute("UPDATE t SET a = 2")
        for name in ("sql.db", "sql.db-journal"):
            shutil.copy(tmp_path / name, tmp_path / "data" / name)
    with serve(tmp_path / "data") as service:
        assert rows(service, "SELECT a, count(*) FROM t GROUP BY a") == [[1, 100]]
        assert rows(service, "PRAGMA integrity_check") == [["ok"]]
        assert rows(service, "INSERT INTO t VALUES(3, 0) RETURNING a") == [[3]]


def test_kills(serve, tmp_path, tell, kills=much(100, 5)):
    """After each, the file is whole, what was told to be there is there, and it can be written."""
    numbers, told = random.Random(8), 0
    fifty = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 50) INSERT INTO t(b) SELECT randomblob(2000) FROM n"

    def whole(service):
        do(service, "CREATE TABLE IF NOT EXISTS t(a INTEGER PRIMARY KEY, b)")
        assert rows(service, "PRAGMA integrity_check") == [["ok"]]
        ((last, count),) = rows(service, "SELECT coalesce(max(a), 0), count(*) FROM t")
        assert last >= told and last % 50 == count % 50 == 0
        return last

    for _ in range(kills):
        with serve(tmp_path, DEADLINE="2s") as service:
            last = whole(service)
            do(service, "DELETE FROM t WHERE a <= (SELECT max(a) FROM t) - 500")
            timer = threading.Timer(numbers.random(), service.process.kill)
            timer.start()
            with contextlib.suppress(OSError, http.client.HTTPException, json.JSONDecodeError):
                while True:
                    if ask(service, fifty)[0] == 200:
                        last = told = last + 50
            timer.join()
            service.process.wait()
    with serve(tmp_path, DEADLINE="2s") as service:
        whole(service)
    tell(f"{told} rows, {kills} kills")
