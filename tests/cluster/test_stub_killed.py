"""meshdnsctl stub install, killed at each of its changes: the cluster's DNS works all the time, and a second run completes or undoes it."""

import itertools
import signal
from pathlib import Path

import pytest

from cluster.control_plane import ADMIN_TOKEN
from cluster.cutting_proxy import CuttingProxy
from cluster.dns_cluster import ADDRESS, HOST, INSIDE, OUTSIDE, objects_of
from support.asker import Asker
from support.meshdns import binary
from support.process import Process, eventually

SERVER = "service/meshdns/meshdns"


def texts(cluster):
    return {name: data for name, (_, data) in cluster.config_maps().items()}


def stub(cluster, *arguments):
    ended = cluster.stub(*arguments)
    assert ended.returncode == 0, ended.stdout + ended.stderr + cluster.logs()


def completed(cluster):
    stub(cluster, "install", "--server", SERVER)
    assert cluster.answers(HOST) == ("NOERROR", [ADDRESS])
    undone(cluster)


def undone(cluster):
    stub(cluster, "remove")


# The changes: the record, each ConfigMap, the record again, which says that all is verified.
@pytest.mark.parametrize("name, changes, then", [
    ("kubeadm-node-local", 4, completed),
    ("kubeadm-node-local", 4, undone),
    ("k3s", 3, undone),
])
def test_killed_at_each_change(cluster, tmp_path, name, changes, then):
    cluster.lay_out(objects_of(name))
    before = texts(cluster)
    asker = Asker(cluster, [OUTSIDE, INSIDE], every=0.02)
    with CuttingProxy(cluster.plane, tmp_path) as proxy:
        kubeconfig = cluster.plane.write_kubeconfig("cut", ADMIN_TOKEN, proxy.url)
        for number, carried_out in itertools.product(range(1, changes + 1), (False, True)):
            killed_at(cluster, proxy, kubeconfig, number, carried_out)
            then(cluster)
            assert texts(cluster) == before, (number, carried_out)
        proxy.cut_at(changes + 1, False, lambda: None)
        stub(cluster, "install", "--server", SERVER, "--kubeconfig", kubeconfig)
        assert proxy.changes == changes  # so that was at each
    asker.stop()
    assert asker.wrong == [] and asker.asked > 100


def killed_at(cluster, proxy, kubeconfig, number, carried_out):
    install = None
    proxy.cut_at(number, carried_out, lambda: install.signal(signal.SIGKILL))
    install = Process([Path(binary()).with_name("meshdnsctl"), "stub", "install", "--server", SERVER, "--kubeconfig", kubeconfig])

    def ended():
        assert not install.running, evidence(cluster, install, number, carried_out)
        return True

    eventually(ended, timeout=60, every=0.1)
    assert install.wait() == -signal.SIGKILL, evidence(cluster, install, number, carried_out)


def evidence(cluster, install, number, carried_out):
    return f"change {number}, carried out: {carried_out}\n{install.log}{cluster.logs()}"
