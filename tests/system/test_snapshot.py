"""state: the last known data outlives the process, and a disk that does not do its part never stops the server."""

import re
import resource
import signal
import socket
import subprocess

import pytest
import yaml

from support.entries import manifest, replace, service_entry
from support.meshdns import Server, addresses, binary, ede_codes, rcode
from support.process import eventually

A = service_entry("a", "a.bar.global", ["240.0.0.1"])
B = service_entry("b", "b.bar.global", ["240.0.0.2"])
BROKEN = "kind: [\n"


class Place:
    """A directory with entries, a state directory, and servers on them."""

    def __init__(self, directory):
        self.directory = directory
        self.entries = directory / "entries"
        self.state = directory / "state"
        self.snapshot = self.state / "snapshot"

    def write(self, *entries, name="entries.yaml"):
        replace(self.entries / name, manifest(*entries))

    def break_entries(self):
        replace(self.entries / "entries.yaml", BROKEN)

    def server(self, *arguments, **config):
        sources = [{"files": {"path": str(self.entries)}}]
        return Server("--state", self.state, *arguments, directory=self.directory, config={"sources": sources, **config})

    def leave(self, *entries, **config):
        """A snapshot of a server that has served the entries; its serial."""
        self.write(*entries)
        with self.server(**config) as server:
            eventually(lambda: server.get("/ready").status_code == 200)
            serial = serial_of(server)
        assert self.snapshot.exists()
        return serial


@pytest.fixture
def place(tmp_path):
    place = Place(tmp_path)
    place.write()
    return place


def serial_of(server):
    return server.query("global", "SOA").answer[0][0].serial


def test_a_restart_without_the_source(place):
    serial = place.leave(A, B)
    place.break_entries()
    with place.server() as server:
        ready = server.get("/ready")
        assert ready.status_code == 200
        assert re.fullmatch(rf"OK\nsource {place.entries} is stale: a snapshot of \d+-\d+-\d+T\d+:\d+:\d+Z is served "
                            r"until it has synced\n", ready.text)
        assert addresses(server.query("a.bar.global")) == ["240.0.0.1"]
        assert rcode(server.query("no.bar.global")) == "NXDOMAIN"
        assert serial_of(server) > serial
        metrics = server.metrics()
        label = f'{{source="{place.entries}"}}'
        assert metrics["meshdns_source_stale" + label] == 1
        assert metrics["meshdns_source_synced" + label] == 0
        assert metrics["meshdns_entries" + label] == 2
        assert metrics["meshdns_snapshot_timestamp_seconds"] == pytest.approx(place.snapshot.stat().st_mtime, abs=10)
        server.wait_for_log(re.compile(rf"warn.*source {place.entries}: stale.*2 ServiceEntries"))

        place.write(B)  # the source is back, and does not have everything any more
        eventually(lambda: rcode(server.query("a.bar.global")) == "NXDOMAIN")
        assert addresses(server.query("b.bar.global")) == ["240.0.0.2"]
        eventually(lambda: server.get("/ready").text == "OK\n")
        assert server.metrics()["meshdns_source_stale" + label] == 0
        server.wait_for_log(re.compile("not stale any more"))


def test_what_went_while_nobody_looked_goes(place):
    place.write(A, name="1.yaml")
    place.leave(B)
    (place.entries / "1.yaml").unlink()
    with place.server() as server:
        eventually(lambda: server.get("/ready").text == "OK\n")
        eventually(lambda: rcode(server.query("a.bar.global")) == "NXDOMAIN")
        assert addresses(server.query("b.bar.global")) == ["240.0.0.2"]


def test_a_crash_after_the_first_sync_loses_nothing(place):
    place.write(A)
    server = place.server()
    eventually(place.snapshot.exists)
    server.kill()
    place.break_entries()
    with place.server() as server:
        assert addresses(server.query("a.bar.global")) == ["240.0.0.1"]


def test_a_stale_source_stays_as_old_as_it_is(place):
    place.leave(A)
    place.break_entries()
    with place.server() as server:
        first = server.get("/ready").text
    with place.server() as server:
        assert server.get("/ready").text == first


