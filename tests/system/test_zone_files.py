"""Static zones from master files: what is served of them, when they are read again, and what a bad one does not change."""

import os
import re
import signal
import threading
from concurrent.futures import ThreadPoolExecutor

import dns.flags
import pytest
import yaml

from support.entries import manifest, replace, service_entry
from support.meshdns import Server, addresses, ede_codes, rcode, records
from support.process import eventually
from test_usage import run

HEAD = "$TTL 60\n@ SOA ns hostmaster {} 7200 900 1209600 300\n@ NS ns\nns A 192.0.2.53\n"
ZONE = HEAD.format(1) + """
a       A     192.0.2.1
        A     192.0.2.2
        TXT   "one" "two"
alias   CNAME a
*.wild  A     192.0.2.3
sub     NS    ns.sub
ns.sub  A     192.0.2.4
x.ent   TYPE65280 \\# 2 abcd
"""

# a bad zone file, the line that is told, and the reason
LINES = ZONE.count("\n")
BAD = [
    ("a syntax error", ZONE + "b A 192.0.2.300\n", LINES + 1, "192.0.2.300"),
    ("a parenthesis that is not closed", ZONE + "b MX (\n 10\n", LINES + 1, r"'\(' without '\)'"),
    ("a quote that is not closed", ZONE + 'b TXT "c\n', LINES + 1, "quote"),
    ("an unknown directive", ZONE + "$GENERATE 1-9 a$ A 192.0.2.$\n", LINES + 1, r"\$GENERATE"),
    ("an unknown type", ZONE + "\nb FOO c\n", LINES + 2, "'FOO'"),
    ("a name out of the zone", ZONE + "b.example.net. A 192.0.2.5\n", LINES + 1, "outside the zone"),
    ("class CH", ZONE + "b CH TXT c\n", LINES + 1, "class CH, expected IN"),
    ("a CNAME beside other data", ZONE + "a CNAME b\n", LINES + 1, "CNAME of a.example.org beside its A"),
    ("other data beside a CNAME", ZONE + "alias A 192.0.2.5\n", LINES + 1, "A of alias.example.org beside its CNAME"),
    ("two SOAs", ZONE + "@ SOA ns hostmaster 2 7200 900 1209600 300\n", LINES + 1, "a second SOA"),
    ("a TTL out of range", ZONE + "b 2147483648 A 192.0.2.5\n", LINES + 1, "the TTL '2147483648'"),
    ("a negative TTL", ZONE + "b -1 A 192.0.2.5\n", LINES + 1, "the TTL '-1'"),
    ("an RRset over 64 KiB", ZONE + "".join(f"b TYPE65280 \\# 30000 {i:060000x}\n" for i in range(3)), LINES + 3,
     "more than 65000 octets"),
    ("a mandatory parameter that is not there", ZONE + "b HTTPS 1 . mandatory=alpn\n", LINES + 1, "mandatory has alpn"),
    ("a NUL octet", ZONE + "b TXT c\0\n", LINES + 1, "control character 0"),
    ("an included file that is not there", ZONE + "$INCLUDE nothing\n", LINES + 1, "nothing: No such file"),
    ("a file that includes itself", ZONE + "$INCLUDE example.zone\n", LINES + 1, "would include itself"),
    ("nothing", "", 1, "without SOA"),
    ("no SOA", "@ NS ns\n", 2, "without SOA"),
    ("no NS", "@ SOA ns hostmaster 1 2 3 4 5\n", 2, "without NS"),
]


def write(tmp_path, text, name="example.zone"):
    replace(tmp_path / name, text)


def config(*zones, **more):
    return {"zones": [{"name": name, "file": file} for name, file in zones], "sources": [], **more}


def start(tmp_path, *zones, **more):
    """A server of static zones alone, which has read them all."""
    server = Server(directory=tmp_path, config=config(*zones or [("example.org", "example.zone")], **more))
    eventually(lambda: server.get("/ready").status_code == 200)
    return server


def becomes(server, name, expected):
    def probe():
        response = server.query(name)
        assert (addresses(response) or rcode(response)) == expected
        return True
    eventually(probe, timeout=30)


@pytest.fixture
def server(tmp_path):
    write(tmp_path, ZONE)
    with start(tmp_path) as server:
        yield server


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    """A server of ZONE for tests that change nothing, and its directory."""
    directory = tmp_path_factory.mktemp("shared")
    write(directory, ZONE)
    with start(directory) as server:
        yield server, directory


