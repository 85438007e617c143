"""The way of a service of another cluster, played on a real mesh with our commands alone: what scripts/scenario runs.

Each step is printed as it is typed on real clusters, then what the command wrote, then what came of it. What kubectl would do in a pod is done
in the pod's namespaces. Exit code: 0 where every step came out as it should; 1, with the reason and where the logs are, else; 130 after SIGINT
or SIGTERM. Nothing is left then but, where a step has failed, the logs.
"""

import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from mesh.two_clusters import GATEWAY, HOST, LOCAL, REMOTE, SERVICE, URL, Mesh
from support.meshdnsctl import program
from support.process import eventually

VERIFIED_URL = f"http://{HOST}:8000/headers"
_EXEC = ("kubectl", "--context", "west", "-n", "foo", "exec", "sleep", "--")
KILLED, STARTED, DURING = 5, 8, 45  # s after failover verify has begun; an ejected endpoint is let in again after 30


class Unexpected(Exception):
    """What a step shows instead of what it should."""


WRONG = (Unexpected, AssertionError, ValueError, RuntimeError, subprocess.TimeoutExpired)  # what a step, or a mesh that stands up, ends with


def say(text=""):
    print(text, flush=True)


def say_typed(*words):
    say(f"$ {shlex.join(words)}")


def say_output(text):
    for line in text.splitlines():
        say(f"  {line}")


def expect(condition, found):
    if not condition:
        raise Unexpected(found)


class Scenario:
    def __init__(self, mesh):
        self._mesh = mesh
        self._sleep = mesh.sleep.pod
        self._environment = {"PATH": f"{program().parent}:{os.environ['PATH']}", "KUBECONFIG": str(mesh.kubeconfig)}

    # ---- how commands are given

    def ctl(self, *arguments):
        """What it wrote; it must succeed."""
        say_typed("meshdnsctl", *arguments)
        return self._written(subprocess.run([program(), *arguments], env=self._environment, text=True, capture_output=True, timeout=300))

    def in_pod(self, *arguments, code=0):
        """What it wrote; it must end with that code."""
        say_typed(*_EXEC, *arguments)
        return self._written(self._sleep.run(*arguments, **self._environment), code)

    @staticmethod
    def _written(ended, code=0):
        said = ended.stdout + ended.stderr
        say_output(said)
        expect(ended.returncode == code, f"it ended with {ended.returncode}, expected {code}")
        return said

    def look_up(self, name):
        """The addresses, of a name that there is."""
        said = self.in_pod("host", "-t", "A", name)
        return re.findall(rf"{re.escape(name)} has address (\S+)", said)

    # ---- the steps, in their order

    def nobody_knows_the_name(self):
        """Nobody outside of the mesh knows the name"""
        said = self.in_pod("host", "-t", "A", HOST, code=1)
        expect("NXDOMAIN" in said, "expected NXDOMAIN")
        return "the cluster's DNS does not know it"

    def stub(self):
        """The cluster's DNS asks meshdns for the zone"""
        self.ctl("stub", "install", "--server", "service/meshdns/meshdns", "--context", "west")
        expect(self.look_up("web.bar.global"), "expected the address of an entry that was there already")
        return "CoreDNS forwards the zone, and an entry that was there already is answered"

    def entry(self):
        """A service of east gets a name and an address in west"""
        said = self.ctl("entry", "create", HOST, "--from-context", "east", f"bar/{REMOTE}", "--context", "west")
        [vip] = re.findall(rf"{re.escape(HOST)} has ([0-9.]+)", said)
        eventually(lambda: self._mesh.dns.answers(HOST) == ("NOERROR", [vip]), timeout=30)  # CoreDNS remembers that there was none, for 5 s
        expect(self.look_up(HOST) == [vip], f"expected {vip}")
        answered = self.in_pod("curl", "-si", "--max-time", "5", VERIFIED_URL)
        expect(f"x-served-by: {REMOTE}" in answered, f"{REMOTE} of east has not answered")
        expect("URI=spiffe://cluster.local/ns/foo/sa/sleep" in answered, "the server has not seen the client's identity")
        return f"{vip} leads to east's {REMOTE}, by the gateway {GATEWAY}:15443 and mTLS"

    def route(self):
        """Half of the requests to a service of west go to east"""
        weights = zip([HOST, *LOCAL], (50, 25, 25))
        self.ctl("route", "create", SERVICE, *(f"{host}:8000={weight}" for host, weight in weights), "--match", "prefix=/headers",
                 "--context", "west")
        self._mesh.await_weights(50, 25, 25)
        said = self.in_pod("meshdnsctl", "route", "verify", URL, "--count", "2000", "--rate", "500")
        expect("passed" in said, "the weights do not hold")
        return "2,000 requests, and the weights hold"

    def places(self):
        """The name gets an endpoint in each cluster"""
        self.ctl("entry", "create", HOST, "--from-context", "west", f"bar/{LOCAL[0]}", "--from-context", "east", f"bar/{REMOTE}",
                 "--context", "west")
        return "one in west, which is near, and one in east"

    def failover(self):
        """Where the near one is dead, the other answers"""
        self.ctl("failover", "create", HOST, "--repeatable", "--per-try-timeout", "0.5s", "--connect-timeout", "500ms", "--context", "west")
        self._mesh.await_failover()
        return "the client's proxy goes by it"

    def dead_server(self):
        """The near server is killed, and comes back"""
        verify = ("meshdnsctl", "failover", "verify", VERIFIED_URL, "--during", f"{DURING}s")
        say_typed(*_EXEC, *verify)
        began, server = time.monotonic(), self._mesh.server(LOCAL[0])
        verifying = self._sleep.start(*verify, name="failover verify", **self._environment)
        for after, what, do in ((KILLED, "killed", server.kill_server), (STARTED, "started again", server.heal_server)):
            time.sleep(max(0, began + after - time.monotonic()))
            expect(verifying.running, f"it has ended:\n{verifying.log}")
            do()
            say(f"# after {after} s: {LOCAL[0]} is {what}")
        code = verifying.wait(DURING + 60)
        say_output(verifying.log)
        expect(code == 0, f"it ended with {code}")
        return "requests moved to east and came back, and none was lost"

    STEPS = (nobody_knows_the_name, stub, entry, route, places, failover, dead_server)

    def play(self):
        for number, step in enumerate(self.STEPS, 1):
            say(f"\n== {number} of {len(self.STEPS)}: {step.__doc__}")
            say(f"=> {step(self)}")


