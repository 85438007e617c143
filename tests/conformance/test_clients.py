"""What others make of our answers: dig, kdig, drill and dnspython parse each of them, and complain of nothing."""

import concurrent.futures
import re
import subprocess

import dns.message
import dns.rdataclass
import dns.rdatatype
import pytest

from conformance.rows import ROWS

COMPLAINTS = re.compile(r"warning|malformed|extra (byte|data)|pars|got bad|bad (packet|label|name|compression|option)|"
                        r"mismatch|error:|timed out|no servers|connection (refused|reset)|unexpected|could ?n.t|trailing|junk|invalid|failed",
                        re.IGNORECASE)
INNOCENT = re.compile(r"recursion requested but not available|answer packet was truncated|^;; opcode: ", re.IGNORECASE)

IN, CH, HS = 1, 3, 4
TRANSFERS = (dns.rdatatype.AXFR, dns.rdatatype.IXFR)
CLIENT_FLAGS = {"rd": "rdflag", "cd": "cdflag", "ad": "adflag", "aa": "aaflag", "tc": "tcflag", "ra": "raflag", "z": "zflag"}


def common(query, over, port):
    """What dig and kdig say alike; None where they have no words for the query."""
    if query.klass not in (IN, CH, HS) or query.type in TRANSFERS:
        return None
    said = [f"+{'' if flag in query.words else 'no'}{text}" for flag, text in CLIENT_FLAGS.items()]
    said += [f"+{'' if over == 'tcp' else 'no'}tcp", "+ignore"]
    if query.edns:
        said += [f"+bufsize={query.value('size', 1232)}", f"+edns={query.value('version', 0)}"]
        said += ["+dnssec"] if "do" in query.words else []
        said += [f"+ednsopt={code}:{data.hex()}" for code, data in query.options]
    else:
        said += ["+noedns"]
    return ["@127.0.0.1", "-p", str(port), *said, "-q", query.name.to_text(), "-t", f"TYPE{int(query.type)}",
            "-c", dns.rdataclass.to_text(query.klass)]


def dig(query, over, port):
    said = common(query, over, port)
    if not said:
        return None
    more = ["+tries=1", "+time=20", "+nobadcookie", "+nocookie", "+noednsnegotiation"]
    more += [f"+opcode={query.values['opcode']}"] if "opcode" in query.values else []
    more += [f"+ednsflags=0x{query.values['flags']}"] if "flags" in query.values else []
    # dig takes any port with SO_REUSEPORT, ours too, and would then hear itself: from another address, it cannot.
    return ["/usr/bin/dig", "-b", "127.0.0.2", *said[:3], *more, *said[3:]]


def kdig(query, over, port):
    said = common(query, over, port)
    if not said or query.values.keys() & {"opcode", "flags"} or len(query.options) > 10 or query.klass == HS:
        return None
    if query.value("size", 512) < 12:  # for which it makes no room for the query
        return None
    return ["/usr/bin/kdig", *said[:3], "+retry=0", "+timeout=20", *said[3:]]


def drill(query, over, port):
    if query.klass not in (IN, CH, HS) or query.type in TRANSFERS:
        return None
    if query.edns or "z" in query.words or "opcode" in query.values:
        return None
    flags = [argument for flag in ("rd", "cd", "ad", "aa", "tc", "ra")
             for argument in ("-o", flag.upper() if flag in query.words else flag)]
    return ["/usr/bin/drill", "-t" if over == "tcp" else "-u", *flags, "-p", str(port), query.name.to_text(), "@127.0.0.1",
            dns.rdatatype.to_text(query.type), dns.rdataclass.to_text(query.klass)]


def complaints_of(command):
    """What a client says of an answer beyond the answer."""
    ran = subprocess.run(command, capture_output=True, text=True, errors="replace", timeout=60, check=False)
    lines = [line for line in (ran.stdout + ran.stderr).splitlines() if COMPLAINTS.search(line) and not INNOCENT.search(line)]
    return f"exit {ran.returncode} {lines or ran.stderr}: {' '.join(command)}" if ran.returncode or lines else None


ANSWERED = [(row, over) for row in ROWS if row.query and row.ours.kind == "answer" for over in row.transports]


def each(target, ask):
    """Calls ask(row, over, target) for every row that is answered; fails with all that it returns."""
    targets = {setting: target(setting) for setting in {row.setting for row, _ in ANSWERED}}
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        said = list(pool.map(lambda asked: ask(*asked, targets[asked[0].setting]), ANSWERED))
    wrong = [f"{row.id} {over}: {text}" for (row, over), text in zip(ANSWERED, said) if text]
    assert not wrong, f"{len(wrong)}:\n" + "\n".join(wrong)


@pytest.mark.parametrize("client", [dig, kdig, drill], ids=lambda client: client.__name__)
def test_asked_by(target, client):
    def ask(row, over, server):
        command = row.query.asks and client(row.query.asks, over, server.port)
        return complaints_of(command) if command else None
    each(target, ask)


def test_read_by_ldns(target, tmp_path):
    """drill reads a packet of up to 32,767 octets from a file: so it sees the answers to what it cannot ask, too."""
    def ask(row, over, server):
        octets = server.ask(row.query.octets, over)
        file = tmp_path / f"{ROWS.index(row)}-{over}"
        file.write_text(octets.hex())
        return complaints_of(["/usr/bin/drill", "-i", str(file)]) if len(octets) < 1 << 15 else None
    each(target, ask)


def test_read_by_dnspython(target):
    def ask(row, over, server):
        octets = bytearray(server.ask(row.query.octets, over))
        octets[2] &= 0x87  # an opcode that it does not know it refuses; the rest is a message all the same
        message = dns.message.from_wire(bytes(octets), continue_on_error=True)
        signed = ["got signed message without keyring"] if "tsig" in row.ours.values else []
        errors = [str(error.exception) for error in message.errors]
        return errors if errors != signed else None
    each(target, ask)
