"""A node and its pods, in namespaces of the test's own: programs find their files and their network as they would on a cluster.

Nothing of the machine is touched, and the kernel takes all of it back when the test program ends. Needs root.
"""

import contextlib
import ctypes
import itertools
import os
import subprocess
from pathlib import Path

from cluster.network import CLONE_NEWNET, LIBC, ip, move_to
from support.process import Process

HERE = "/proc/thread-self/ns/net"
# The pod's /etc and /run in place of the machine's.
IN_POD = 'mount --bind "$1/etc" /etc && mount --bind "$1/run" /run && shift && exec "$@"'


def _namespace():
    """A new one; where this thread is stays."""
    with open(HERE) as before:
        if LIBC.unshare(CLONE_NEWNET) != 0:
            raise OSError(ctypes.get_errno(), "unshare")
        try:
            ip("link", "set", "lo", "up")
            return open(HERE)
        finally:
            move_to(before)


@contextlib.contextmanager
def at(namespace):
    """What this thread opens or starts meanwhile is there."""
    with open(HERE) as before:
        move_to(namespace)
        try:
            yield
        finally:
            move_to(before)


class Pod:
    """A network namespace behind a wire to the node, and a root with an /etc and a /run."""

    def __init__(self, node, address, root, namespace=None):
        """namespace: the node's, for a pod of the host's network."""
        self.address = address
        self.root = root
        self.namespace = namespace or node.wire(address)
        self._node = node
        self._processes = []
        self._taken = []
        for directory in ("etc", "run"):
            (root / directory).mkdir(parents=True)

    @property
    def addresses(self):
        """Its own, and those of Services that it answers at."""
        return [self.address, *self._taken]

    def write(self, path, text):
        """A file below /etc or /run."""
        file = self.root / path.lstrip("/")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)

    def resolve_by(self, *servers):
        self.write("/etc/resolv.conf", "".join(f"nameserver {server}\n" for server in servers))

    def start(self, *arguments, name=None, **environment):
        with at(self.namespace):
            process = Process(self._command(arguments), name=name or Path(arguments[0]).name, env=self._environment(environment))
        self._processes.append(process)
        return process

    def run(self, *arguments, timeout=60, **environment):
        """The process when it has ended, with what it wrote."""
        with at(self.namespace):
            return subprocess.run(self._command(arguments), capture_output=True, text=True, timeout=timeout,
                                  env=self._environment(environment))

    def _command(self, arguments):
        return ["unshare", "--mount", "sh", "-c", IN_POD, "sh", self.root, *map(str, arguments)]

    def _environment(self, environment):
        return {"PATH": os.environ["PATH"], **environment}

    def take(self, address):
        """Answers at a Service's address, too."""
        with at(self.namespace):
            ip("address", "replace", f"{address}/32", "dev", "lo")
        self._taken.append(address)

    def kill(self):
        while self._processes:
            self._processes.pop().kill()

    def logs(self):
        """What each of its processes has written, by name."""
        return {process.name: process.log for process in self._processes}

    def delete(self):
        self.kill()
        if self.namespace is not self._node.namespace:
            self._node.unwire(self.address)
        else:
            for address in self._taken:
                ip("address", "del", f"{address}/32", "dev", "lo")


class Node:
    """As a context manager: this thread, and what it starts, is on the node meanwhile."""

    ADDRESS = "10.244.0.1"

    def __init__(self, directory):
        self._directory = directory
        self._numbers = itertools.count()
        self._wires = {}  # address → interface
        self._open = contextlib.ExitStack()

    @staticmethod
    def available():
        return os.geteuid() == 0

    def __enter__(self):
        self.namespace = self._open.enter_context(_namespace())
        self._open.enter_context(at(self.namespace))
        ip("address", "add", f"{self.ADDRESS}/32", "dev", "lo")
        for setting, value in (("ip_forward", 1), ("fib_multipath_hash_policy", 1)):  # 1: each flow on its own way
            Path(f"/proc/sys/net/ipv4/{setting}").write_text(str(value))
        return self

    def __exit__(self, *_):
        self._open.close()

    def wire(self, address):
        """A namespace that has this address, and whose way out is the node."""
        end = f"pod{next(self._numbers)}"
        namespace = self._open.enter_context(_namespace())
        ip("link", "add", end, "type", "veth", "peer", "name", "eth0", "netns", f"/proc/{os.getpid()}/fd/{namespace.fileno()}")
        with at(namespace):
            ip("address", "add", f"{address}/32", "dev", "eth0")
            ip("link", "set", "eth0", "up")
            ip("route", "add", "default", "via", self.ADDRESS, "dev", "eth0", "onlink")
        ip("link", "set", end, "up")
        ip("route", "add", f"{address}/32", "dev", end)
        self._wires[address] = end
        return namespace

    def unwire(self, address):
        ip("link", "del", self._wires.pop(address))

    def pod(self, address):
        return Pod(self, address, self._directory / f"pod{next(self._numbers)}")

    def host_pod(self):
        """One of the host's network."""
        return Pod(self, self.ADDRESS, self._directory / f"pod{next(self._numbers)}", self.namespace)

    def serve(self, cluster_ip, pods):
        """A Service: what is sent to its address reaches one of the pods, which answers as that address."""
        for pod in pods:
            pod.take(cluster_ip)
        ways = [word for pod in pods for word in ("nexthop", "via", pod.address, "dev", self._wires[pod.address], "onlink")]
        ip("route", "replace", f"{cluster_ip}/32", *ways)

    def drop(self, source, target, *what):
        """Packets from one address, or `all`, to another are lost, until heal(); what: all of them, else such as ipproto tcp."""
        ip("rule", "add", "priority", "10", "from", source, "to", target, *what, "blackhole")

    def heal(self):
        with contextlib.suppress(Exception):
            while True:
                ip("rule", "del", "priority", "10")
