"""meshdnsctl route verify against servers and sidecars of any kind: what the requests are like, what counts as an answer, and what no server can do
to it. On a real sidecar: tests/mesh."""

import contextlib
import pty
import re
import signal
import socket
import subprocess
import threading
import time

import pytest

from support.meshdnsctl import meshdnsctl, program
from support.process import eventually

BY = ["--by", "header:x-served-by", "--expect", "v1=1"]
GOOD = b"HTTP/1.1 200 OK\r\nX-Served-By: v1\r\nContent-Length: 2\r\n\r\nv1"


class Listener:
    """Answers each connection by answer(listener, connection); keeps the requests, and when each came."""

    def __init__(self, answer):
        self._answer = answer
        self._lock = threading.Lock()
        self.requests, self.times = [], []
        self._closed = threading.Event()

    def __enter__(self):
        self._socket = socket.create_server(("127.0.0.1", 0), backlog=512)
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        self._thread = threading.Thread(target=self._accept)
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._closed.set()
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self._thread.join()

    def wait(self):
        """Until all of it ends."""
        self._closed.wait(60)

    @property
    def closed(self):
        return self._closed.is_set()

    def _accept(self):
        threads = []
        while True:
            try:
                connection = self._socket.accept()[0]
            except OSError:
                break
            threads.append(threading.Thread(target=self._serve, args=(connection,)))
            threads[-1].start()
        for thread in threads:
            thread.join()

    def _serve(self, connection):
        with connection, contextlib.suppress(OSError):
            request = connection.recv(65536)
            with self._lock:
                self.requests.append(request)
                self.times.append(time.monotonic())
            self._answer(self, connection)


def bytes_of(*parts):
    def answer(_, connection):
        for part in parts:
            connection.sendall(part)
    return answer


def hang(listener, _):
    listener.wait()


def drip(listener, connection):
    """A response that is never whole, a byte at a time."""
    connection.sendall(b"HTTP/1.1 200 OK\r\nX-Served-By: v1\r\nContent-Length: 1000000\r\n\r\n")
    while not listener.closed:
        connection.sendall(b"x")
        time.sleep(0.02)


def endless(listener, connection):
    """A body without an end."""
    connection.sendall(b"HTTP/1.1 200 OK\r\nX-Served-By: v1\r\nConnection: close\r\n\r\n")
    while not listener.closed:
        connection.sendall(b"x" * 65536)


def verify(url, *arguments, count=20, rate=500):
    return meshdnsctl("route", "verify", url, "--count", count, "--rate", rate, "--sidecar", "http://127.0.0.1:1", *arguments)


def test_a_request(tmp_path):
    with Listener(bytes_of(GOOD)) as server:
        ended = verify(server.url + "/headers?x=y", *BY)
    assert ended.returncode == 0 and ended.stderr == "", ended
    assert len(server.requests) == 20  # each over a connection of its own
    head = server.requests[0].decode().split("\r\n")
    assert head[0] == "GET /headers?x=y HTTP/1.1" and "Connection: close" in head and f"Host: {server.url[7:]}" in head


@pytest.mark.parametrize("sidecar", ["http://10.0.0.1:15000", "http://127.mesh.example:15000", "http://127.0.0.1:15000/clusters"])
def test_a_sidecar_is_on_loopback(sidecar):
    ended = meshdnsctl("route", "verify", "http://127.0.0.1:1/", "--sidecar", sidecar)
    assert ended.returncode == 2 and f"--sidecar: found '{sidecar}', expected a URL on loopback" in ended.stderr


def test_the_pace():
    with Listener(bytes_of(GOOD)) as server:
        assert verify(server.url, *BY, count=30, rate=20).returncode == 0
    assert server.times[-1] - server.times[0] > 1.4  # 29 pauses of 50 ms


def test_no_more_than_64_at_once():
    with Listener(hang) as server:
        ended = verify(server.url, *BY, "--timeout", "1s", count=80, rate=1000)
    assert server.times[64] - server.times[0] > 0.9  # when the first has been given up
    assert ended.returncode == 1 and "80 of 80 requests failed: no whole response within 1s (80)" in ended.stdout


