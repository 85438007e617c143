"""meshdnsctl stub on a Corefile in a file: what it becomes is printed, and the file stays."""

import pytest

from support.meshdnsctl import meshdnsctl

SERVER = ("--server", "10.96.0.53")
EXIT_DONE, EXIT_FAILED, EXIT_USAGE, EXIT_REFUSED = 0, 1, 2, 3
ROOT = ".:53 {\n    kubernetes cluster.local\n    forward . /etc/resolv.conf\n    reload\n}\n"
OURS = """# Written by meshdnsctl stub: the zone global is answered by meshdns.
global:53 {
    errors
    cache 30
    forward . 10.96.0.53
}

"""
TUTORIAL = ROOT.replace("forward", "proxy") + "global:53 {\n    errors\n    cache 30\n    proxy . 10.43.57.78\n}\n"
REWRITTEN = ROOT + "global:53 {\n    errors\n    cache 30\n    forward . 10.96.0.53\n}\n"


def from_input(corefile, command, *arguments):
    return meshdnsctl("stub", command, "--file", "-", *arguments, input=corefile)


# Corefile, arguments of install, what is printed
INSTALLED = {
    "new":             (ROOT, SERVER, OURS + ROOT),
    "there already":   (OURS + ROOT, SERVER, OURS + ROOT),
    "another address": (OURS + ROOT, ("--server", "10.96.0.54"), OURS.replace("0.53", "0.54") + ROOT),
    "another port":    (ROOT, ("--server", "10.96.0.53:5353"), OURS.replace("0.53", "0.53:5353") + ROOT),
    "two, one IPv6":   (ROOT, (*SERVER, "--server", "[fd00::1]:53"), OURS.replace("0.53", "0.53 fd00::1") + ROOT),
    "another zone":    (ROOT, (*SERVER, "--zone", "Mesh.Example."), OURS.replace("global", "mesh.example") + ROOT),
    "an old CoreDNS":  (ROOT, (*SERVER, "--coredns-version", "1.3.1"), OURS.replace("forward", "proxy") + ROOT),
    "the tutorial's":  (TUTORIAL, (*SERVER, "--modernise"), REWRITTEN),
    "the tutorial's, as it was then": (TUTORIAL, (*SERVER, "--coredns-version", "1.4.0"), TUTORIAL.replace("10.43.57.78", "10.96.0.53")),
}

# Corefile, arguments of install, exit code, what the message names
NOT_INSTALLED = {
    "proxy, which is gone": (TUTORIAL, SERVER, EXIT_REFUSED, "--modernise"),
    "a service":            (ROOT, ("--server", "service/meshdns/meshdns"), EXIT_USAGE, "a file alone does not tell"),
    "the cluster's domain": (ROOT, (*SERVER, "--zone", "cluster.local"), EXIT_USAGE, "cluster.local"),
    "no server":            (ROOT, (), EXIT_USAGE, "--server is required"),
    "an open brace":        (ROOT.replace("}", ""), SERVER, EXIT_USAGE, "Corefile:4: found the end"),
    "the zone is served":   (ROOT + "global {\n    hosts\n}\n", SERVER, EXIT_USAGE, "Corefile:6: "),
    "nothing":              ("", SERVER, EXIT_USAGE, "-: "),
    "more than it may be":  (ROOT + "#" * (1 << 20), SERVER, EXIT_USAGE, "more than 1 MiB"),
    "control characters":   (ROOT.replace("reload", "re\x1b[31m"), SERVER, EXIT_USAGE, "re?[31m"),
}


@pytest.mark.parametrize("case", INSTALLED)
def test_install(case):
    corefile, arguments, expected = INSTALLED[case]
    ended = from_input(corefile, "install", *arguments)
    assert (ended.returncode, ended.stdout) == (EXIT_DONE, expected), ended.stderr


@pytest.mark.parametrize("case", NOT_INSTALLED)
def test_what_is_not_installed(case):
    corefile, arguments, code, named = NOT_INSTALLED[case]
    ended = from_input(corefile, "install", *arguments)
    assert (ended.returncode, ended.stdout) == (code, ""), ended.stderr
    assert named in ended.stderr and "\x1b" not in ended.stderr


def test_remove_is_the_way_back():
    assert from_input(OURS + ROOT, "remove").stdout == ROOT
    assert from_input(ROOT, "remove").stdout == ROOT


def test_a_dry_run_prints_the_difference(tmp_path):
    (tmp_path / "Corefile").write_text(OURS + ROOT)
    ended = meshdnsctl("stub", "install", "--file", tmp_path / "Corefile", "--server", "10.96.0.54", "--dry-run")
    changed = [line for line in ended.stdout.splitlines()[2:] if line[0] in "+-"]
    assert (ended.returncode, changed) == (EXIT_DONE, ["-    forward . 10.96.0.53", "+    forward . 10.96.0.54"])
    assert (tmp_path / "Corefile").read_text() == OURS + ROOT


def test_a_file_that_is_not_there(tmp_path):
    ended = meshdnsctl("stub", "install", "--file", tmp_path / "none", *SERVER)
    assert (ended.returncode, f"{tmp_path}/none" in ended.stderr) == (EXIT_FAILED, True)
