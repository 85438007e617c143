"""The log as text and as JSON, and the query log."""

import json
import re

import pytest

from support.entries import service_entry
from support.wire import TcpClient, UdpClient, message, opt, option, question

ENTRIES = [service_entry("a", "a.bar.global", ["240.0.0.1"])]

TEXT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z (debug|info|warn|error) \S.*")

# CoreDNS's common format: remote:port id "type class name proto size do bufsize" rcode flags size duration
QUERY = re.compile(r'127\.0\.0\.1:\d+ (\d+) "([^"]*)" (\S+) (\S+) (\d+) (\d+\.\d+)s')

# what is asked, with IDs from 1 on; how; what the line says between ID and size. Those from 4 on are errors.
ASKED = [
    (message(question("A.bar.global"), id=1), UdpClient, '"A IN a.bar.global udp 30 false 512" NOERROR qr,aa'),
    (message(question("none.global", 28), flags=0x100, id=2), UdpClient,
     '"AAAA IN none.global udp 29 false 512" NXDOMAIN qr,aa,rd'),
    (message(question("a.bar.global", 16), additional=[opt(flags=0x8000)], id=3), TcpClient,
     '"TXT IN a.bar.global tcp 41 true 1232" NOERROR qr,aa'),
    (message(question("example.org"), id=4), UdpClient, '"A IN example.org udp 29 false 512" REFUSED qr'),
    (message(id=5), UdpClient, None),
    (message(question("a.bar.global"), additional=[opt(version=1)], id=6), UdpClient,
     '"A IN a.bar.global udp 41 false 1232" BADVERS qr'),
    (message(additional=[opt(options=option(10, bytes(24)))], id=7), UdpClient,
     '"TYPE0 CLASS0 - udp 51 false 1232" BADCOOKIE qr'),
]


def ask_all(server):
    for asked, kind, _ in ASKED:
        with kind(server.dns_port) as client:
            client.ask(asked)


def ids(log):
    return [int(match[1]) for match in QUERY.finditer(log)]


def test_text_lines(start_server):
    server = start_server(ENTRIES, {"log": {"format": "text"}})
    server.stop()
    lines = server.log.splitlines()
    assert lines
    for line in lines:
        assert TEXT.fullmatch(line), line


def test_json_lines(start_server):
    server = start_server([*ENTRIES, service_entry("b", 'bad"\n!.bar.global', ["240.0.0.1"])],
                          {"log": {"format": "json", "queries": "all"}})
    ask_all(server)
    server.stop()
    for line in server.log.splitlines():
        record = json.loads(line)
        assert {"time", "level", "message"} <= set(record)
    assert sorted(ids("\n".join(json.loads(line)["message"] for line in server.log.splitlines()))) == [1, 2, 3, 4, 5, 6, 7]


@pytest.mark.parametrize("queries,expected", [("none", []), ("errors", [4, 5, 6, 7]), ("all", [1, 2, 3, 4, 5, 6, 7])])
def test_the_query_log(start_server, queries, expected):
    server = start_server(ENTRIES, {"log": {"queries": queries}})
    ask_all(server)
    server.stop()
    assert sorted(ids(server.log)) == expected
    for id, (_, _, line) in enumerate(ASKED, 1):
        if id in expected and line:
            assert re.search(rf" {id} {re.escape(line)} \d+ 0\.\d+s$", server.log, re.MULTILINE), line


def test_the_log_level(start_server):
    server = start_server(ENTRIES, {"log": {"level": "info"}})
    assert " debug " not in server.log
    assert re.search(r" info listening on 127\.0\.0\.1:\d+", server.log)


def test_a_name_cannot_forge_a_line(start_server):
    server = start_server(ENTRIES, {"log": {"queries": "all"}})
    with UdpClient(server.dns_port) as client:
        client.ask(message(question("a\n2026-01-01T00:00:00.000Z info forged\x1b[31m")))
    server.stop()
    assert "forged" in server.log and "\x1b" not in server.log
    assert not re.search(r"^2026-01-01T00:00:00.000Z info forged", server.log, re.MULTILINE)
