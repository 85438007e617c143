"""Debian's other servers, each configured as its users would to get the rows right, in a directory of its own on free ports."""

import os
import pathlib
import shutil
import socket
import subprocess
import tempfile

import dns.name
import dns.rdatatype
import dns.zone

from conformance.settings import ADDRESSES, IDENTITY, SECRET, VERSION
from conformance.target import LIVES, Target
from support.process import Process, eventually


def free_port():
    """One that is free for UDP and TCP at every address that is listened on; nobody holds it until the server does."""
    while True:
        with socket.socket() as tcp:
            tcp.bind(("0.0.0.0", 0))
            port = tcp.getsockname()[1]
            try:
                with socket.socket(type=socket.SOCK_DGRAM) as udp:
                    udp.bind(("0.0.0.0", port))
                    return port
            except OSError:
                continue


class Daemon:
    """A server in a temporary directory; as a context manager it runs, and is gone at the end."""

    name = package = service = None
    cannot = {}  # zone: why this server does not load it
    may_not = {}  # the same, where no RFC says that it must: the rows of such a zone are not asked
    timeout = 1
    chaos_pause = 0  # seconds between queries of class CHAOS

    def __init__(self, setting):
        self.setting = setting
        self.port = free_port()

    def zones(self):
        return [(zone, file) for zone, file in self.setting.zones if zone not in {**self.cannot, **self.may_not}]

    @classmethod
    def is_asked(cls, row):
        asks = row.query and row.query.asks
        return not row.only_ours and not (asks and any(asks.name.is_subdomain(dns.name.from_text(zone)) for zone in cls.may_not))

    def write(self, file, text):
        path = self.directory / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    def __enter__(self):
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix=f"{self.name}-"))
        try:
            self.process = Process(self.command(), self.name, cwd=self.directory)
            target = Target(self.port, ours=False, process=self.process, timeout=self.timeout)
            eventually(lambda: self._answers(target), timeout=20, every=0.05)
        except BaseException:
            self.__exit__()
            raise
        return target

    def _answers(self, target):
        if not self.process.running:
            raise RuntimeError(f"{self.name} has ended:\n{self.process.log}")
        with target.udp(timeout=0.2) as client:
            try:
                return client.ask(LIVES)[3] & 15 in (0, 5)
            except OSError:
                return False

    def __exit__(self, *_):
        if hasattr(self, "process"):
            self.process.stop(5)
        shutil.rmtree(self.directory, ignore_errors=True)


class Knot(Daemon):
    name = package = service = "knot"

    def command(self):
        setting = self.setting
        identity = f'identity: "{IDENTITY}"\n    version: "{VERSION}"\n    nsid: "{IDENTITY}"' if setting.identity \
            else 'identity: ""\n    version: ""\n    nsid: ""'
        limits = f"\n    tcp-idle-timeout: {setting.idle}\n    tcp-io-timeout: {setting.idle}000" if setting.idle else ""
        zones = "".join(f'  - domain: "{zone}"\n    file: "{file}"\n' + ("    acl: all\n" if setting.transfer else "")
                        for zone, file in self.zones())
        config = self.write("knot.conf", f"""\
server:
    listen: 0.0.0.0@{self.port}
    rundir: {self.directory}
    {identity}{limits}
log:
  - target: stderr
    any: info
database:
    storage: {self.directory}
mod-cookies:
  - id: default
    secret: 0x{SECRET.hex()}
acl:
  - id: all
    address: 127.0.0.0/8
    action: transfer
template:
  - id: default
    global-module: mod-cookies/default
    zonefile-sync: -1
    journal-content: none
    semantic-checks: off
zone:
{zones}""")
        return ["/usr/sbin/knotd", "-c", config]


