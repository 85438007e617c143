"""What the operator decides about publishing: a server for each configuration, all on the same ServiceEntries."""

import pytest

from support.entries import service_entry
from support.meshdns import addresses, rcode
from conftest import start


def entry(name, hosts, addresses=(), status=(), **more):
    made = service_entry(name, hosts, addresses, **more)
    made["status"] = {"addresses": [dict(zip(("value", "host"), each)) for each in status]}
    return made


def endpoint(address, **ports):
    return {"address": address, **({"ports": ports} if ports else {})}


def wide(kind, count):
    return [f"{kind}.{n // 256}.{n % 256}" for n in range(count)]


ENTRIES = [
    entry("vip", "vip.bar.global", ["240.0.0.1"], endpoints=[endpoint("10.0.0.1")]),
    entry("block", "block.bar.global", ["240.0.0.2/32", "2001:db8::2/128", "10.0.0.0/8"]),
    entry("none", "none.bar.global", ["240.0.0.3"], resolution="NONE"),
    entry("istiod", ["i.bar.global", "j.bar.global"], status=[("240.240.0.4",), ("2001:2::4", "j.bar.global")]),
    entry("ends", "ends.bar.global", endpoints=[endpoint("10.0.0.5"), endpoint("2001:db8::5"), endpoint("10.0.0.6", http1=8000)]),
    entry("tutorial", "tutorial.bar.global", ["240.0.0.7"], endpoints=[endpoint("172.25.55.50", http1=15443)], resolution="DNS"),
    entry("mixed", "mixed.bar.global", endpoints=[endpoint("10.0.0.8"), endpoint("a.example.com"), endpoint("unix:///a.sock"),
                                                  endpoint("10.0.0.9", http1=15443)]),
    entry("dns", "dns.bar.global", resolution="DNS"),
    entry("target", "target.bar.global", endpoints=[endpoint("10.0.0.10")],
          ports=[{"name": "http1", "number": 8000, "protocol": "HTTP", "targetPort": 8080}]),
    entry("wild", "*.wild.bar.global", ["240.0.0.11"], endpoints=[endpoint("10.0.0.11")]),
    entry("pods", "a.pod.example", ["240.0.0.12"], endpoints=[endpoint("10.0.0.12"), endpoint("2001:db8::12")]),
    entry("private", "private.bar.global", ["240.0.0.13"], exportTo=["."]),
    entry("foreign", ["a.foo.global", "*.foo.global", "deep.a.bar.global", "bar.global"], ["240.0.0.14"]),
    entry("old", "twice.bar.global", ["240.0.0.21", "240.0.0.22"], created="2024-01-01T00:00:00Z"),
    entry("young", "twice.bar.global", ["240.0.0.22", "240.0.0.23"], created="2025-01-01T00:00:00Z",
          ports=[{"name": "grpc", "number": 7000, "protocol": "GRPC"}]),
    entry("one", "agreed.bar.global", ["240.0.0.24", "240.0.0.25"]),
    entry("two", "agreed.bar.global", ["240.0.0.25", "240.0.0.24"]),
    # made to hurt
    entry("huge", [f"huge{n}.bar.global" for n in range(256)], wide("240.1", 256)),
    entry("crowd", ["crowd.bar.global"], endpoints=[endpoint(address) for address in wide("10.1", 4096)]),
    entry("odd", ["global", "a" * 64 + ".bar.global", "a." * 126 + "global", "a\n.bar.global", "ä.bar.global", "odd.bar.global"],
          ["240.0.0.15"]),
]
ZONES = [{"name": "global"}, {"name": "pod.example", "answer": "endpoints"}]
CONFIGS = {
    "plain": {"zones": ZONES},
    "all": {"zones": ZONES, "publish": {"visibility": "all"}},
    "own": {"zones": ZONES, "publish": {"claims": "namespace"}},
    "default": {"zones": ZONES, "publish": {"withoutAddress": "default", "defaultAddress": "240.9.9.9"}},
    "default6": {"zones": ZONES, "publish": {"defaultAddress": "2001:db8::9"}},
    "endpoints": {"zones": ZONES, "publish": {"withoutAddress": "endpoints"}},
    "pods": {"zones": [{"name": "global", "answer": "endpoints"}], "publish": {"reverse": ["10.0.0.0/8", "240.0.0.0/8"]}},
    "merge": {"publish": {"conflicts": "merge", "reverse": ["240.0.0.0/8"], "services": True}},
    "plain-ptr": {"zones": ZONES, "publish": {"reverse": ["10.0.0.0/8", "240.0.0.0/8"]}},
    "default-ptr": {"publish": {"reverse": ["240.0.0.0/8"], "defaultAddress": "240.9.9.9"}},
}

