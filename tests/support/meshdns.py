"""The server under test, from outside: a process on free ports, asked over UDP, TCP and HTTP.

    with Server("--from", "examples", directory=tmp_path) as server:
        assert addresses(server.query("a.b.global")) == ["240.0.0.2"]

The binary is the one that the environment variable MESHDNS names: ctest sets it.
"""

import os
import re

import dns.message
import dns.query
import dns.rcode
import dns.rdatatype
import requests
import yaml

from support.process import Process

_LISTENING = re.compile(r"listening on 127\.0\.0\.1:(\d+) \(UDP and TCP\)")
_ADMIN = re.compile(r"admin on 127\.0\.0\.1:(\d+)")
_SANITIZER_REPORT = re.compile(r"ERROR: \w+Sanitizer|WARNING: ThreadSanitizer|runtime error:")


def binary():
    return os.environ["MESHDNS"]


def ask(port, name, rdtype="A", tcp=False, timeout=5, address="127.0.0.1", **options):
    """One query, one answer; anything else (no answer in time, a broken one) raises.

    options are those of dns.message.make_query (use_edns, payload, options, flags …).
    """
    send = dns.query.tcp if tcp else dns.query.udp
    return send(dns.message.make_query(name, rdtype, **options), address, port=port, timeout=timeout)


def rcode(answer):
    return dns.rcode.to_text(answer.rcode())


def records(answer, section="answer", rdtype=None):
    """The sorted texts of a section's records, of one type where rdtype says so."""
    return sorted(rdata.to_text() for rrset in getattr(answer, section) for rdata in rrset
                  if rdtype is None or rrset.rdtype == dns.rdatatype.from_text(rdtype))


def addresses(answer):
    return records(answer, rdtype="A") + records(answer, rdtype="AAAA")


def ede_codes(answer):
    """The info codes of the answer's extended DNS errors (RFC 8914; EDNS option 15)."""
    return [int.from_bytes(option.to_wire()[:2], "big") for option in answer.options if option.otype == 15]


class Server(Process):
    """A meshdns that listens, as a context manager: at its end it is stopped, and must have stopped cleanly."""

    def __init__(self, *arguments, directory, config=None, env=None):
        """config: the configuration file's keys as a dict; listening addresses are free ports unless arguments say."""
        arguments = [str(argument) for argument in arguments]
        file = directory / "meshdns.yaml"
        file.write_text(yaml.safe_dump({"lameduck": "0s", **(config or {})}))
        for flag in ("--listen", "--admin"):
            if flag not in arguments:
                arguments += [flag, "127.0.0.1:0"]
        super().__init__([binary(), "--config", file, *arguments], env={**os.environ, **(env or {})})
        try:
            self.dns_port = int(self.wait_for_log(_LISTENING)[1])
            self.admin_port = int(self.wait_for_log(_ADMIN)[1])
        except BaseException:
            self.kill()
            raise
        self.http = requests.Session()
        self.http.trust_env = False

    def query(self, name, rdtype="A", **options):
        return ask(self.dns_port, name, rdtype, **options)

    def get(self, path, timeout=5, **options):
        """The response of the admin endpoint."""
        return self.http.get(f"http://127.0.0.1:{self.admin_port}{path}", timeout=timeout, **options)

    def metrics(self):
        """Every sample of /metrics: 'name{labels}' → value."""
        lines = self.get("/metrics").text.splitlines()
        return {sample: float(value)
                for sample, value in (line.rsplit(" ", 1) for line in lines if line and not line.startswith("#"))}

    def __enter__(self):
        return self

    def __exit__(self, kind, value, traceback):
        ended = None if self.running else self.wait()
        code = self.stop()
        if kind is not None:
            print(f"{self.name} {'was running' if ended is None else f'had ended with {ended}'}; its log:\n{self.log}")
        else:
            assert not _SANITIZER_REPORT.search(self.log), self.log
            assert code == 0, f"meshdns ended with {code}; its log:\n{self.log}"