class Nsd(Daemon):
    name = package = service = "nsd"

    def command(self):
        setting = self.setting
        identity = f'identity: "{IDENTITY}"\n  version: "{VERSION}"\n  nsid: "ascii_{IDENTITY}"' if setting.identity \
            else "hide-identity: yes\n  hide-version: yes"
        limits = f"\n  tcp-timeout: {setting.idle}" if setting.idle else ""
        zones = "".join(f'zone:\n  name: "{zone}"\n  zonefile: "{file}"\n'
                        + ("  provide-xfr: 127.0.0.0/8 NOKEY\n" if setting.transfer else "") for zone, file in self.zones())
        listen = "".join(f"  ip-address: {address}\n" for address in ADDRESSES)
        config = self.write("nsd.conf", f"""\
server:
  {identity}{limits}
{listen}  port: {self.port}
  username: ""
  zonesdir: ""
  database: ""
  pidfile: "{self.directory}/pid"
  xfrdfile: "{self.directory}/xfrd"
  zonelistfile: "{self.directory}/zonelist"
  xfrdir: "{self.directory}"
  minimal-responses: no
  answer-cookie: yes
  cookie-secret: "{SECRET.hex()}"
  cookie-secret-file: "{self.directory}/none"
  ipv4-edns-size: 1232
  rrl-ratelimit: 0
remote-control:
  control-enable: no
{zones}""")
        return ["/usr/sbin/nsd", "-d", "-c", config]


class Bind(Daemon):
    name, package, service = "bind", "bind9", "named"
    may_not = {"star-ns": "refuses an NS at a wildcard"}
    chaos_pause = 0.5  # its own view of that class answers three a second

    def command(self):
        setting = self.setting
        identity = f'server-id "{IDENTITY}"; hostname "{IDENTITY}"; version "{VERSION}";' if setting.identity \
            else "server-id none; hostname none; version none;"
        limits = f"tcp-idle-timeout {setting.idle * 10}; tcp-initial-timeout {max(25, setting.idle * 10)}; " \
            f"tcp-keepalive-timeout {setting.idle * 10}; tcp-advertised-timeout {setting.idle * 10};" if setting.idle else ""
        zones = "".join(f'zone "{zone}" {{ type primary; file "{file}"; }};\n'
                        for zone, file in self.zones())
        config = self.write("named.conf", f"""\
options {{
  directory "{self.directory}";
  pid-file "{self.directory}/pid";
  session-keyfile "{self.directory}/session.key";
  managed-keys-directory "{self.directory}";
  listen-on port {self.port} {{ {'; '.join(ADDRESSES)}; }};
  listen-on-v6 {{ none; }};
  recursion no;
  allow-transfer {{ {'127.0.0.0/8' if setting.transfer else 'none'}; }};
  notify no;
  minimal-any yes;
  dnssec-validation no;
  max-udp-size 1232;
  max-records-per-type 0;
  check-names primary ignore;
  check-integrity no;
  answer-cookie yes;
  cookie-algorithm siphash24;
  cookie-secret "{SECRET.hex()}";
  {identity}
  {limits}
}};
controls {{ }};
{zones}""")
        return ["/usr/sbin/named", "-g", "-n", "2", "-c", config]


