"""The command line and the configuration: what is accepted, and what a person is told who gets it wrong."""

import re
import resource
import socket
import subprocess

import pytest

from support.meshdns import binary

# arguments, configuration file's text or None, a pattern of the message; all exit with 2. FILE is the configuration file.
WRONG = [
    # the command line
    (["--bogus"], None, r"--bogus"),
    (["--listne", "127.0.0.1:0"], None, r"--listne.*--listen"),
    (["positional"], None, r"positional"),
    (["--listen"], None, r"--listen"),
    (["--listen", "127.0.0.1"], None, r"--listen.*127\.0\.0\.1"),
    (["--listen", "localhost:53"], None, r"--listen.*localhost"),
    (["--listen", "127.0.0.1:65536"], None, r"--listen.*65536"),
    (["--listen", "[::1:53"], None, r"--listen"),
    (["--admin", "nowhere"], None, r"--admin.*nowhere"),
    (["--zone", "*.global"], None, r"--zone"),
    (["--zone", "a..b"], None, r"--zone.*a\.\.b"),
    (["--zone", "global", "--zone", "GLOBAL"], None, r"--zone.*global"),
    (["--workers", "many"], None, r"--workers.*many"),
    (["--workers", "-1"], None, r"--workers"),
    (["--log-level", "loud"], None, r"--log-level.*loud"),
    (["--namespace", "Not_One"], None, r"--namespace.*Not_One"),
    (["--default-address", "localhost"], None, r"--default-address.*localhost"),
    (["--from", "examples", "--kubeconfig", "x"], None, r"--from"),
    # no source, outside a cluster
    (["--listen", "127.0.0.1:0"], None, r"--from.*--kubeconfig"),
    # the configuration
    ([], "zoness: []\n", r"FILE:1: .*zoness.*'zones'"),
    ([], "lameduck: 5s\nlimits:\n  tcpIdl: 3s\n", r"FILE:3: limits: .*tcpIdl'.*tcpIdle"),
    ([], "listen: 127.0.0.1\n", r"FILE:1: listen"),
    ([], "listen: [\"127.0.0.1:99999\"]\n", r"FILE:1: listen.*99999"),
    ([], "zones: global\n", r"FILE:1: zones"),
    ([], "zones:\n  - name: global\n    ttl: soon\n", r"FILE:3: zones\[0\]\.ttl.*soon"),
    ([], "zones:\n  - name: global\n  - name: global\n", r"FILE:3: zones\[1\].*again"),
    ([], "zones:\n  - ttl: 5\n", r"FILE:2: zones\[0\].*name"),
    ([], "workers: lots\n", r"FILE:1: workers.*lots"),
    ([], "lameduck: 5\n", r"FILE:1: lameduck.*5"),
    ([], "limits: {udpSize: 100}\n", r"FILE:1: limits\.udpSize.*100"),
    ([], "admin: {allow: [10.0.0.1/8]}\n", r"FILE:1: admin\.allow.*10\.0\.0\.1/8"),
    ([], "transfer: {allow: [10.0.0.1/8]}\n", r"FILE:1: transfer\.allow.*10\.0\.0\.1/8"),
    ([], "log: {format: xml}\n", r"FILE:1: log\.format.*xml"),
    ([], "log: {queries: some}\n", r"FILE:1: log\.queries.*some"),
    ([], "identity: {nsid: \"a\\tb\"}\n", r"FILE:1: identity\.nsid.*control"),
    ([], "sources:\n  - database: {}\n", r"FILE:2: sources\[0\]: .*database"),
    ([], "listen: [\n", r"FILE:\d+"),
    ([], "a: &a [x]\nlisten: *b\n", r"FILE:2"),
    ([], "- a list\n", r"FILE:1"),
    ([], "zones: [{name: global, answer: pods}]\n", r"FILE:1: zones\[0\]\.answer.*pods.*endpoints"),
    ([], "publish:\n  withoutAddress: default\n", r"FILE:2: publish: .*defaultAddress"),
    ([], "publish:\n  conflicts: newest\n", r"FILE:2: publish\.conflicts.*newest.*merge"),
]

DEFAULTS = """
listen: ["127.0.0.1:0"]
workers: auto
zones:
  - name: global
    ttl: 30
    negativeTtl: 5
    nameservers: [{ name: ns.dns.global, addresses: [] }]
    contact: hostmaster.global
    answer: addresses
sources:
  - kubernetes: { cluster: east, kubeconfig: "", context: "", namespaces: [], local: true }
sourceWait: 60s
publish:
  visibility: public
  claims: any
  withoutAddress: skip
  defaultAddress: ""
  conflicts: oldest
  reverse: []
  services: false
transfer: { allow: [] }
limits: { tcpConnections: 4096, tcpPerClient: 128, tcpIdle: 30s, tcpMessage: 2s, udpSize: 1232 }
cookies: { secretFile: "" }
identity: { nsid: "", version: hidden }
admin: { listen: "[::]:9153", allow: ["127.0.0.0/8", "::1/128"] }
state: ""
log: { level: info, format: text, queries: none }
lameduck: 5s
"""