# configuration, name, rcode, addresses
CASES = [
    ("plain", "vip.bar.global", "NOERROR", ["240.0.0.1"]),
    ("plain", "block.bar.global", "NOERROR", ["240.0.0.2", "2001:db8::2"]),
    ("plain", "none.bar.global", "NOERROR", ["240.0.0.3"]),
    ("plain", "i.bar.global", "NOERROR", ["240.240.0.4"]),
    ("plain", "j.bar.global", "NOERROR", ["240.240.0.4", "2001:2::4"]),
    ("plain", "tutorial.bar.global", "NOERROR", ["240.0.0.7"]),
    ("plain", "x.wild.bar.global", "NOERROR", ["240.0.0.11"]),
    ("plain", "ends.bar.global", "NXDOMAIN", []),
    ("plain", "a.pod.example", "NOERROR", ["10.0.0.12", "2001:db8::12"]),
    ("plain", "private.bar.global", "NXDOMAIN", []),
    ("plain", "x.foo.global", "NOERROR", ["240.0.0.14"]),
    ("plain", "huge0.bar.global", "NXDOMAIN", []),
    ("plain", "odd.bar.global", "NOERROR", ["240.0.0.15"]),
    ("plain", "global", "NOERROR", []),
    ("all", "private.bar.global", "NOERROR", ["240.0.0.13"]),
    ("own", "a.foo.global", "NXDOMAIN", []),
    ("own", "x.foo.global", "NXDOMAIN", []),
    ("own", "deep.a.bar.global", "NOERROR", ["240.0.0.14"]),
    ("own", "bar.global", "NOERROR", []),
    ("own", "vip.bar.global", "NOERROR", ["240.0.0.1"]),
    ("own", "x.wild.bar.global", "NOERROR", ["240.0.0.11"]),
    ("default", "vip.bar.global", "NOERROR", ["240.0.0.1"]),
    ("default", "ends.bar.global", "NOERROR", ["240.9.9.9"]),
    ("default", "dns.bar.global", "NOERROR", ["240.9.9.9"]),
    ("default6", "dns.bar.global", "NOERROR", ["2001:db8::9"]),
    ("endpoints", "vip.bar.global", "NOERROR", ["240.0.0.1"]),
    ("endpoints", "ends.bar.global", "NOERROR", ["10.0.0.5", "10.0.0.6", "2001:db8::5"]),
    ("endpoints", "mixed.bar.global", "NOERROR", ["10.0.0.8"]),
    ("endpoints", "dns.bar.global", "NXDOMAIN", []),
    ("pods", "vip.bar.global", "NOERROR", ["10.0.0.1"]),
    ("pods", "tutorial.bar.global", "NXDOMAIN", []),
    ("pods", "target.bar.global", "NXDOMAIN", []),
    ("pods", "x.wild.bar.global", "NOERROR", ["10.0.0.11"]),
    ("pods", "i.bar.global", "NXDOMAIN", []),
    ("plain", "twice.bar.global", "NOERROR", ["240.0.0.21", "240.0.0.22"]),
    ("merge", "twice.bar.global", "NOERROR", ["240.0.0.21", "240.0.0.22", "240.0.0.23"]),
    ("merge", "23.0.0.240.in-addr.arpa", "NOERROR", ["twice.bar.global."]),
    ("merge", "22.0.0.240.in-addr.arpa", "NOERROR", ["twice.bar.global."]),
    ("plain-ptr", "23.0.0.240.in-addr.arpa", "NXDOMAIN", []),
    # names of addresses: those of the service's alone
    ("plain-ptr", "1.0.0.240.in-addr.arpa", "NOERROR", ["vip.bar.global."]),
    ("plain-ptr", "4.0.240.240.in-addr.arpa", "NOERROR", ["i.bar.global.", "j.bar.global."]),
    ("plain-ptr", "11.0.0.240.in-addr.arpa", "NXDOMAIN", []),
    ("plain-ptr", "12.0.0.10.in-addr.arpa", "NXDOMAIN", []),
    ("pods", "1.0.0.10.in-addr.arpa", "NXDOMAIN", []),
    ("default-ptr", "9.9.9.240.in-addr.arpa", "NXDOMAIN", []),
]