# what a server does, further flags, exit code, what standard output says
ANSWERS = {
    "a redirect is an answer": (bytes_of(b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nX-Served-By: v1\r\nContent-Length: 0\r\n\r\n"), [], 0,
                                "\nStatuses:   302 (20)\n"),
    "so is a 404": (bytes_of(b"HTTP/1.1 404 Not Found\r\nx-served-by: v1\r\nContent-Length: 0\r\n\r\n"), [], 0, "\nStatuses:   404 (20)\n"),
    "a 500 is none": (bytes_of(b"HTTP/1.1 500 Oops\r\nX-Served-By: v1\r\nContent-Length: 0\r\n\r\n"), [], 1, "20 of 20 requests failed: status 500 (20)"),
    "a 503 is none": (bytes_of(b"HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n"), [], 1, "20 of 20 requests failed: status 503 (20)"),
    "a 100 is not the response": (bytes_of(b"HTTP/1.1 103 Early\r\nX-Served-By: v2\r\n\r\n" + GOOD), [], 0, "\nStatuses:   200 (20)\n"),
    "closed at once": (bytes_of(), [], 1, "20 of 20 requests failed: Empty reply from server (20)"),
    "cut": (bytes_of(GOOD[:-1]), [], 1, "20 of 20 requests failed: "),
    "no HTTP": (bytes_of(b"SSH-2.0-OpenSSH\r\n"), [], 1, "20 of 20 requests failed: "),
    "hangs": (hang, ["--timeout", "1s"], 1, "20 of 20 requests failed: no whole response within 1s (20)"),
    "drips": (drip, ["--timeout", "1s"], 1, "20 of 20 requests failed: no whole response within 1s (20)"),
    "never ends": (endless, [], 0, "\npassed: "),
    "says it twice": (bytes_of(b"HTTP/1.1 200 OK\r\nX-Served-By: v2\r\nX-Served-By: v1\r\nContent-Length: 0\r\n\r\n"), [], 0, "\npassed: "),
    "a word for the terminal": (bytes_of(b"HTTP/1.1 200 OK\r\nX-Served-By: \x1b[2Jv1\xff\r\nContent-Length: 0\r\n\r\n"), [], 1, "none of the destinations: ?[2Jv1? (20)"),
    "a word without an end": (bytes_of(b"HTTP/1.1 200 OK\r\nX-Served-By: " + b"v" * 5000 + b"\r\nContent-Length: 0\r\n\r\n"), [], 1, "an answer that does not say (20)"),
    "headers without an end": (bytes_of(b"HTTP/1.1 200 OK\r\n", *[b"x: " + b"y" * 60000 + b"\r\n"] * 30), [], 1, "20 of 20 requests failed: "),
}


@pytest.mark.parametrize("answer, arguments, code, part", ANSWERS.values(), ids=ANSWERS)
def test_what_counts_as_an_answer(answer, arguments, code, part):
    with Listener(answer) as server:
        ended = verify(server.url, *BY, *arguments)
    assert (ended.returncode, ended.stderr) == (code, ""), ended
    assert part in ended.stdout


def test_only_the_beginning_of_a_body_is_looked_at():
    body = b"a" * 70_000 + b"v1"
    with Listener(bytes_of(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body), body)) as server:
        assert "an answer that does not say (20)" in verify(server.url, "--by", "body:v1", "--expect", "v1=1").stdout
        assert verify(server.url, "--by", "body:(a+)*v1|(a)", "--expect", "a=1").returncode == 1


def test_tls_that_nobody_vouches_for():
    with Listener(bytes_of(b"nonsense")) as server:
        ended = verify(server.url.replace("http:", "https:"), *BY)
    assert ended.returncode == 1 and "20 of 20 requests failed: " in ended.stdout


def test_a_host_that_is_not_there():
    ended = verify("http://nobody.invalid/", *BY)
    assert ended.returncode == 1 and "20 of 20 requests failed: Could not resolve host: nobody.invalid (20)" in ended.stdout


def test_interrupted_twice_it_does_not_wait_for_answers():
    with Listener(hang) as server:
        running = subprocess.Popen([program(), "route", "verify", server.url, *BY, "--sidecar", "http://127.0.0.1:1", "--timeout", "1h"],
                                   stdout=subprocess.PIPE, text=True)
        eventually(lambda: server.requests)
        for _ in range(2):
            running.send_signal(signal.SIGINT)
            time.sleep(0.1)  # the second must not merge with the first
        output, _ = running.communicate(timeout=30)
    assert running.returncode == 1
    assert output.endswith("\nRequests:   0 sent, 0 failed, 0 unidentified\nWeights:    --expect\nCounted by: the answers' header:x-served-by\n"
                           "inconclusive: interrupted after 0 of 1000 requests\n"), output