def test_what_is_served(server):
    answers = [
        ("example.org", "SOA", ["ns.example.org. hostmaster.example.org. 1 7200 900 1209600 300"]),
        ("example.org", "NS", ["ns.example.org."]),
        ("a.example.org", "A", ["192.0.2.1", "192.0.2.2"]),
        ("a.example.org", "TXT", ['"one" "two"']),
        ("alias.example.org", "A", ["192.0.2.1", "192.0.2.2", "a.example.org."]),
        ("x.wild.example.org", "A", ["192.0.2.3"]),
        ("x.ent.example.org", "TYPE65280", ["\\# 2 abcd"]),
        ("ent.example.org", "A", []),
    ]
    for name, rdtype, expected in answers:
        response = server.query(name, rdtype)
        assert (rcode(response), records(response)) == ("NOERROR", expected)
        assert response.flags & dns.flags.AA
    referral = server.query("x.sub.example.org")
    assert not referral.flags & dns.flags.AA
    assert records(referral, "authority") == ["ns.sub.example.org."]
    assert records(referral, "additional", "A") == ["192.0.2.4"]
    assert rcode(server.query("b.example.org")) == "NXDOMAIN"
    assert server.wait_for_log(re.compile(r"zone example\.org: 11 records of 8 names read from .*/example\.zone, serial 1$"))


def test_several_zones_the_root_among_them(tmp_path):
    write(tmp_path, HEAD.format(7) + "org NS ns.org\nns.org A 192.0.2.9\n", "root.zone")
    write(tmp_path, ZONE)
    with start(tmp_path, (".", "root.zone"), ("example.org", "example.zone")) as server:
        assert records(server.query(".", "SOA"))[0].split()[2] == "7"
        assert addresses(server.query("a.example.org")) == ["192.0.2.1", "192.0.2.2"]
        assert records(server.query("a.net.org"), "authority") == ["ns.org."]


def test_an_edit_is_served(server, tmp_path):
    write(tmp_path, HEAD.format(2) + "a A 192.0.2.7\n")
    becomes(server, "a.example.org", ["192.0.2.7"])
    becomes(server, "alias.example.org", "NXDOMAIN")
    server.wait_for_log(re.compile("serial 2$"))
    (tmp_path / "example.zone").write_text(HEAD.format(3) + "a A 192.0.2.8\n")  # in place
    becomes(server, "a.example.org", ["192.0.2.8"])
    assert "has not increased" not in server.log
    write(tmp_path, HEAD.format(3) + "a A 192.0.2.9\n")
    becomes(server, "a.example.org", ["192.0.2.9"])
    server.wait_for_log(re.compile("warn.*serial has not increased: 3 after 3"))


def test_a_config_maps_mount(tmp_path):
    mount = tmp_path / "mount"

    def publish(version, text):
        replace(mount / f"..{version}" / "example.zone", text)
        (mount / "..data_tmp").symlink_to(f"..{version}")
        os.replace(mount / "..data_tmp", mount / "..data")

    publish("v1", ZONE)
    (mount / "example.zone").symlink_to("..data/example.zone")
    with start(tmp_path, ("example.org", "mount/example.zone")) as server:
        publish("v2", HEAD.format(2) + "a A 192.0.2.7\n")
        becomes(server, "a.example.org", ["192.0.2.7"])


def test_an_included_file_is_watched(tmp_path):
    write(tmp_path, HEAD.format(1) + "$INCLUDE parts/one sub\n")
    write(tmp_path, "a A 192.0.2.1\n", "parts/one")
    with start(tmp_path) as server:
        becomes(server, "a.sub.example.org", ["192.0.2.1"])
        write(tmp_path, "a A 192.0.2.2\n", "parts/one")
        becomes(server, "a.sub.example.org", ["192.0.2.2"])
        (tmp_path / "parts" / "one").unlink()
        server.wait_for_log(re.compile(r"example\.zone:5: cannot include .*parts/one: No such file"))
        assert addresses(server.query("a.sub.example.org")) == ["192.0.2.2"]
        write(tmp_path, "a A 192.0.2.3\n", "parts/one")
        becomes(server, "a.sub.example.org", ["192.0.2.3"])


@pytest.mark.parametrize("text,line,message", [case[1:] for case in BAD], ids=[case[0] for case in BAD])
def test_a_bad_file_changes_nothing(shared, text, line, message):
    server, directory = shared
    write(directory, text)
    server.wait_for_log(re.compile(
        rf"error.*zone example\.org: {directory}/example\.zone:{line}: .*{message}.*what was served before stays"))
    assert addresses(server.query("a.example.org")) == ["192.0.2.1", "192.0.2.2"]
    assert server.get("/ready").status_code == 200


def test_what_has_changed_while_it_was_read_is_not_served(server, tmp_path):
    write(tmp_path, HEAD.format(2) + "".join(f"a{i} A 192.0.2.7\n" for i in range(200_000)))
    server.signal(signal.SIGHUP)
    server.wait_for_log(re.compile("SIGHUP"))
    write(tmp_path, HEAD.format(3) + "a A 192.0.2.8\n")
    becomes(server, "a.example.org", ["192.0.2.8"])
    assert "serial 2" not in server.log


def test_a_file_that_always_changes_is_served(server, tmp_path):
    write(tmp_path, HEAD.format(2) + "a A 192.0.2.7\n" + "; a comment\n" * 200_000)
    served = threading.Event()

    def touch():
        while not served.is_set():
            os.utime(tmp_path / "example.zone")

    with ThreadPoolExecutor() as pool:
        pool.submit(touch)
        try:
            becomes(server, "a.example.org", ["192.0.2.7"])
        finally:
            served.set()


