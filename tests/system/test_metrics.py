"""The metrics: their format, and that the counters add up."""

import re
import time

import pytest

from support.entries import service_entry
from support.wire import TcpClient, UdpClient, message, opt, question

ENTRIES = [
    service_entry("a", "a.bar.global", ["240.0.0.1", "240.0.0.2"]),
    service_entry("b", ["b.bar.global", "bad_!.bar.global"], ["240.0.0.3"]),
    service_entry("b2", "b.bar.global", ["240.0.0.4"], namespace="zoo"),
]
ARGUMENTS = ["--workers", "2"]

SAMPLE = re.compile(r'(?P<name>[a-z_:][a-z0-9_:]*)(\{(?P<labels>[^}]*)\})? (?P<value>[-+0-9.e]+|NaN|\+Inf)')
LABEL = re.compile(r'([a-z_]+)="((?:[^"\\\n]|\\.)*)"')

# name without its prefix, type, labels
FAMILIES = [
    ("dns_requests_total", "counter", {"proto", "family", "type"}),
    ("dns_responses_total", "counter", {"zone", "rcode"}),
    ("dns_request_duration_seconds", "histogram", set()),
    ("dns_request_size_bytes", "histogram", set()),
    ("dns_response_size_bytes", "histogram", set()),
    ("dns_dropped_total", "counter", set()),
    ("tcp_connections", "gauge", set()),
    ("tcp_refused_total", "counter", set()),
    ("zone_names", "gauge", {"zone"}),
    ("zone_records", "gauge", {"zone"}),
    ("zone_serial", "gauge", {"zone"}),
    ("entries", "gauge", {"source"}),
    ("entries_skipped", "gauge", {"reason"}),
    ("conflicts", "gauge", set()),
    ("source_synced", "gauge", {"source"}),
    ("source_stale", "gauge", {"source"}),
    ("source_withdrawals_held", "gauge", {"source"}),
    ("source_last_event_timestamp_seconds", "gauge", {"source"}),
    ("source_relists_total", "counter", {"source"}),
    ("source_errors_total", "counter", {"source", "reason"}),
    ("programming_duration_seconds", "histogram", set()),
    ("retired_bytes", "gauge", set()),
    ("snapshot_timestamp_seconds", "gauge", set()),
    ("snapshot_errors_total", "counter", {"reason"}),
    ("build_info", "gauge", {"version"}),
]

# what is asked, how, the labels of the request that is counted, those of its response
A = 'proto="udp",family="4",type="A"'
ASKED = [
    (message(question("a.bar.global")), UdpClient, A, 'zone="global",rcode="NOERROR"'),
    (message(question("example.org")), UdpClient, A, 'zone="",rcode="REFUSED"'),
    (message(question("a.bar.global"), flags=2 << 11), UdpClient, A, 'zone="",rcode="NOTIMP"'),
    (message(question("a.bar.global"), additional=[opt(version=1)]), UdpClient, A, 'zone="",rcode="BADVERS"'),
    (message(question("a.bar.global", 28)), UdpClient, A.replace("A", "AAAA"), 'zone="global",rcode="NOERROR"'),
    (message(question("a.bar.global", 4242)), UdpClient, A.replace("A", "other"), 'zone="global",rcode="NOERROR"'),
    (message(question("none.global", 65)), UdpClient, A.replace("A", "HTTPS"), 'zone="global",rcode="NXDOMAIN"'),
    (message(), UdpClient, A.replace("A", "other"), 'zone="",rcode="FORMERR"'),
    (message(question("a.bar.global")), TcpClient, A.replace("udp", "tcp"), 'zone="global",rcode="NOERROR"'),
]


def parse(text):
    """Families in order: name → (type, {frozenset of labels or (bucket's suffix): value})."""
    families, name = {}, None
    for line in text.splitlines():
        if line.startswith("# HELP "):
            name = line.split()[2]
            assert name not in families and len(line.split(maxsplit=3)) == 4
            families[name] = [None, []]
        elif line.startswith("# TYPE "):
            assert line.split()[2] == name
            families[name][0] = line.split()[3]
        else:
            sample = SAMPLE.fullmatch(line)
            assert sample, line
            assert sample["name"] in (name, *(name + suffix for suffix in ("_bucket", "_sum", "_count")))
            labels = dict(LABEL.findall(sample["labels"] or ""))
            families[name][1].append((sample["name"], labels, float(sample["value"])))
    return families


