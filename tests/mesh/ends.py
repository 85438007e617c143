"""The ends of a host, one a cluster, as a client's proxy has them: whether it has ejected one, and what it has sent to each."""

import json
import re
from typing import NamedTuple

from support.process import eventually


class End(NamedTuple):
    """requests: tries, too, since the proxy knows it."""

    ejected: bool
    requests: int


class Ends:
    """Of one port."""

    def __init__(self, workload, host, port):
        """workload: the client's."""
        self._workload, self._host, self._port = workload, host, port

    def __getitem__(self, address):
        clusters = json.loads(self._workload.admin(f"/clusters?format=json&filter={self._host}"))["cluster_statuses"]
        [end] = [end for cluster in clusters if cluster["name"] == f"outbound|{self._port}||{self._host}" for end in cluster["host_statuses"]
                 if end["address"]["socket_address"]["address"] == address]
        [requests] = [int(each.get("value", 0)) for each in end["stats"] if each["name"] == "rq_total"]
        return End(end["health_status"].get("failed_outlier_check", False), requests)

    def ejections(self):
        """How many there were, of all of them."""
        name = re.escape(f"outbound|{self._port}||{self._host}")
        stats = self._workload.admin("/stats?filter=ejections_enforced_total")
        return sum(map(int, re.findall(rf"{name};?\.outlier_detection\.ejections_enforced_total: (\d+)", stats)))

    def await_ejected(self, address, ejected=True):
        eventually(lambda: self[address].ejected == ejected, timeout=60, every=0.02)

    def await_requests(self, address, more=50):
        """That many are sent there from now on."""
        before = self[address].requests
        eventually(lambda: self[address].requests >= before + more, timeout=60, every=0.02)
