"""meshdnsctl route on manifests in files: what they become is printed, and the files stay."""

import json

import pytest
import yaml

from support.entries import manifest, service_entry
from support.meshdnsctl import meshdnsctl
from support.routes import ASKED, HOST, ROUTES, set_weights, weights_of

EXIT_DONE, EXIT_FAILED, EXIT_USAGE = 0, 1, 2
TUTORIAL = (ROUTES / "tutorial.yaml").read_text()
OURS = """apiVersion: networking.istio.io/v1
kind: VirtualService
metadata:
  name: service01
  namespace: bar
  labels:
    app.kubernetes.io/managed-by: meshdnsctl
spec:
  hosts:
    - service01.bar.svc.cluster.local
  http:
    - match:
        - uri:
            prefix: "/headers"
      route:
        - destination:
            host: a.bar.svc.cluster.local
          weight: 75
        - destination:
            host: b.bar.global
            port:
              number: 8000
          weight: 25
    - route:
        - destination:
            host: service01.bar.svc.cluster.local
"""
# PyYAML takes no tab for white space: what JSON is, its own parser reads, and the rest is left to the others.
TABS = {"comments.yaml", "double-quotes.yaml", "trailing-space.yaml"}


def virtual_service(http, **meta):
    return yaml.safe_dump({"apiVersion": "networking.istio.io/v1", "kind": "VirtualService",
                           "metadata": {"name": "x", "namespace": "bar", **meta}, "spec": {"hosts": [HOST], "http": http}})


def route(*to, **fields):
    """HOST=WEIGHT each."""
    split = [text.split("=") for text in to]
    return {**fields, "route": [{"destination": {"host": host}, "weight": int(weight)} for host, weight in split]}


def from_input(manifest, command, *arguments):
    return meshdnsctl("route", command, HOST, *arguments, "--file", "-", input=manifest)


def read(name, text):
    if name.startswith("json"):
        return [json.loads(text)]
    return list(yaml.safe_load_all(text))


@pytest.mark.parametrize("row", ASKED, ids=lambda row: row["file"])
def test_the_weights_octets_alone_differ(row):
    text = (ROUTES / row["file"]).read_bytes()
    ended = set_weights(row, "--file", ROUTES / row["file"], "-n", "bar", text=False)
    assert ended.returncode == EXIT_DONE, ended.stderr
    lines = []
    for number, line in enumerate(text.split(b"\n"), start=1):
        lines.append(row["then"][number].encode() if number in row["then"] else line)
        lines += [row["then"][key].encode() for key in [f"{number}+"] if key in row["then"]]
    assert ended.stdout == b"\n".join(lines)


@pytest.mark.parametrize("row", [row for row in ASKED if row["file"] not in TABS], ids=lambda row: row["file"])
def test_python_reads_the_same_but_for_the_weights(row):
    before = (ROUTES / row["file"]).read_bytes().decode()
    after = set_weights(row, "--file", ROUTES / row["file"], "-n", "bar", text=False).stdout.decode()
    before, after = (weights_of(read(row["file"], text), "bar", row) for text in (before, after))
    assert before.others == after.others
    assert after.weights == before.weights | before.wanted


# Manifest, arguments of set-weights, what is named
NOT_SET = {
    "no such destination": (TUTORIAL, ("serverservice01.bar.global=1",), "the nearest is serverservice04.bar.global:8000"),
    "no such match":       (TUTORIAL, ("serverservice04.bar.global=1", "--match", "prefix=/x"), "--match prefix=/headers"),
    "several routes":      (virtual_service([route("a=1", match=[{"uri": {"prefix": f"/{i}"}}]) for i in "ab"]), ("a=1",),
                            "set-weights service01.bar.svc.cluster.local a=1 --file - --match prefix=/b"),
    "a negative weight":   (TUTORIAL, ("serverservice04.bar.global=-1",), "WEIGHT from 0 to 2147483647"),
    "too much":            (TUTORIAL, ("serverservice04.bar.global=2147483648",), "WEIGHT from 0 to 2147483647"),
    "half a weight":       (TUTORIAL, ("serverservice04.bar.global=0.5",), "WEIGHT from 0 to 2147483647"),
    "a sum of 0":          (virtual_service([route("a=1", "b=0")]), ("a=0",), "the weights sum to 0"),
    "twice":               (TUTORIAL, ("serverservice04.bar.global=1", "serverservice04.bar.global:8000=2"), "twice"),
    "no weight":           (TUTORIAL, (), "DEST=WEIGHT is required"),
    "no such match kind":  (TUTORIAL, ("a=1", "--match", "/headers"), "expected prefix=/PATH"),
    "a weight as text":    (TUTORIAL.replace("weight: 50", 'weight: "50"'), ("serverservice04.bar.global=1",),
                            'spec.http[0].route[0].weight: found "50", expected a number'),
    "a delegate":          (virtual_service([{"delegate": {"name": "d", "namespace": "ops"}}]), ("a=1",), "VirtualService ops/d"),
    "no VirtualService":   (TUTORIAL.replace("service01.bar", "service02.bar"), ("a=1",), "the nearest is service02.bar.svc.cluster.local"),
    "several of them":     (TUTORIAL + "---\n" + TUTORIAL, ("serverservice04.bar.global=1",), "2 VirtualServices have the host"),
    "a shared route":      (virtual_service([]).replace("http: []", "http: [{route: &r [{destination: {host: a}, weight: 1}, {destination: {host: b}, weight: 1}]}]")
                            + "x-again: *r\n", ("a=2",), "write it out"),
    "no YAML":             ("a: [", ("a=1",), "standard input:"),
    "control characters":  ("a: \x1b", ("a=1",), "a control character"),
}