@pytest.fixture(scope="module")
def server_of(tmp_path_factory):
    """The server with a configuration of that name, started once."""
    running = {}

    def find(config):
        if config not in running:
            running[config] = start(tmp_path_factory.mktemp(config), ENTRIES, CONFIGS[config])
            running[config].__enter__()
        return running[config]

    yield find
    for server in running.values():
        server.__exit__(None, None, None)


@pytest.mark.parametrize("config,name,code,expected", CASES)
def test_answer(server_of, config, name, code, expected):
    server = server_of(config)
    if name.endswith(".arpa"):
        answer = server.query(name, "PTR")
        assert (rcode(answer), sorted(rdata.to_text() for rrset in answer.answer for rdata in rrset)) == (code, expected)
        return
    both = [server.query(name, rdtype, tcp=True) for rdtype in ("A", "AAAA")]
    assert {rcode(answer) for answer in both} == {code}
    assert addresses(both[0]) + addresses(both[1]) == expected


# configuration, name, an object that is skipped for it, why
SKIPPED = [
    ("plain", "block.bar.global", "bar/block", "address-block", "10.0.0.0/8"),
    ("plain", "dns.bar.global", "bar/dns", "no-address", "dns.bar.global"),
    ("plain", "private.bar.global", "bar/private", "not-exported", "private.bar.global"),
    ("plain", "huge7.bar.global", "bar/huge", "too-large", "huge7.bar.global"),
    ("plain", "global", "bar/odd", "reserved", "global"),
    ("own", "a.foo.global", "bar/foreign", "other-namespace", "a.foo.global"),
    ("pods", "tutorial.bar.global", "bar/tutorial", "no-address", "tutorial.bar.global"),
    ("pods", "tutorial.bar.global", "bar/tutorial", "changed-port", "172.25.55.50 http1 8000 is 15443"),
    ("endpoints", "mixed.bar.global", "bar/mixed", "endpoint-not-ip", "a.example.com"),
    ("endpoints", "mixed.bar.global", "bar/mixed", "endpoint-not-ip", "unix:///a.sock"),
    ("endpoints", "mixed.bar.global", "bar/mixed", "changed-port", "10.0.0.9 http1 8000 is 15443"),
    ("endpoints", "crowd.bar.global", "bar/crowd", "too-many-endpoints", "spec.endpoints"),
]


@pytest.mark.parametrize("config,name,obj,reason,what", SKIPPED)
def test_skipped(server_of, config, name, obj, reason, what):
    """Metric, log and /explain say why."""
    server = server_of(config)
    skipped = server.get(f"/explain?name={name}&type=A").json()["skipped"]
    assert (obj, reason, what) in [(each["object"], each["reason"], each["what"]) for each in skipped]
    assert f'entries_skipped{{reason="{reason}"}}' in server.get("/metrics").text
    assert any(f"ServiceEntry {obj}: not served, {reason}: " in line for line in server.log.splitlines())


def test_the_ports_of_merged_claimants(server_of):
    for name, port in (("_http1", 8000), ("_grpc", 7000)):
        answer = server_of("merge").query(f"{name}._tcp.twice.bar.global", "SRV")
        assert [rdata.port for rrset in answer.answer for rdata in rrset] == [port]


def test_the_same_answer_is_no_conflict(server_of):
    assert server_of("plain").metrics()["meshdns_conflicts"] == 1  # twice.bar.global
    claimants = server_of("plain").get("/explain?name=agreed.bar.global&type=A").json()["claimants"]
    assert [each["wins"] for each in claimants] == [True, False]
    assert "the same answer" in claimants[1]["why"]


def test_the_first_of_many_endpoints(server_of):
    answer = server_of("endpoints").query("crowd.bar.global", tcp=True)
    assert addresses(answer) == sorted(wide("10.1", 256))
