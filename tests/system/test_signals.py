"""Signals: the lame duck, the end, and reading the configuration again."""

import contextlib
import concurrent.futures
import re
import signal
import threading
import time

import dns.edns
import pytest
import yaml

from support.asker import Asker
from support.entries import manifest, service_entry
from support.meshdns import Server, addresses, rcode
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


def change(server, tmp_path, **keys):
    """Sends SIGHUP after these keys were written, beside `lameduck`."""
    lines = server.log.count("\n")
    (tmp_path / "meshdns.yaml").write_text(yaml.safe_dump({"lameduck": "0s", **keys}))
    server.signal(signal.SIGHUP)
    return lines


def apply(server, tmp_path, **keys):
    """The same; returns when it is in effect."""
    lines = change(server, tmp_path, **keys)
    server.wait_for_log(re.compile("the new configuration is in effect|changed and applied"), start=lines)


# what is written, what is asked before and after it is in effect, the two answers
CHANGES = [
    ({"log": {"level": "debug"}}, lambda s: addresses(s.query("a.bar.global")), ["240.0.0.1"], ["240.0.0.1"]),
    ({"zones": [{"name": "global"}, {"name": "mesh"}]}, lambda s: rcode(s.query("mesh", "SOA")), "REFUSED", "NOERROR"),
    ({"zones": [{"name": "bar.global"}]}, lambda s: rcode(s.query("global", "SOA")), "NOERROR", "REFUSED"),
    ({"zones": [{"name": "global", "ttl": 7}]}, lambda s: s.query("a.bar.global").answer[0].ttl, 30, 7),
    ({"publish": {"services": True}}, lambda s: rcode(s.query("_http1._tcp.a.bar.global", "SRV")), "NXDOMAIN", "NOERROR"),
    ({"transfer": {"allow": ["127.0.0.1"]}}, lambda s: rcode(s.query("global", "AXFR", tcp=True)), "REFUSED", "NOERROR"),
    ({"workers": 3}, lambda s: addresses(s.query("a.bar.global", tcp=True)), ["240.0.0.1"], ["240.0.0.1"]),
    ({"identity": {"nsid": "b"}}, lambda s: nsid(s), None, b"b"),
    ({"admin": {"allow": ["192.0.2.1"]}}, lambda s: s.get("/explain?name=a.bar.global").status_code, 200, 403),
]


def nsid(server):
    options = server.query("a.bar.global", use_edns=0, options=[dns.edns.GenericOption(dns.edns.NSID, b"")]).options
    return next((option.to_wire() for option in options if option.otype == dns.edns.NSID), None)


@pytest.mark.parametrize("keys,ask,before,after", CHANGES, ids=lambda value: next(iter(value), "") if isinstance(value, dict) else "")
def test_a_new_configuration_is_applied(start_server, tmp_path, keys, ask, before, after):
    server = start_server(ENTRIES)
    assert ask(server) == before
    apply(server, tmp_path, **keys)
    eventually(lambda: ask(server) == after)
    assert server.get("/ready").status_code == 200


def test_no_query_is_lost_while_a_configuration_is_applied(start_server, tmp_path):
    server = start_server(ENTRIES)
    serials = [server.query("global", "SOA").answer[0][0].serial]
    asker = Asker(server, ["a.bar.global", "unknown.bar.global"])
    for ttl in range(1, 6):
        apply(server, tmp_path, zones=[{"name": "global", "negativeTtl": ttl}])
        serials.append(server.query("global", "SOA").answer[0][0].serial)
    asker.stop()
    assert not asker.wrong, f"{len(asker.wrong)} of {asker.asked}, such as {asker.wrong[0]}"
    assert serials == sorted(set(serials))


def test_transfers_do_not_keep_a_configuration_from_being_applied(start_server, tmp_path):
    many = [service_entry(f"e{i}", f"h{i}.bar.global", ["240.0.0.1"]) for i in range(3000)]
    keys = {"transfer": {"allow": ["127.0.0.1"]}, "limits": {"tcpMessage": "500ms"}}
    server = start_server(many, keys)
    for ttl in range(1, 6):
        with contextlib.ExitStack() as open_ones:
            for _ in range(20):
                client = open_ones.enter_context(TcpClient(server.dns_port))
                client.send_message(message(question("global", 252)))  # AXFR, read by nobody
            apply(server, tmp_path, zones=[{"name": "global", "ttl": ttl}], **keys)
            assert server.query("h2999.bar.global").answer[0].ttl == ttl