@pytest.mark.parametrize("case", NOT_SET)
def test_what_is_not_set(case):
    manifest, arguments, named = NOT_SET[case]
    ended = from_input(manifest, "set-weights", *arguments)
    assert (ended.returncode, ended.stdout) == (EXIT_USAGE, ""), ended.stderr
    assert named in ended.stderr and "\x1b" not in ended.stderr


def test_a_dry_run_prints_the_difference_and_the_file_stays(tmp_path):
    file = tmp_path / "route.yaml"
    file.write_text(TUTORIAL)
    ended = meshdnsctl("route", "set-weights", HOST, "serverservice04.bar.global=60", "--file", file, "--dry-run")
    changed = [line for line in ended.stdout.splitlines()[2:] if line[0] in "+-"]
    assert (ended.returncode, changed) == (EXIT_DONE, ["-      weight: 50", "+      weight: 60"])
    assert file.read_text() == TUTORIAL


def test_a_route_of_its_own_and_back():
    made = from_input("", "create", "a=75", "b.bar.global:8000=25", "--match", "prefix=/headers")
    assert (made.returncode, made.stdout) == (EXIT_DONE, OURS), made.stderr
    assert from_input(OURS, "create", "a=75", "b.bar.global:8000=25", "--match", "prefix=/headers").stdout == OURS
    assert from_input(OURS, "delete", "--match", "prefix=/headers").stdout == ""


@pytest.mark.parametrize("row", ASKED, ids=lambda row: row["file"])
def test_a_route_more_and_less(row):
    """In each manifest of the corpus, whatever its style."""
    text = (ROUTES / row["file"]).read_bytes()
    arguments = ("new.bar.global=100", "--match", "exact=/new/route", "-n", "bar", "--file", "-")
    more = meshdnsctl("route", "create", HOST, *arguments, input=text, text=False)
    assert more.returncode == EXIT_DONE, more.stderr
    assert more.stdout != text
    less = meshdnsctl("route", "delete", HOST, *arguments[1:], input=more.stdout, text=False)
    assert (less.returncode, less.stdout) == (EXIT_DONE, text), less.stderr


@pytest.mark.parametrize("said, name_space", [({"namespace": "egress"}, "egress"), ({}, "shop")])
def test_a_route_stands_beside_the_entry_of_its_host(said, name_space):
    entry = {"apiVersion": "networking.istio.io/v1", "kind": "ServiceEntry", "metadata": {"name": "api", **said},
             "spec": {"hosts": ["api.shop.global"], "ports": [{"number": 80, "name": "http", "protocol": "HTTP"}], "resolution": "DNS"}}
    made = meshdnsctl("route", "create", "api.shop.global", "api.shop.global=1", "--file", "-", input=json.dumps(entry))
    assert made.returncode == EXIT_DONE, made.stderr
    assert list(yaml.safe_load_all(made.stdout))[-1]["metadata"]["namespace"] == name_space


# Manifest, arguments of create, what is named
NOT_MADE = {
    "a sum of 0":     ("", ("a=0", "b=0"), "the weights sum to 0"),
    "nothing at all": ("", ("a=0",), "the weights sum to 0"),
    "other weights":  (OURS, ("a=50", "b.bar.global:8000=50", "--match", "prefix=/headers"), "route set-weights"),
    "others":         (OURS, ("c=1", "--match", "prefix=/headers"), "route delete"),
    "the same place": (OURS, ("c=1", "--match", "prefix=/headers", "-n", "bar"), "--match prefix=/headers --file - -n bar"),
    "no expression":  ("", ("a=1", "--match", "regex=/a["), "expected a regular expression of RE2: missing ]: ["),
    "by name":        ("", ("a=1", "--match", "name=x"), "expected prefix=/PATH, exact=/PATH or regex=EXPRESSION"),
}


