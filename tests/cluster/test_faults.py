"""What may go wrong between meshdns and an API server, a row each.

During each fault entries come, change and go. After it the zone is again exactly what the API says, and nobody who asked meanwhile for
what did not change was told anything else.
"""

import contextlib
import json
import re
import shutil
import signal
import time
from datetime import datetime

import pytest
import yaml

from cluster.conftest import meshdns_on, running_control_plane
from cluster.faulty_proxy import FaultyProxy
from cluster.network import Network
from cluster.truth import difference, served, truth
from support.asker import Asker
from support.entries import service_entry
from support.process import eventually

KEPT = [f"kept{i}.bar.global" for i in range(40)]
FAULT = 4  # seconds: a few retries
MINUTE = 60  # how long the guard against mass withdrawal waits
HELD = 'meshdns_source_withdrawals_held{source="east"}'
NO_CONNECTION = 'meshdns_source_errors_total{source="east",reason="connect"}'


def entry(host, address="240.0.0.1"):
    return service_entry(host.split(".")[0], host, [address])


@pytest.fixture(scope="module")
def plane(control_plane):
    """Whose API server and etcd stay well: the faults are on the way to it."""
    control_plane.seed([entry(host) for host in KEPT])
    return control_plane


@pytest.fixture(scope="module")
def fragile_plane(tmp_path_factory):
    """Whose API server and etcd do not."""
    with running_control_plane(tmp_path_factory.mktemp("fragile")) as fragile:
        fragile.seed([entry(host) for host in KEPT])
        yield fragile


@contextlib.contextmanager
def mirrored(plane, directory, url=None, kubeconfig=None):
    """A server that has synced through `url`, and somebody who asks it."""
    token = yaml.safe_load((kubeconfig or plane.meshdns_kubeconfig).read_text())["users"][0]["user"]["token"]
    with meshdns_on(plane, directory, plane.write_kubeconfig(directory.name, token, url)) as server:
        eventually(lambda: server.get("/ready").status_code == 200, timeout=60)
        asker = Asker(server, [*KEPT, "unknown.bar.global"], every=0.05)
        try:
            yield server, asker
        finally:
            asker.stop()


class Changes:
    """Entries that come, change and go in one test."""

    def __init__(self, plane, tag):
        self._plane = plane
        self._tag = tag
        for name in ("edited", "gone"):
            plane.create(entry(f"{name}-{tag}.bar.global"))

    def make(self):
        self._plane.create(entry(f"new-{self._tag}.bar.global"))
        self._plane.readdress(f"edited-{self._tag}", "240.0.0.2")
        self._plane.delete(f"gone-{self._tag}")


def converges(expected, server, fault, since, within=120):
    def equal():
        wrong = difference(expected, served(server))
        assert not wrong, wrong
        return True

    eventually(equal, timeout=within, every=0.1)
    print(f"{fault}: the zone was right {time.monotonic() - since:.1f} s after the fault")


def heard_nothing_wrong(asker):
    assert asker.asked > 0
    assert not asker.wrong, f"{len(asker.wrong)} of {asker.asked}, such as {asker.wrong[0]}"


# ---- on the way


@pytest.fixture(scope="module", autouse=True)
def swallowed(plane, tmp_path_factory):
    """A server whose watch falls silent while the other rows go on: it takes two and a half minutes to notice."""
    directory = tmp_path_factory.mktemp("swallowed")
    with FaultyProxy(plane, directory) as proxy, mirrored(plane, directory, proxy.url) as (server, asker):
        proxy.swallow()
        yield server, asker, time.time()


def status(code, reason):
    return json.dumps({"kind": "Status", "apiVersion": "v1", "code": code, "reason": reason,
                       "message": "a fault of the test"})


EXPIRED = json.dumps({"type": "ERROR", "object": json.loads(status(410, "Expired"))}) + "\n"

# What begins a fault, and what ends it.
ON_THE_WAY = {
    "cut":          (lambda proxy: proxy.cut(), FaultyProxy.heal),
    "delayed":      (lambda proxy: proxy.delay(2), FaultyProxy.heal),
    "truncated":    (lambda proxy: proxy.truncate(), FaultyProxy.heal),
    "401":          (lambda proxy: proxy.answer(401, status(401, "Unauthorized")), FaultyProxy.heal),
    "403":          (lambda proxy: proxy.answer(403, status(403, "Forbidden")), FaultyProxy.heal),
    "404":          (lambda proxy: proxy.answer(404, "404 page not found\n"), FaultyProxy.heal),
    "410":          (lambda proxy: proxy.answer(410, status(410, "Gone")), FaultyProxy.heal),
    "410 as event": (lambda proxy: proxy.swallow(), lambda proxy: proxy.send_event(EXPIRED)),
    "429":          (lambda proxy: proxy.answer(429, "", "Retry-After: 3\r\n"), FaultyProxy.heal),
    "500":          (lambda proxy: proxy.answer(500, status(500, "InternalError")), FaultyProxy.heal),
}


@pytest.mark.parametrize("fault", ON_THE_WAY)
def test_on_the_way(plane, tmp_path, fault):
    begin, end = ON_THE_WAY[fault]
    changes = Changes(plane, fault.replace(" ", "-"))
    with FaultyProxy(plane, tmp_path) as proxy, mirrored(plane, tmp_path, proxy.url) as (server, asker):
        begin(proxy)
        changes.make()
        time.sleep(FAULT)  # the fault itself
        end(proxy)
        converges(truth(plane), server, fault, time.monotonic())
        heard_nothing_wrong(asker)


