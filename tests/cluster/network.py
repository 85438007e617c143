"""Two hosts with a wire between them, in network namespaces of the test's own: packets can be dropped without a word. Needs root."""

import contextlib
import ctypes
import os
import socket
import subprocess

LIBC = ctypes.CDLL(None, use_errno=True)
CLONE_NEWNET = 0x40000000
_NOBODY = "02:00:00:00:00:01"


def ip(*arguments):
    subprocess.run(["ip", *arguments], check=True, capture_output=True)


def move_to(namespace):
    if LIBC.setns(namespace.fileno(), CLONE_NEWNET) != 0:
        raise OSError(ctypes.get_errno(), "setns")


class Network:
    """`near`, where the server under test runs, and `far`, where its peer listens; as a context manager."""

    NEAR_ADDRESS, FAR_ADDRESS = "192.0.2.2", "192.0.2.1"  # RFC 5737

    def __init__(self):
        self._names = [f"meshdns-{os.getpid()}-{side}" for side in ("near", "far")]
        self._open = contextlib.ExitStack()

    @staticmethod
    def available():
        return os.geteuid() == 0

    def __enter__(self):
        near, far = self._names
        for name in self._names:
            ip("netns", "add", name)
            self._open.callback(ip, "netns", "del", name)
        ip("link", "add", "wire", "netns", near, "type", "veth", "peer", "name", "wire", "netns", far)
        for name, address in ((near, self.NEAR_ADDRESS), (far, self.FAR_ADDRESS)):
            ip("-n", name, "link", "set", "lo", "up")
            ip("-n", name, "address", "add", f"{address}/24", "dev", "wire")
            ip("-n", name, "link", "set", "wire", "up")
        self.near, self.far, self.home = (self._open.enter_context(open(path)) for path in (
            f"/run/netns/{near}", f"/run/netns/{far}", "/proc/thread-self/ns/net"))
        return self

    def __exit__(self, *_):
        self._open.close()

    @contextlib.contextmanager
    def at(self, side):
        """What this thread opens or starts meanwhile is there: near, far or home."""
        with open("/proc/thread-self/ns/net") as before:
            move_to(side)
            try:
                yield
            finally:
                move_to(before)

    def listener(self):
        with self.at(self.far):
            return socket.create_server((self.FAR_ADDRESS, 0))

    def drop_packets(self):
        """Both ways: each side sends to a neighbour that is not there."""
        self._at_both_sides("replace", "lladdr", _NOBODY, "nud", "permanent")

    def heal(self):
        self._at_both_sides("del")

    def _at_both_sides(self, command, *state):
        for name, address in zip(self._names, (self.FAR_ADDRESS, self.NEAR_ADDRESS)):
            ip("-n", name, "neighbour", command, address, "dev", "wire", *state)