def truncate(data):
    return data[:len(data) // 2]


def flip(data):
    return data[:-20] + bytes([data[-20] ^ 1]) + data[-19:]


def another_version(data):
    return data[:11] + b"\x7f" + data[12:]


# what becomes of the file, a pattern of the log
REFUSED = [
    (truncate, "torn"),
    (flip, "torn"),
    (another_version, r"version 127 .*expected \d"),
    (lambda data: b"", "no snapshot of meshdns"),
    (lambda data: b"foreign" * 100, "no snapshot of meshdns"),
]


@pytest.mark.parametrize("change,reason", REFUSED)
def test_a_bad_snapshot_is_refused(place, change, reason):
    place.leave(A)
    place.snapshot.write_bytes(change(place.snapshot.read_bytes()))
    place.break_entries()
    with place.server() as server:
        server.wait_for_log(re.compile(rf"error.*refused {place.snapshot}: .*{reason}"))
        assert_knows_nothing(server)
        assert server.metrics()['meshdns_snapshot_errors_total{reason="read"}'] == 1
        place.write(A)
        eventually(lambda: addresses(server.query("a.bar.global")) == ["240.0.0.1"])


def assert_knows_nothing(server):
    answer = server.query("a.bar.global", use_edns=0)
    assert (rcode(answer), ede_codes(answer)) == ("SERVFAIL", [14])
    assert server.get("/ready").status_code == 503


# configurations under which an object may publish something else
@pytest.mark.parametrize("config", [
    {"zones": [{"name": "global"}, {"name": "other"}]},
    {"zones": [{"name": "global", "nameservers": [{"name": "a.bar.global"}]}]},
    {"publish": {"services": True}},
    {"publish": {"reverse": ["240.0.0.0/8"]}},
])
def test_other_rules_refuse_it(place, config):
    place.leave(A)
    place.break_entries()
    with place.server(**config) as server:
        server.wait_for_log(re.compile(r"refused.*other zones or publish"))
        assert server.get("/ready").status_code == 503


def test_a_source_that_is_no_more_is_dropped(place):
    place.leave(A)
    other = place.directory / "other"
    replace(other / "entries.yaml", BROKEN)
    with place.server("--from", other) as server:
        server.wait_for_log(re.compile(rf"dropped 1 ServiceEntries of local files at {place.entries}"))
        assert_knows_nothing(server)


def test_one_process_a_directory(place):
    with place.server() as server:
        second = subprocess.run(
            [binary(), "--state", place.state, "--from", place.entries, "--listen", "127.0.0.1:0", "--admin",
             "127.0.0.1:0"], capture_output=True, text=True, timeout=20)
        assert second.returncode == 1
        assert f"found {place.state} in use by process {server.pid} on {socket.gethostname()}" in second.stderr
    with place.server():
        pass


@pytest.mark.parametrize("path", ["missing/state", "entries/entries.yaml"])
def test_a_wrong_path(place, path):
    done = subprocess.run(
        [binary(), "--state", place.directory / path, "--from", place.entries, "--listen", "127.0.0.1:0", "--admin",
         "127.0.0.1:0"], capture_output=True, text=True, timeout=20)
    assert done.returncode == 1
    assert re.search(rf"state: .*{path}.*expected a directory|state: .*{path} is no directory", done.stderr)


def change(server, place, **config):
    """A new configuration, and SIGHUP."""
    file = place.directory / "meshdns.yaml"
    replace(file, yaml.safe_dump({**yaml.safe_load(file.read_text()), **config}))
    server.signal(signal.SIGHUP)


def test_a_new_configuration_takes_the_directory_over(place):
    place.write(A)
    with place.server() as server:
        eventually(place.snapshot.exists)
        change(server, place, publish={"services": True})
        server.wait_for_log(re.compile("the new configuration is in effect"))
    place.break_entries()
    with place.server(publish={"services": True}) as server:
        assert addresses(server.query("a.bar.global")) == ["240.0.0.1"]
        assert server.get("/ready").text.startswith("OK\nsource")


def test_a_new_configuration_waits_for_a_source_that_is_stale(place):
    place.leave(A)
    place.break_entries()
    with place.server() as server:
        change(server, place, publish={"services": True})
        server.wait_for_log(re.compile("being read for it"))
        assert addresses(server.query("a.bar.global")) == ["240.0.0.1"]
        place.write(A)
        server.wait_for_log(re.compile("the new configuration is in effect"))
        assert addresses(server.query("a.bar.global")) == ["240.0.0.1"]
        assert server.get("/ready").text == "OK\n"


def test_a_directory_is_taken_and_left_again(place):
    place.write(A)
    replace(place.directory / "broken" / "entries.yaml", BROKEN)
    sources = [{"files": {"path": str(place.entries)}}]
    pending = [{"files": {"path": str(place.directory / "broken")}}]
    first, second = str(place.state), str(place.directory / "second")
    # sources, state, a pattern of the log
    steps = [
        (pending, second, "being read for it"),
        (pending, second, "being read for it"),  # instead of the one before, which has the directory open
        (sources, second, "the new configuration is in effect"),
        (sources, first, "the new configuration is in effect"),
        (sources, second, "the new configuration is in effect"),
    ]
    with Server(directory=place.directory, config={"sources": sources, "state": first}) as server:
        for wanted, state, pattern in steps:
            start = server.log.count("\n")
            change(server, place, sources=wanted, state=state)
            server.wait_for_log(re.compile(pattern), start=start)
        assert addresses(server.query("a.bar.global")) == ["240.0.0.1"]
    assert " in use by " not in server.log


# The disk -------------------------------------------------------------------------------------------------------------

FAILED_WRITES = 'meshdns_snapshot_errors_total{reason="write"}'


def test_a_file_that_may_not_grow(place):
    place.leave(A)
    snapshot = place.snapshot.read_bytes()
    place.write(A, *(service_entry(f"n{i}", f"n{i}.bar.global", [f"240.0.1.{i}"]) for i in range(100)))
    with place.server() as server:
        resource.prlimit(server.pid, resource.RLIMIT_FSIZE, (1000, 1000))
        eventually(lambda: addresses(server.query("n99.bar.global")) == ["240.0.1.99"])
    assert re.search(rf"error.*state: cannot write {place.snapshot}\.new: File too large", server.log)
    assert place.snapshot.read_bytes() == snapshot
    assert sorted(path.name for path in place.state.iterdir()) == ["lock", "snapshot"]


# whether a snapshot is there, what the log says of a failed write while serving, and of the one at the end
@pytest.mark.parametrize("is_there,serving,ending", [
    (True, "the snapshot from before stays, and the next attempt follows", "the snapshot from before stays"),
    (False, "the next attempt follows", "nothing is kept for the next start"),
])
def test_what_a_failed_write_leaves(place, is_there, serving, ending):
    if is_there:
        place.leave(A)
        place.snapshot.write_bytes(b"foreign")  # so that the next one is written as soon as all is known
    place.break_entries()
    with place.server() as server:
        (place.state / "snapshot.new").mkdir()
        place.write(A, B)
        line = rf"error.*state: cannot remove {place.snapshot}\.new: Is a directory; "
        server.wait_for_log(re.compile(f"{line}{serving}$"))
    assert re.search(f"{line}{ending}$", server.log, re.MULTILINE)


# how the state directory is mounted, a pattern of the log
DISKS = [
    ("mount -t tmpfs -o size=64k tmpfs $STATE && ! head -c 1M /dev/zero > $STATE/filler",
     r"error.*state: cannot write .*/snapshot\.new: No space left on device"),
    ("mount -t tmpfs -o ro tmpfs $STATE", r"warn.*state: cannot open .*/lock: Read-only file system"),
]


@pytest.mark.parametrize("mount,pattern", DISKS, ids=["full", "read-only"])
def test_a_disk_that_takes_nothing(place, monkeypatch, mount, pattern):
    if subprocess.run(["unshare", "--mount", "true"], capture_output=True).returncode != 0:
        pytest.skip("no mount namespaces here")
    place.state.mkdir()
    inside = place.directory / "inside"
    inside.write_text(f"#!/bin/sh\nset -e\nSTATE={place.state}\n{mount}\nexec {binary()} \"$@\"\n")
    outside = place.directory / "outside"
    outside.write_text(f"#!/bin/sh\nexec unshare --mount sh {inside} \"$@\"\n")
    outside.chmod(0o755)
    monkeypatch.setenv("MESHDNS", str(outside))
    place.write(A)
    with place.server() as server:
        eventually(lambda: server.get("/ready").status_code == 200)
        assert addresses(server.query("a.bar.global")) == ["240.0.0.1"]
        server.wait_for_log(re.compile(pattern))
        eventually(lambda: server.metrics()[FAILED_WRITES] >= 1)
        assert server.metrics()["meshdns_snapshot_timestamp_seconds"] == 0