# what stands at the sidecar's admin endpoints, what standard error says
NO_SIDECARS = {
    "nothing": (b"", "Empty reply from server"),
    "no HTTP": (b"SSH-2.0\r\n", "/clusters: "),
    "another server": (b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", "/clusters answers 404"),
    "a page": (b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n<html/>\n\n", "/clusters: found no cluster, expected the text of Envoy's /clusters"),
    "JSON": (b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}", "found no cluster"),
    "without an end": (b"HTTP/1.1 200 OK\r\n\r\n" + b"outbound|80||a.b::added_via_api::true\n" * 1_900_000, "more than 64 MiB came"),
}


@pytest.mark.parametrize("response, message", NO_SIDECARS.values(), ids=NO_SIDECARS)
def test_what_is_no_sidecar(response, message):
    with Listener(bytes_of(response)) as server:
        ended = meshdnsctl("route", "verify", "http://127.0.0.1:1/", "--sidecar", server.url)
    assert (ended.returncode, ended.stdout) == (3, "")
    assert "there is no sidecar here that tells who answers (" in ended.stderr and message in ended.stderr
    assert ended.stderr.splitlines()[-1].startswith("kubectl run meshdnsctl-route-verify ")


class FakeSidecar(Listener):
    """Counts by a script: what each of its texts of /clusters says of the one endpoint."""

    def __init__(self, *clusters, routes="{}"):
        self._clusters = iter(clusters)
        self._routes = routes
        super().__init__(self._answer_admin)

    def _answer_admin(self, _, connection):
        body = next(self._clusters) if self.requests[-1].startswith(b"GET /clusters") else self._routes
        connection.sendall(f"HTTP/1.1 200 OK\r\nContent-Length: {len(body)}\r\n\r\n{body}".encode())


def counts(**by_address):
    return "outbound|80||a.bar.global::added_via_api::true\n" + "".join(
        f"outbound|80||a.bar.global::10.0.0.{address[1:]}:80::rq_total::{count}\n" for address, count in by_address.items())


# the sidecar's counts before and after 20 requests, what the verdict is
COUNTED = {
    "each once": (counts(n1=5), counts(n1=25), "passed: the requests went where the weights say"),
    "two endpoints": (counts(n1=5, n2=7), counts(n1=15, n2=17), "passed: "),
    "a new endpoint": (counts(n1=5), counts(n1=10, n2=15), "passed: "),
    "others, too": (counts(n1=5), counts(n1=26), "inconclusive: the sidecar counted 1 requests to the destinations more than were sent: "),
    "none": (counts(n1=5), counts(n1=5), "failed: 20 of 20 requests were answered by none of the destinations"),
    "an endpoint went": (counts(n1=5, n2=7), counts(n1=15), "inconclusive: the destinations' endpoints changed meanwhile, "),
    "counts anew": (counts(n1=50), counts(n1=3), "inconclusive: the destinations' endpoints changed meanwhile, "),
    "elsewhere": (counts(n1=5) + "outbound|80||b.bar.global::10.0.0.9:80::rq_total::1\n",
                  counts(n1=20) + "outbound|80||b.bar.global::10.0.0.9:80::rq_total::6\n",
                  "failed: 5 of 20 requests were answered by none of the destinations: outbound|80||b.bar.global (5)"),
}


@pytest.mark.parametrize("before, after, verdict", COUNTED.values(), ids=COUNTED)
def test_what_a_sidecar_counts(before, after, verdict):
    with Listener(bytes_of(GOOD)) as server, FakeSidecar(before, after) as sidecar:
        ended = meshdnsctl("route", "verify", server.url, "--count", 20, "--rate", 500, "--sidecar", sidecar.url, "--expect", "a.bar.global=1")
    assert ended.returncode == (0 if verdict.startswith("passed") else 1), ended
    assert ended.stdout.splitlines()[-1].startswith(verdict)


def test_a_sidecar_that_is_gone_in_the_end():
    with Listener(bytes_of(GOOD)) as server, FakeSidecar(counts(n1=5), "") as sidecar:
        ended = meshdnsctl("route", "verify", server.url, "--count", 20, "--rate", 500, "--sidecar", sidecar.url, "--expect", "a.bar.global=1")
    assert (ended.returncode, ended.stdout) == (1, "")
    assert "the sidecar's counts cannot be read any more: " in ended.stderr


@pytest.mark.parametrize("expect, message", [
    ("a.bar.globa=1", "the sidecar has no cluster for a.bar.globa; the nearest that it has is a.bar.global:80"),
    ("a=1", "the sidecar has no cluster for a; "),
], ids=["another", "short"])
def test_whom_the_sidecar_does_not_know(expect, message):
    with FakeSidecar(counts(n1=5)) as sidecar:
        ended = meshdnsctl("route", "verify", "http://127.0.0.1:1/", "--sidecar", sidecar.url, "--expect", expect)
    assert ended.returncode == 3 and message in ended.stderr


def written_on(terminal):
    """All of it, when nobody writes any more."""
    written = b""
    with contextlib.suppress(OSError):
        while part := terminal.read(65536):
            written += part
    return written.decode()


def test_progress_is_for_people():
    """On a terminal one line that is written over; elsewhere none in the first 10 s."""
    mine, its = pty.openpty()
    with Listener(bytes_of(GOOD)) as server, open(mine, "rb", buffering=0) as terminal:
        with open(its, "wb") as stderr:
            ended = subprocess.run([program(), "route", "verify", server.url, *BY, "--sidecar", "http://127.0.0.1:1", "--count", "60", "--rate", "60"],
                                   stdout=subprocess.PIPE, stderr=stderr, timeout=60)
        shown = written_on(terminal)
    assert ended.returncode == 0
    assert re.match(r"\r\d+ of 60 requests, 0 failed\x1b\[K", shown) and shown.endswith("\r\x1b[K"), shown
