"""meshdnsctl explain, on a real server."""

import json
import socket
import threading

import pytest
import yaml

from support.entries import service_entry
from support.meshdnsctl import meshdnsctl

ENTRIES = [
    service_entry("a", "a.bar.global", ["240.0.0.1", "2001:db8::1"]),
    service_entry("younger", "a.bar.global", ["240.0.0.9"], namespace="zoo", created="2026-02-01T00:00:00Z"),
    service_entry("wild", "*.wild.bar.global", ["240.0.0.2"]),
    service_entry("below", "x.b.wild.bar.global", ["240.0.0.3"]),
    service_entry("private", "private.bar.global", ["240.0.0.5"], exportTo=["."]),
    service_entry("blocks", "blocks.bar.global", ["10.0.0.0/8"]),
]

# what is asked, what a person reads
EXPLAINED = [
    (["a.bar.global"], ["Records:    a.bar.global. 30 IN A 240.0.0.1\n",
                        "/bar/a, created 2026-01-01T00:00:00Z, with 240.0.0.1, 2001:db8::1 of spec.addresses: older than ",
                        "Lost:       ",
                        "/zoo/younger, created 2026-02-01T00:00:00Z, with 240.0.0.9 of spec.addresses: younger than "]),
    (["A.bar.global.", "--type", "aaaa"], ["Type:       AAAA\n", "IN AAAA 2001:db8::1\n"]),
    (["a.bar.global", "--type", "TXT"], ["Outcome:    the name is there, and has no TXT (NOERROR, empty)\n"]),
    (["x.wild.bar.global"], ["Wildcard:   *.wild.bar.global\n", "/bar/wild, created"]),
    (["y.b.wild.bar.global"], ["Outcome:    there is no such name (NXDOMAIN)\n",
                               "the existing name b.wild.bar.global blocks the wildcard *.wild.bar.global\n"]),
    (["private.bar.global"], ["Skipped:    ", "/bar/private, private.bar.global: not-exported, "]),
    (["blocks.bar.global"], ["/bar/blocks, 10.0.0.0/8: address-block, ", "blocks.bar.global: no-address, "]),
    (["example.org"], ["Outcome:    not answered (REFUSED)\n", "none of the configured zones"]),
]

# what is asked, exit code, what standard error says
WRONG = [
    (["a..b"], 2, "name=a..b"),
    (["a", "--type", "NOTYPE"], 2, "type=NOTYPE"),
    (["a", "--tpye", "A"], 2, "--type"),
    (["a", "-o", "xml"], 2, "expected text, json or yaml"),
    ([], 2, "NAME is required"),
]


def explain(server, *arguments):
    return meshdnsctl("explain", *arguments, "--admin", f"http://127.0.0.1:{server.admin_port}")


@pytest.mark.parametrize("arguments,parts", EXPLAINED, ids=[" ".join(arguments) for arguments, _ in EXPLAINED])
def test_what_a_person_reads(server, arguments, parts):
    ended = explain(server, *arguments)
    assert (ended.returncode, ended.stderr) == (0, "")
    for part in parts:
        assert part in ended.stdout


@pytest.mark.parametrize("form,load", [("json", json.loads), ("yaml", yaml.safe_load)])
def test_what_a_program_reads(server, form, load):
    ended = explain(server, "a.bar.global", "-o", form)
    assert load(ended.stdout) == server.get("/explain?name=a.bar.global").json()


@pytest.mark.parametrize("arguments,code,message", WRONG, ids=[" ".join(arguments) for arguments, _, _ in WRONG])
def test_wrong_usage(server, arguments, code, message):
    ended = explain(server, *arguments)
    assert (ended.returncode, ended.stdout) == (code, "")
    assert message in ended.stderr


def test_who_may_not_ask_is_told_which_key_to_change(start_server):
    server = start_server(ENTRIES, {"admin": {"allow": ["10.0.0.0/8"]}})
    ended = explain(server, "a.bar.global")
    assert ended.returncode == 1
    for part in ("403", "127.0.0.1 may not read this", "admin.allow", "kubectl -n meshdns port-forward"):
        assert part in ended.stderr


def test_a_server_that_is_not_there():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    ended = meshdnsctl("explain", "a.bar.global", "--admin", f"http://127.0.0.1:{port}")
    assert ended.returncode == 1
    assert f"cannot ask http://127.0.0.1:{port}: Connection refused; --admin" in ended.stderr


@pytest.mark.parametrize("response,message", [
    (b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}", "no explanation"),
    (b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nnot JSON!", "no explanation"),
    (b"HTTP/1.1 404 Not Found\r\nContent-Length: 5\r\n\r\n\x1b[2Jx", r"answers 404: \x1b[2Jx; expected the admin endpoints"),
    (b"HTTP/1.1 503 Busy\r\nContent-Length: 5\r\n\r\nbusy\n", "answers 503: busy\n"),
    (b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{", "cannot ask"),
    (b"HTTP/1.1 200 OK\r\nContent-Length: 17000000\r\n\r\n" + b" " * 17_000_000, "more than 16 MiB"),
    (b"SSH-2.0-OpenSSH\r\n", "cannot ask"),
], ids=["another object", "no JSON", "404", "503", "cut", "endless", "no HTTP"])
def test_another_server(response, message):
    def serve():
        client, _ = listening.accept()
        with client:
            client.recv(4096)
            try:
                client.sendall(response)
            except ConnectionError:
                pass  # it has read enough

    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=serve)
        thread.start()
        ended = meshdnsctl("explain", "a.bar.global", "--admin", f"http://127.0.0.1:{listening.getsockname()[1]}")
        thread.join()
    assert ended.returncode == 1
    assert message in ended.stderr
