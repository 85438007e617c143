"""The commands that route the tutorial's requests to both clusters, as their admin calls them."""

import re
import shlex

from mesh.two_clusters import DESTINATIONS, EAST, HOST, LOCAL, REMOTE, SERVICE, URL, WEST
from support.meshdnsctl import meshdnsctl

EXIT_DONE, EXIT_FAILED = 0, 1
PREFIX = ("--match", "prefix=/headers")
LOSSLESS = ("--repeatable", "--per-try-timeout", "0.5s", "--connect-timeout", "500ms")
SHARES = ("--distribute", "west/west-a=75", "--distribute", "east/east-a=25")
MODES = {"failover": LOSSLESS, "distribute": (*SHARES, *LOSSLESS)}


def done(ended):
    assert ended.returncode == EXIT_DONE, ended.stdout + ended.stderr
    return ended.stdout


def by_weight(weights):
    """DEST=WEIGHT of each of DESTINATIONS."""
    return [f"{host}:8000={weight}" for host, weight in zip(DESTINATIONS, weights, strict=True)]


def create_entry(mesh, *flags):
    return done(mesh.ctl("entry", "create", HOST, "--from-context", EAST, f"bar/{REMOTE}", "--context", WEST, *flags))


def delete_entry(mesh):
    return done(mesh.ctl("entry", "delete", HOST, "--context", WEST))


def create_entry_in_both(mesh, host=HOST, remote=REMOTE, local=LOCAL[0]):
    """Of a host that both clusters serve; its address."""
    said = done(mesh.ctl("entry", "create", host, "--from-context", EAST, f"bar/{remote}", "--from-context", WEST, f"bar/{local}",
                         "--context", WEST))
    return re.search(rf"{host} has ([0-9.]+):", said)[1]


def create_failover(mesh, *flags, host=HOST):
    """The client's proxy knows when it returns."""
    said = done(mesh.ctl("failover", "create", host, *flags, "--context", WEST))
    mesh.await_failover(host)
    return said


def create_route(mesh, *weights):
    """The client's proxy knows when it returns."""
    said = done(mesh.ctl("route", "create", SERVICE, *by_weight(weights), *PREFIX, "--context", WEST))
    mesh.await_weights(*weights)
    return said


def set_weights(mesh, *weights):
    """Likewise."""
    said = done(mesh.ctl("route", "set-weights", SERVICE, *by_weight(weights), *PREFIX, "--context", WEST))
    mesh.await_weights(*weights)
    return said


def undo(said):
    """Runs what a command names as that which undoes it, as it is printed."""
    [command] = re.findall(r"undone by: meshdnsctl (.*)", said)
    return done(meshdnsctl(*shlex.split(command)))


def verify(mesh, *weights, count=2000, rate=800):
    """In the client's pod; weights: that are expected, else those that its proxy has."""
    expected = [f"--expect={each}" for each in (by_weight(weights) if weights else [])]
    return mesh.ctl_in(mesh.sleep, "route", "verify", URL, "--count", count, "--rate", rate, *expected)