def run(*arguments, kubeconfig=None, **options):
    environment = {"PATH": "/usr/bin:/bin"}  # no KUBERNETES_SERVICE_HOST
    if kubeconfig:
        environment["KUBECONFIG"] = str(kubeconfig)
    return subprocess.run([binary(), *map(str, arguments)], capture_output=True, text=True, timeout=20, env=environment,
                          **options)


@pytest.mark.parametrize("arguments,text,message", WRONG, ids=[
    " ".join(arguments) or text.strip().replace("\n", "|") for arguments, text, _ in WRONG])
def test_wrong_usage(tmp_path, arguments, text, message):
    file = tmp_path / "meshdns.yaml"
    if text is not None:
        file.write_text(text)
        arguments = ["--config", file, *arguments]
    ended = run(*arguments)
    assert re.search(message.replace("FILE", re.escape(str(file))), ended.stderr), ended.stderr
    assert ended.returncode == 2
    assert not ended.stdout


def test_the_documented_defaults_are_accepted(tmp_path):
    file = tmp_path / "meshdns.yaml"
    file.write_text(DEFAULTS)
    ended = run("--config", file, "--check-config")
    assert (ended.returncode, ended.stderr) == (0, "")


@pytest.mark.parametrize("arguments", [["--help"], ["--version"]])
def test_help_and_version(arguments):
    ended = run(*arguments)
    assert ended.returncode == 0
    assert re.search("--listen" if arguments == ["--help"] else r"^meshdns \d+\.\d+\.\d+\n$", ended.stdout)


# how a configuration comes that is no file, and what messages call it
STREAMS = [("printf %s \"$TEXT\" | \"$0\" --check-config --config -", "-"),
           ("\"$0\" --check-config --config <(printf %s \"$TEXT\")", "/dev/fd/63")]


@pytest.mark.parametrize("shell,name", STREAMS)
@pytest.mark.parametrize("text,code,message", [("lameduck: 1s\n", 0, ""), ("lameduck: 5\n", 2, "NAME:1: lameduck")])
def test_a_configuration_from_a_pipe(shell, name, text, code, message):
    ended = subprocess.run(["bash", "-c", shell, binary()], env={"PATH": "/usr/bin:/bin", "TEXT": text},
                           capture_output=True, text=True, timeout=20)
    assert ended.returncode == code
    assert ended.stderr.startswith(message.replace("NAME", name))


def test_a_configuration_that_is_not_there(tmp_path):
    ended = run("--config", tmp_path / "nothing.yaml")
    assert str(tmp_path / "nothing.yaml") in ended.stderr
    assert ended.returncode in (1, 2)


def test_a_source_that_is_not_there(tmp_path):
    ended = run("--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0", "--from", tmp_path / "nothing")
    assert str(tmp_path / "nothing") in ended.stderr
    assert ended.returncode == 1


@pytest.mark.parametrize("arguments,text", [(["--from", "kubernetes"], ""), ([], "sources: [{ kubernetes: {} }]\n")])
def test_a_cluster_that_is_named_is_sought_as_kubectl_does(tmp_path, arguments, text):
    file = tmp_path / "meshdns.yaml"
    file.write_text(text)
    missing = tmp_path / "missing"
    ended = run("--config", file, "--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0", *arguments, kubeconfig=missing)
    assert f"cannot read {missing}" in ended.stderr
    assert ended.returncode == 1


@pytest.mark.parametrize("flag,kind", [
    ("--listen", socket.SOCK_DGRAM), ("--listen", socket.SOCK_STREAM), ("--admin", socket.SOCK_STREAM)])
def test_a_port_in_use(tmp_path, flag, kind):
    with socket.socket(socket.AF_INET, kind) as taken:
        taken.bind(("127.0.0.1", 0))
        if kind == socket.SOCK_STREAM:
            taken.listen()
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        other = "--admin" if flag == "--listen" else "--listen"
        ended = run(flag, address, other, "127.0.0.1:0", "--from", tmp_path)
    assert ended.returncode == 1
    assert address in ended.stderr and "in use" in ended.stderr


def test_two_servers_do_not_share_a_port(start_server, tmp_path):
    running = start_server()
    for flag, port in (("--listen", running.dns_port), ("--admin", running.admin_port)):
        other = "--admin" if flag == "--listen" else "--listen"
        ended = run(flag, f"127.0.0.1:{port}", other, "127.0.0.1:0", "--from", tmp_path)
        assert ended.returncode == 1
        assert f"127.0.0.1:{port}" in ended.stderr


def test_too_few_open_files(tmp_path):
    def few():
        resource.setrlimit(resource.RLIMIT_NOFILE, (100, 100))
    ended = run("--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0", "--workers", 64, "--from", tmp_path, preexec_fn=few)
    assert ended.returncode == 1
    assert "cannot start a worker: too many open files" in ended.stderr