def total(metrics, name):
    return sum(value for sample, value in metrics.items() if sample.split("{")[0] == f"meshdns_{name}")


def difference(before, after):
    return {sample: value - before.get(sample, 0) for sample, value in after.items()}


def settled(server):
    """The metrics once nothing moves: a batch's duration is counted after its answers have left."""
    deadline = time.monotonic() + 5
    metrics = server.metrics()
    while total(metrics, "dns_request_duration_seconds_count") != total(metrics, "dns_requests_total"):
        assert time.monotonic() < deadline, metrics
        metrics = server.metrics()
    return metrics


def test_families(server):
    with UdpClient(server.dns_port) as client:
        client.ask(message(question("a.bar.global")))
    families = parse(server.get("/metrics").text)
    assert set(families) == {f"meshdns_{name}" for name, _, _ in FAMILIES}
    for name, kind, labels in FAMILIES:
        found_kind, samples = families[f"meshdns_{name}"]
        assert found_kind == kind, name
        assert samples, name
        assert all(set(sample_labels) - {"le"} == labels for _, sample_labels, _ in samples), name


def test_histograms_are_cumulative_and_end_in_their_count(server):
    for name, (kind, samples) in parse(server.get("/metrics").text).items():
        if kind != "histogram":
            continue
        bounds = [float(labels["le"].replace("+Inf", "inf")) for _, labels, _ in samples if "le" in labels]
        buckets = [value for sample, _, value in samples if sample == f"{name}_bucket"]
        assert bounds == sorted(bounds) and bounds[-1] == float("inf")
        assert buckets == sorted(buckets)
        assert buckets[-1] == next(value for sample, _, value in samples if sample == f"{name}_count")


@pytest.mark.parametrize("asked,kind,request_labels,response_labels", ASKED)
def test_each_query_is_counted_once(server, asked, kind, request_labels, response_labels):
    before = settled(server)
    with kind(server.dns_port) as client:
        response = client.ask(asked)
    change = difference(before, settled(server))
    assert change[f"meshdns_dns_requests_total{{{request_labels}}}"] == total(change, "dns_requests_total") == 1
    assert change[f"meshdns_dns_responses_total{{{response_labels}}}"] == total(change, "dns_responses_total") == 1
    assert change["meshdns_dns_request_size_bytes_sum"] == len(asked)
    assert change["meshdns_dns_response_size_bytes_sum"] == len(response)


def test_the_counters_add_up(server):
    before = settled(server)
    with UdpClient(server.dns_port) as datagrams:
        for i in range(300):
            datagrams.ask(message(question(f"{'ab'[i % 2]}.bar.global", 1 + i % 40), id=i))
            if i % 3 == 0:
                datagrams.send(b"short")
    for _ in range(10):
        with TcpClient(server.dns_port) as client:
            for _ in range(10):
                client.ask(message(question("a.bar.global")))
    change = difference(before, settled(server))
    assert change["meshdns_dns_dropped_total"] == 100
    for counter in ("dns_requests_total", "dns_responses_total", "dns_request_size_bytes_count",
                    "dns_response_size_bytes_count", "dns_request_duration_seconds_count"):
        assert total(change, counter) == 400, counter


def test_what_is_held(server):
    metrics = server.metrics()
    assert total(metrics, "entries") == 3
    assert total(metrics, "source_synced") == 1
    assert time.time() - 60 < total(metrics, "source_last_event_timestamp_seconds") <= time.time()
    assert metrics['meshdns_zone_names{zone="global"}'] == 4  # apex, its name server, a, b
    assert metrics['meshdns_zone_records{zone="global"}'] == 6  # SOA, NS, its address, a's two, b's one
    assert metrics["meshdns_conflicts"] == 1
    assert metrics['meshdns_entries_skipped{reason="invalid-host"}'] == 1
    assert total(metrics, "entries_skipped") == 1
    assert metrics["meshdns_programming_duration_seconds_count"] > 0