class Gdnsd(Daemon):
    name = package = service = "gdnsd"
    cannot = {"dname": "has no DNAME", "top": "has no DNAME",
              "huge": "has at most 16 KiB for a name", "nested.test": "refuses a zone within another of its own",
              "deep.under.test": "refuses a zone within another of its own"}
    may_not = {"star-ns": "refuses an NS at a wildcard", "star-dn": "has no DNAME", "loop": "refuses CNAME loops"}
    TYPES = {"SOA", "NS", "A", "AAAA", "CNAME", "MX", "PTR", "SRV", "NAPTR", "CAA", "TXT"}  # the others as RFC 3597 writes them,
    REFUSED = {"DS", "HINFO"}  # but for these, which it takes in no form

    def command(self):
        setting = self.setting
        identity = f'nsid_ascii = {IDENTITY}, chaos_response = "{VERSION}",' if setting.identity \
            else 'chaos_response = "hidden",'
        limits = "tcp_timeout = 5," if setting.idle else ""
        for zone, file in self.zones():
            self.write(f"zones/{'ROOT_ZONE' if zone == '.' else zone}", self._zone(zone, file))
        self.write("cookie.key", SECRET * 2)
        self.write("config", f"""\
options => {{
  listen = [ {', '.join(f'{address}:{self.port}' for address in ADDRESSES)} ],
  experimental_no_chain = false,
  cookie_key_file = {self.directory}/cookie.key,
  run_dir = {self.directory}/run, state_dir = {self.directory}/state,
  {identity} {limits}
}}
""")
        return ["/usr/sbin/gdnsd", "-c", self.directory, "start"]

    def _zone(self, origin, file):
        zone = dns.zone.from_file(str(file), origin, relativize=False)
        lines = []
        for owner, ttl, rdata in zone.iterate_rdatas():
            rdtype = dns.rdatatype.to_text(rdata.rdtype)
            if rdtype in self.TYPES:
                lines.append(f"{owner} {ttl} {rdtype} {rdata.to_text()}")
            elif rdtype not in self.REFUSED and rdata.to_wire():  # at RDATA of no octets it aborts
                lines.append(f"{owner} {ttl} TYPE{int(rdata.rdtype)} {rdata.to_generic().to_text()}")
        return "\n".join(lines) + "\n"


class Pdns(Daemon):
    name, package, service = "pdns", "pdns-server pdns-backend-bind", "pdns"

    def command(self):
        setting = self.setting
        identity = f"server-id={IDENTITY}\nversion-string={VERSION}" if setting.identity \
            else "server-id=disabled\nversion-string=anonymous"
        limits = f"tcp-idle-timeout={setting.idle}" if setting.idle else ""
        zones = "".join(f'zone "{zone}" {{ type master; file "{file}"; }};\n' for zone, file in self.zones())
        bind = self.write("named.conf", zones)
        self.write("pdns.conf", f"""\
launch=bind
bind-config={bind}
local-address={', '.join(ADDRESSES)}
local-port={self.port}
socket-dir={self.directory}
dname-processing=yes
any-to-tcp=no
disable-axfr={'no' if setting.transfer else 'yes'}
allow-axfr-ips=127.0.0.0/8
edns-cookie-secret={SECRET.hex()}
security-poll-suffix=
cache-ttl=0
query-cache-ttl=0
negquery-cache-ttl=0
upgrade-unknown-types=yes
{identity}
{limits}
""")
        return ["/usr/sbin/pdns_server", f"--config-dir={self.directory}", "--daemon=no", "--guardian=no", "--disable-syslog"]


DAEMONS = (Knot, Nsd, Bind, Gdnsd, Pdns)
SCRIPTS = pathlib.Path(__file__).resolve().parents[2] / "scripts"


def _installed(package):
    said = subprocess.run(["dpkg-query", "-W", "-f", "${db:Status-Status}", package], capture_output=True, text=True, check=False)
    return said.stdout == "installed"


def install():
    """Debian's packages, where one is missing; the service that such a package has started is stopped and stays so."""
    missing = [daemon for daemon in DAEMONS if not all(_installed(package) for package in daemon.package.split())]
    subprocess.run(["bash", "-euc", f'root="{SCRIPTS.parent}"; . "{SCRIPTS}/lib.sh"; install_packages compare'], check=True)
    if missing and pathlib.Path("/run/systemd/system").exists():
        sudo = [] if os.geteuid() == 0 else ["sudo"]
        subprocess.run([*sudo, "systemctl", "disable", "--now", *(daemon.service for daemon in missing)], check=True)


def version(daemon):
    package = daemon.package.split()[0]
    said = subprocess.run(["dpkg-query", "-W", "-f", "${Version}", package], capture_output=True, text=True, check=True).stdout
    return f"{daemon.name} {said}"
