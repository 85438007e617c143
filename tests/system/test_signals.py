"""Signals: the lame duck, the end, and reading the configuration again."""

import re
import signal
import time

import pytest
import yaml

from support.entries import service_entry
from support.meshdns import Server, addresses
from support.process import eventually
from support.wire import TcpClient, fields, framed, message, question

ENTRIES = [service_entry("a", "a.bar.global", ["240.0.0.1"])]
QUERY = message(question("a.bar.global"))


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_lame_duck(start_server, number):
    server = start_server(ENTRIES, {"lameduck": "2s"})
    before = time.monotonic()
    server.signal(number)
    eventually(lambda: server.get("/ready").status_code == 503)
    assert server.get("/ready").text == "shutting down\n"
    assert server.get("/health").status_code == 200
    for tcp in (False, True):
        assert addresses(server.query("a.bar.global", tcp=tcp)) == ["240.0.0.1"]
    assert server.wait() == 0
    assert 1.9 < time.monotonic() - before < 10


def test_a_second_signal_ends_the_process(tmp_path):
    server = Server("--from", tmp_path, directory=tmp_path, config={"lameduck": "30s"})
    server.signal(signal.SIGTERM)
    server.wait_for_log(re.compile("SIGTERM"))
    server.signal(signal.SIGTERM)
    assert server.wait(5) == 1


def test_what_is_in_flight_is_finished(start_server):
    server = start_server(ENTRIES)
    with TcpClient(server.dns_port) as client:
        assert fields(client.ask(QUERY))[0] == 4711
        client.send(framed(QUERY)[:-1])
        client.send(b"")
        eventually(lambda: server.metrics()["meshdns_tcp_connections"] == 1)
        server.signal(signal.SIGTERM)
        client.send(framed(QUERY)[-1:])
        assert fields(client.receive_message())[0] == 4711
        assert client.is_closed()
    assert server.wait() == 0


def test_a_client_that_always_has_a_next_message_is_not_waited_for(start_server):
    server = start_server(ENTRIES, {"limits": {"tcpMessage": "300ms"}})
    with TcpClient(server.dns_port) as client:
        client.send(framed(QUERY)[:-1])
        server.signal(signal.SIGTERM)
        end = time.monotonic() + 10
        with pytest.raises((EOFError, ConnectionError)):
            while time.monotonic() < end:
                client.send(framed(QUERY)[-1:] + framed(QUERY)[:-1])
                client.receive_message()
    assert server.wait() == 0


def test_no_query_is_lost_until_the_end(start_server):
    server = start_server(ENTRIES, {"lameduck": "2s"})
    server.signal(signal.SIGTERM)
    end = time.monotonic() + 1
    while time.monotonic() < end:
        assert addresses(server.query("a.bar.global")) == ["240.0.0.1"]
    assert server.wait() == 0


# a configuration that is wrong, what the log says about it
WRONG = [
    ("zoness: []\n", r"meshdns\.yaml:1: .*zoness"),
    ("lameduck: [\n", r"meshdns\.yaml:\d+"),
    ("workers: many\n", r"meshdns\.yaml:1: workers.*many"),
]


@pytest.mark.parametrize("text,message", WRONG)
def test_a_wrong_configuration_changes_nothing(start_server, tmp_path, text, message):
    server = start_server(ENTRIES)
    (tmp_path / "meshdns.yaml").write_text(text)
    server.signal(signal.SIGHUP)
    server.wait_for_log(re.compile(message))
    assert addresses(server.query("a.bar.global")) == ["240.0.0.1"]
    assert server.get("/ready").status_code == 200


def test_a_new_log_level_is_taken_over(start_server, tmp_path):
    server = start_server(ENTRIES)
    lines = server.log.count("\n")
    (tmp_path / "meshdns.yaml").write_text(yaml.safe_dump({"lameduck": "0s", "log": {"level": "debug"}}))
    server.signal(signal.SIGHUP)
    server.wait_for_log(re.compile("onfiguration"), start=lines)
    assert addresses(server.query("a.bar.global")) == ["240.0.0.1"]


def test_the_source_may_be_gone_at_the_end(start_server, tmp_path):
    server = start_server(ENTRIES)
    (tmp_path / "entries" / "entries.yaml").unlink()
    (tmp_path / "entries").rmdir()
    server.signal(signal.SIGTERM)
    assert server.wait() == 0