@pytest.mark.skipif(not Network.available(), reason="network namespaces take root")
def test_packets_are_dropped(plane, tmp_path):
    changes = Changes(plane, "dropped")
    with Network() as network, FaultyProxy(plane, tmp_path, network.listener()) as proxy, \
            network.at(network.near), mirrored(plane, tmp_path, proxy.url) as (server, asker):
        network.drop_packets()
        began = time.monotonic()
        with network.at(network.home):
            changes.make()
            expected = truth(plane)
        eventually(lambda: server.metrics()[NO_CONNECTION] > 0, timeout=300, every=0.1)
        print(f"packets dropped: noticed after {time.monotonic() - began:.1f} s")
        network.heal()
        converges(expected, server, "packets dropped", time.monotonic())
        heard_nothing_wrong(asker)


# ---- in the control plane


def test_the_api_server_is_killed(fragile_plane, tmp_path):
    changes = Changes(fragile_plane, "killed")
    with mirrored(fragile_plane, tmp_path) as (server, asker):
        fragile_plane.kill_api_server()
        fragile_plane.seed([entry("seeded.bar.global"), entry("edited-killed.bar.global", "240.0.0.3")])
        time.sleep(FAULT)  # the fault itself
        fragile_plane.start()
        back = time.monotonic()
        changes.make()
        converges(truth(fragile_plane), server, "API server killed", back)
        heard_nothing_wrong(asker)


def test_etcd_is_restored_from_an_older_copy(fragile_plane, tmp_path):
    changes = Changes(fragile_plane, "restored")
    copy = tmp_path / "etcd"
    fragile_plane.restart(lambda: shutil.copytree(fragile_plane.etcd_data, copy))
    with mirrored(fragile_plane, tmp_path) as (server, asker):
        changes.make()
        for i in range(300):  # of which it will know nothing
            fragile_plane.readdress("edited-restored", f"240.1.{i // 256}.{i % 256}")
        converges(truth(fragile_plane), server, "before the restore", time.monotonic())

        def restore():
            shutil.rmtree(fragile_plane.etcd_data)
            shutil.copytree(copy, fragile_plane.etcd_data)

        fragile_plane.restart(restore)
        converges(truth(fragile_plane), server, "etcd restored", time.monotonic())
        heard_nothing_wrong(asker)


def test_what_most_of_it_deletes_is_held_until_sighup_but_not_by_a_new_pod(fragile_plane, tmp_path):
    with mirrored(fragile_plane, tmp_path) as (server, asker):
        before = len(truth(fragile_plane))
        fragile_plane.kubectl("-n", "bar", "delete", "serviceentries", "--all")
        assert truth(fragile_plane) == {}
        eventually(lambda: server.metrics()[HELD] == before)
        pod = tmp_path / "pod"
        pod.mkdir()
        with meshdns_on(fragile_plane, pod, state=str(pod / "state")) as new:
            eventually(lambda: new.get("/ready").status_code == 200, timeout=60)
            assert served(new) == {}
        assert server.metrics()[HELD] == before
        server.signal(signal.SIGHUP)
        converges({}, server, "all deleted, and SIGHUP", time.monotonic())
        asker.stop()
    fragile_plane.seed([entry(host) for host in KEPT])


def test_the_crd_is_removed_and_installed_again(fragile_plane, tmp_path):
    with mirrored(fragile_plane, tmp_path) as (server, asker):
        fragile_plane.kubectl("delete", "crd", "serviceentries.networking.istio.io")
        eventually(lambda: server.metrics()[HELD] == len(KEPT))
        time.sleep(FAULT)  # the fault itself
        fragile_plane.install_crds().seed([entry(host) for host in KEPT])
        back = time.monotonic()
        converges(truth(fragile_plane), server, "CRD removed and installed again", back)
        eventually(lambda: server.metrics()[HELD] == 0)
        print(f"at worst {asker.worst_round} of {len(KEPT)} names were gone for a moment")
        assert asker.worst_round <= len(KEPT) / 2


def test_etcd_is_emptied(fragile_plane, tmp_path):
    with mirrored(fragile_plane, tmp_path, kubeconfig=fragile_plane.kubeconfig) as (server, asker):
        before = len(truth(fragile_plane))
        fragile_plane.restart(lambda: shutil.rmtree(fragile_plane.etcd_data))
        fragile_plane.install_crds()
        began = time.monotonic()
        assert truth(fragile_plane) == {}
        eventually(lambda: server.metrics()[HELD] == before, timeout=60)
        time.sleep(MINUTE - 10)  # for most of the time that the operator has
        heard_nothing_wrong(asker)
        asker.stop()
        converges({}, server, "etcd emptied", began)


def test_a_watch_falls_silent(plane, swallowed):
    server, asker, since = swallowed
    noticed = server.wait_for_log(re.compile(r"(\S+)Z warning .* is dead or from another time"), timeout=300)[1]
    noticed = datetime.fromisoformat(f"{noticed}+00:00").timestamp()
    print(f"bytes swallowed: noticed after {noticed - since:.1f} s")
    converges(truth(plane), server, "bytes swallowed", time.monotonic())
    heard_nothing_wrong(asker)