@pytest.mark.parametrize("case", NOT_MADE)
def test_what_is_not_made(case):
    manifest, arguments, named = NOT_MADE[case]
    ended = from_input(manifest, "create", *arguments)
    assert (ended.returncode, ended.stdout) == (EXIT_USAGE, ""), ended.stderr
    assert named in ended.stderr


def named(*names):
    """Routes of another host, with these names."""
    objects = [{"apiVersion": "networking.istio.io/v1", "kind": "VirtualService", "metadata": {"name": name, "namespace": "bar"},
                "spec": {"hosts": ["other.bar.global"], "http": [{"route": [{"destination": {"host": "a"}}]}]}} for name in names]
    return yaml.safe_dump_all(objects)


def test_no_second_object_of_a_name_is_made():
    made = list(yaml.safe_load_all(from_input(named("service01"), "create", "a=1").stdout))
    assert [each["metadata"]["name"] for each in made] == ["service01", "service01-mesh"]
    ended = from_input(named("service01", "service01-mesh"), "create", "a=1")
    assert (ended.returncode, ended.stdout) == (EXIT_USAGE, "") and "VirtualService bar/service01-mesh is there, for other hosts" in ended.stderr


def test_the_last_route_of_others_is_not_deleted():
    ended = from_input(TUTORIAL, "delete", "--match", "prefix=/headers")
    assert (ended.returncode, ended.stdout) == (EXIT_USAGE, "")
    assert "kubectl -n default delete virtualservice reviews-route" in ended.stderr


def test_show():
    lines = from_input(OURS, "show").stdout.splitlines()
    assert [line.split() for line in lines[1:]] == [
        [HOST, "prefix=/headers", "a.bar.svc.cluster.local", "75", "75.0%", "bar/service01"],
        ["b.bar.global:8000", "25", "25.0%"],
        [HOST, "every", "request", HOST, "100.0%", "bar/service01"]]
    shown = json.loads(from_input(OURS, "show", "-o", "json").stdout)
    assert [(each["matches"], [to["share"] for to in each["destinations"]]) for each in shown] == [
        ([{"uri": "prefix=/headers"}], [0.75, 0.25]), ([], [1.0])]
    assert from_input(TUTORIAL.replace("service01", "service02"), "show").stdout == "no routes\n"


# Manifest, arguments, what is noted besides
NOTES = {
    "a sum":            (virtual_service([route("a=50", "b=50")]), ("set-weights", "a=60"), "the weights sum to 110"),
    "one destination":  (virtual_service([route("a=50")]), ("set-weights", "a=60"), "has one destination, which gets every request"),
    "tcp":              (virtual_service([route("a=50", "b=50")]).replace("spec:", "spec:\n  tcp: [{route: [{destination: {host: a}}]}]"),
                         ("set-weights", "a=40", "b=60"), "its tcp and tls routes are not touched"),
    "no failover":      ("", ("create", "a=50", "b=50"), "weights do not fail over"),
    "a wrong name":     (manifest(service_entry("c", "serverservice04.bar.global")),
                         ("create", "serviceserver04.bar.global=100"), "the nearest is serverservice04.bar.global"),
    "a wrong port":     (manifest(service_entry("c", "c.bar.global")), ("create", "c.bar.global:80=100"), "found port 80, expected one of"),
}


@pytest.mark.parametrize("case", NOTES)
def test_what_is_noted_on_standard_error(case):
    before, (command, *arguments), named = NOTES[case]
    ended = from_input(before, command, *arguments)
    assert ended.returncode == EXIT_DONE, ended.stderr
    assert ended.stderr.startswith("note: ") and named in ended.stderr
    assert list(yaml.safe_load_all(ended.stdout))


def test_the_file_that_is_changed_is_the_first(tmp_path):
    (tmp_path / "a.yaml").write_text("")
    (tmp_path / "b.yaml").write_text(TUTORIAL)
    files = ("--file", tmp_path / "a.yaml", "--file", tmp_path / "b.yaml")
    ended = meshdnsctl("route", "set-weights", HOST, "serverservice04.bar.global=60", *files)
    assert ended.returncode == EXIT_USAGE and "name it with the first --file" in ended.stderr
    assert meshdnsctl("route", "set-weights", HOST, "a=1", "--file", tmp_path / "none").returncode == EXIT_FAILED