def test_a_file_that_is_good_again(server, tmp_path):
    write(tmp_path, ZONE + "b FOO c\n")
    server.wait_for_log(re.compile("'FOO'"))
    write(tmp_path, ZONE)
    server.wait_for_log(re.compile(r"zone example\.org: .*/example\.zone is good again, and as it was before"))


def test_a_file_that_goes_changes_nothing(server, tmp_path):
    (tmp_path / "example.zone").unlink()
    server.wait_for_log(re.compile(r"error.*cannot read the zone file .*/example\.zone: No such file.*stays"))
    assert addresses(server.query("a.example.org")) == ["192.0.2.1", "192.0.2.2"]
    write(tmp_path, HEAD.format(2) + "a A 192.0.2.7\n")
    becomes(server, "a.example.org", ["192.0.2.7"])


def test_a_reason_is_told_once(server, tmp_path):
    write(tmp_path, "b FOO c\n")
    server.wait_for_log(re.compile("'FOO'"))
    write(tmp_path, "b FOO d\n")
    server.signal(signal.SIGHUP)
    server.wait_for_log(re.compile("SIGHUP"))
    write(tmp_path, "b BAR c\n")
    server.wait_for_log(re.compile("'BAR'"))
    assert server.log.count("'FOO'") == 1


def test_a_bad_file_at_the_start_is_not_served(tmp_path):
    write(tmp_path, "b FOO c\n")
    with Server(directory=tmp_path, config=config(("example.org", "example.zone"))) as server:
        server.wait_for_log(re.compile(r"error.*/example\.zone:1: 'FOO'.*not served before the file is right"))
        ready = server.get("/ready")
        assert (ready.status_code, ready.text) == (
            503, f"zone example.org has not been read from {tmp_path}/example.zone\n")
        response = server.query("b.example.org", use_edns=0)
        assert (rcode(response), ede_codes(response)) == ("SERVFAIL", [14])
        write(tmp_path, ZONE)
        becomes(server, "a.example.org", ["192.0.2.1", "192.0.2.2"])
        eventually(lambda: server.get("/ready").status_code == 200)


def test_beside_service_entries(start_server, tmp_path):
    write(tmp_path, "static 60 A 192.0.2.1\nboth A 192.0.2.2\n", "extra.zone")
    server = start_server(
        [service_entry("a", "a.bar.global", ["240.0.0.1"]), service_entry("both", "both.global", ["240.0.0.2"])],
        {"zones": [{"name": "global", "file": "extra.zone"}]})
    assert addresses(server.query("a.bar.global")) == ["240.0.0.1"]
    assert addresses(server.query("static.global")) == ["192.0.2.1"]
    assert addresses(server.query("both.global")) == ["192.0.2.2"]
    write(tmp_path, "static 60 A 192.0.2.9\n", "extra.zone")
    becomes(server, "static.global", ["192.0.2.9"])
    becomes(server, "both.global", ["240.0.0.2"])
    replace(tmp_path / "entries" / "entries.yaml", manifest(service_entry("a", "a.bar.global", ["240.0.0.3"])))
    becomes(server, "a.bar.global", ["240.0.0.3"])
    write(tmp_path, "@ NS ns\n", "extra.zone")
    server.wait_for_log(re.compile(r"error.*/extra\.zone:1: NS of global alone"))
    assert addresses(server.query("static.global")) == ["192.0.2.9"]


# a configuration's zones and sources, what is said of them, and the exit code
WRONG = [
    ({"zones": [{"name": "example.org", "file": "none.zone"}], "sources": []}, 1, "none.zone: No such file"),
    ({"zones": [{"name": "example.org"}], "sources": []}, 2, "sources: found none.*'example.org'"),
    ({"zones": [{"name": "."}], "sources": []}, 2, "the root without a file"),
]


@pytest.mark.parametrize("keys,code,message", WRONG, ids=[case[2] for case in WRONG])
def test_wrong_configurations(tmp_path, keys, code, message):
    file = tmp_path / "meshdns.yaml"
    file.write_text(yaml.safe_dump(keys))
    ended = run("--config", file, "--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0")
    assert ended.returncode == code
    assert re.search(message, ended.stdout + ended.stderr)


def test_check_config_reads_the_files(tmp_path):
    file = tmp_path / "meshdns.yaml"
    file.write_text(yaml.safe_dump(config(("example.org", "example.zone"), ("example.net", "net.zone"))))
    write(tmp_path, ZONE)
    write(tmp_path, "\n$GENERATE\n", "net.zone")
    ended = run("--config", file, "--check-config")
    assert ended.returncode == 2
    assert ended.stderr == f"{tmp_path}/net.zone:2: the directive '$GENERATE', expected $ORIGIN, $TTL or $INCLUDE\n"
    write(tmp_path, ZONE, "net.zone")
    ended = run("--config", file, "--check-config")
    assert (ended.returncode, ended.stdout) == (0, "the configuration is valid\n")