def keep_logs(mesh):
    """Where they are."""
    directory = Path(tempfile.mkdtemp(prefix="meshdns-scenario-logs."))
    for name, log in mesh.logs().items():
        (directory / f"{name}.log").write_text(log)
    return directory


def on_interrupts(handler):
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, handler)


def interrupted(*_):
    on_interrupts(signal.SIG_IGN)  # a second one must not keep the first from taking everything down
    raise KeyboardInterrupt


def main():
    on_interrupts(interrupted)
    began = time.monotonic()
    directory = Path(tempfile.mkdtemp(prefix="meshdns-scenario."))
    try:
        say("== standing the mesh up: two API servers with etcd, two istiods with one root, CoreDNS, meshdns, and an Envoy in each pod")
        with Mesh(directory) as mesh:
            say(f"=> it stands, after {time.monotonic() - began:.0f} s")
            try:
                Scenario(mesh).play()
            except WRONG as reason:
                say(f"=> not as it should be: {reason}\n== the logs are in {keep_logs(mesh)}")
                return 1
            finally:
                on_interrupts(signal.SIG_IGN)
        say(f"\n== all as it should be, after {time.monotonic() - began:.0f} s; nothing is left of the mesh")
        return 0
    except WRONG as reason:
        say(f"=> the mesh does not stand: {reason}")
        return 1
    except KeyboardInterrupt:
        say("\n== interrupted; nothing is left of the mesh")
        return 130
    finally:
        shutil.rmtree(directory, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
