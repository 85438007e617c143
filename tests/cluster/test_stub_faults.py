"""meshdnsctl stub install where names are not answered afterwards, and where others edit meanwhile: nothing of ours is left, nothing of theirs lost."""

import os
import threading
import time

import pytest

from cluster.dns_cluster import ADDRESS, HOST, NAMESPACE, OTHER_IP, UPSTREAM, objects_of
from support.process import eventually

SERVER = "service/meshdns/meshdns"
BACKUP = "meshdns-stub-global"
EXIT_DONE, EXIT_FAILED = 0, 1


def texts(cluster):
    return {name: data for name, (_, data) in cluster.config_maps().items()}


@pytest.fixture(scope="module")
def kubeadm(cluster):
    cluster.lay_out(objects_of("kubeadm-1.34"))
    return cluster


# ---- verification fails


def rolled_back(cluster, *arguments):
    """Install fails, and leaves what was; what it says."""
    before = texts(cluster)
    ended = cluster.stub("install", "--wait", "8s", *arguments)
    assert ended.returncode == EXIT_FAILED, ended.stderr
    assert texts(cluster) == before
    assert cluster.everything_else() == cluster.AS_BEFORE
    return ended.stderr


def test_meshdns_is_down(kubeadm):
    kubeadm.stop_meshdns()
    try:
        assert kubeadm.meshdns_ip in rolled_back(kubeadm, "--server", SERVER)
    finally:
        kubeadm.start_meshdns()
        eventually(lambda: kubeadm.answers(HOST, by=kubeadm.meshdns_ip) == ("NOERROR", [ADDRESS]), timeout=30, every=0.1)


def test_another_name_server_is_there(kubeadm):
    assert UPSTREAM in rolled_back(kubeadm, "--server", UPSTREAM)


def test_nobody_is_there(kubeadm):
    assert "10.244.77.77" in rolled_back(kubeadm, "--server", "10.244.77.77")


@pytest.mark.parametrize("protocol", ["udp", "tcp"])
def test_a_port_is_filtered_between_a_replica_and_meshdns(kubeadm, protocol):
    second = kubeadm.replica_addresses[1]
    kubeadm.node.drop(second, kubeadm.meshdns_ip, "ipproto", protocol)
    try:
        said = rolled_back(kubeadm, "--server", SERVER)
    finally:
        kubeadm.node.heal()
    assert f"DNS replica coredns-b ({second})" in said and "rolled back" in said


def test_an_installation_that_cannot_be_changed_stays_as_it_was(kubeadm):
    assert kubeadm.stub("install", "--server", SERVER).returncode == EXIT_DONE
    rolled_back(kubeadm, "--server", UPSTREAM)
    assert kubeadm.answers(HOST) == ("NOERROR", [ADDRESS])
    assert kubeadm.stub("remove").returncode == EXIT_DONE


def test_a_node_local_cache_that_does_not_ask_the_dns_which_has_the_zone(cluster):
    cluster.lay_out(objects_of("kubeadm-node-local"))
    said = rolled_back(cluster, "--server", SERVER, "--flavour", "coredns")
    assert "node-local 169.254.20.10" in said and "never takes effect" in said


# ---- others edit the same ConfigMap


class Editor(threading.Thread):
    """Somebody who edits a key and a comment in the Corefile all the time, and never over what others have written meanwhile."""

    def __init__(self, plane):
        super().__init__(daemon=True)
        self._url = f"{plane.url}/api/v1/namespaces/{NAMESPACE}/configmaps/coredns"
        self._http = plane.session()
        self._stopping = threading.Event()
        self.edits = 0
        self.conflicts = 0
        self.lost = []
        self.start()

    def run(self):
        while not self._stopping.is_set():
            config_map = self._http.get(self._url, timeout=30).json()
            data = config_map["data"]
            if self.edits and not self._is_there(data):
                self.lost.append(f"edit {self.edits}: {data}")
            data["edits"] = str(self.edits + 1)
            data["Corefile"] = f"# edit {self.edits + 1}\n" + data["Corefile"].replace(f"# edit {self.edits}\n", "")
            status = self._http.put(self._url, json=config_map, timeout=30).status_code
            assert status in (200, 409)
            self.edits += status == 200
            self.conflicts += status == 409

    def _is_there(self, data):
        return data["edits"] == str(self.edits) and f"# edit {self.edits}\n" in data["Corefile"]

    def stop(self):
        self._stopping.set()
        self.join()


def test_two_editors_lose_nothing_of_each_other(cluster):
    """MESHDNS_EDIT_SECONDS: how long, in place of 10 s."""
    cluster.lay_out(objects_of("kubeadm-1.34"))
    original = texts(cluster)["coredns"]["Corefile"]
    editor = Editor(cluster.plane)
    end = time.monotonic() + float(os.environ.get("MESHDNS_EDIT_SECONDS", "10"))
    rounds = 0
    while time.monotonic() < end:
        for server in (cluster.meshdns_ip, OTHER_IP):
            installed = cluster.stub("install", "--server", server)
            assert installed.returncode == EXIT_DONE, installed.stderr
            assert f"forward . {server}\n" in texts(cluster)["coredns"]["Corefile"]
        removed = cluster.stub("remove")
        assert removed.returncode == EXIT_DONE, removed.stderr
        assert "global" not in texts(cluster)["coredns"]["Corefile"] and BACKUP not in texts(cluster)
        rounds += 1
    editor.stop()
    print(f"{3 * rounds} changes of ours and {editor.edits} of the other, who was {editor.conflicts} times too late")
    assert editor.lost == [] and editor.edits > 10
    assert texts(cluster)["coredns"] == {"Corefile": f"# edit {editor.edits}\n{original}", "edits": str(editor.edits)}