def test_no_probe_is_lost_while_a_configuration_is_applied(start_server, tmp_path):
    server = start_server(ENTRIES)
    applied = threading.Event()

    def probe():
        while not applied.is_set():
            assert server.get("/health").status_code == 200

    with concurrent.futures.ThreadPoolExecutor() as pool:
        probes = [pool.submit(probe) for _ in range(4)]
        try:
            for ttl in range(1, 6):
                apply(server, tmp_path, zones=[{"name": "global", "negativeTtl": ttl}])
        finally:
            applied.set()
        for each in probes:
            each.result()


def test_what_is_in_flight_is_finished_by_the_one_before(start_server, tmp_path):
    server = start_server(ENTRIES)
    with TcpClient(server.dns_port) as client:
        client.send(framed(QUERY)[:-1])
        eventually(lambda: server.metrics()["meshdns_tcp_connections"] == 1)
        lines = change(server, tmp_path, zones=[{"name": "global", "ttl": 7}])
        server.wait_for_log(re.compile("listening on"), start=lines)
        client.send(framed(QUERY)[-1:])
        assert fields(client.receive_message())[0] == 4711


def test_an_idle_reader_of_the_admin_pages_does_not_hold_the_control_thread(start_server, tmp_path):
    """The one before waits a second for its request. Within that the control thread explains: on a busy machine once in ten times."""
    server = start_server(ENTRIES)

    def explains_meanwhile(ttl):
        with TcpClient(server.admin_port) as idle:
            assert server.get("/health").status_code == 200  # so the connection before this one has been accepted, too
            lines = change(server, tmp_path, zones=[{"name": "global", "ttl": ttl}])
            server.wait_for_log(re.compile("admin on"), start=lines)
            explained = server.get("/explain?name=a.bar.global").status_code == 200
            with contextlib.suppress(OSError):
                idle.send(b"GET /health HTTP/1.1\r\n\r\n")
                explained = explained and idle.socket.recv(12) == b"HTTP/1.1 200"
            server.wait_for_log(re.compile("in effect"), start=lines)
            return explained

    assert any(explains_meanwhile(ttl) for ttl in range(1, 11))


# what cannot be opened, what the log says about it
CANNOT = [
    ({"zones": [{"name": "global", "file": "missing.zone"}]}, r"missing\.zone"),
    ({"cookies": {"secretFile": "/nonexistent"}}, r"/nonexistent"),
]


@pytest.mark.parametrize("keys,message", CANNOT)
def test_what_cannot_be_opened_changes_nothing(start_server, tmp_path, keys, message):
    server = start_server(ENTRIES)
    lines = change(server, tmp_path, **keys)
    server.wait_for_log(re.compile(message), start=lines)
    server.wait_for_log(re.compile("the one from before stays"), start=lines)
    assert addresses(server.query("a.bar.global")) == ["240.0.0.1"]
    assert server.get("/ready").status_code == 200


def test_a_new_source_is_read_before_it_is_served(tmp_path):
    for name, address in (("old", "240.0.0.1"), ("new", "240.0.0.2")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "entries.yaml").write_text(manifest(service_entry("a", "a.bar.global", [address])))
    keys = {name: {"sources": [{"files": {"path": str(tmp_path / name)}}]} for name in ("old", "new")}
    with Server(directory=tmp_path, config=keys["old"]) as server:
        eventually(lambda: addresses(server.query("a.bar.global")) == ["240.0.0.1"])
        broken = tmp_path / "new" / "broken.yaml"
        broken.write_text("{")
        change(server, tmp_path, **keys["new"])
        server.wait_for_log(re.compile("broken.yaml"))
        assert addresses(server.query("a.bar.global")) == ["240.0.0.1"]
        broken.unlink()
        eventually(lambda: addresses(server.query("a.bar.global")) == ["240.0.0.2"])


def test_the_source_may_be_gone_at_the_end(start_server, tmp_path):
    server = start_server(ENTRIES)
    (tmp_path / "entries" / "entries.yaml").unlink()
    (tmp_path / "entries").rmdir()
    server.signal(signal.SIGTERM)
    assert server.wait() == 0
