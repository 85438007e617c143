"""meshdnsctl route in two clusters at once: both have the route, or neither, or it is said which."""

import pytest
import yaml

from cluster.conftest import running_control_plane
from cluster.test_route import EXIT_DONE, EXIT_REFUSED, Bar, to
from support.meshdnsctl import meshdnsctl


@pytest.fixture(scope="module")
def planes(tmp_path_factory):
    with running_control_plane(tmp_path_factory.mktemp("east")) as east, \
            running_control_plane(tmp_path_factory.mktemp("west")) as west:
        yield {"east": east, "west": west}


@pytest.fixture
def bars(planes):
    east = Bar(planes["east"])
    return {"east": east, "west": Bar(planes["west"], east.name)}


def route(planes, command, *arguments):
    merged = {"apiVersion": "v1", "kind": "Config", "clusters": [], "users": [], "contexts": []}
    for name, plane in planes.items():
        config = yaml.safe_load(plane.kubeconfig.read_text())
        merged["clusters"].append(config["clusters"][0] | {"name": name})
        merged["users"].append(config["users"][0] | {"name": name})
        merged["contexts"].append({"name": name, "context": {"cluster": name, "user": name}})
    file = planes["east"].directory / "both.kubeconfig"
    file.write_text(yaml.safe_dump(merged))
    contexts = [text for name in planes for text in ("--context", name)]
    return meshdnsctl("route", command, *arguments, "--kubeconfig", file, *contexts)


def test_both_have_it(planes, bars):
    host = bars["east"].host
    made = route(planes, "create", host, "a=75", "b=25")
    assert made.returncode == EXIT_DONE, made.stderr
    assert f"east: VirtualService {bars['east'].name}/x created, west: VirtualService {bars['east'].name}/x created" in made.stdout
    assert f"undone by: meshdnsctl route delete {host} --context east --context west" in made.stdout
    changed = route(planes, "set-weights", host, "a=50", "b=50")
    assert [bar.weights() for bar in bars.values()] == [[50, 50], [50, 50]], changed.stderr
    shown = route(planes, "show", host).stdout.splitlines()
    assert [line.split()[0] for line in shown] == ["CLUSTER", "east", "b." + host[2:], "west", "b." + host[2:]]
    assert route(planes, "delete", host).returncode == EXIT_DONE
    assert [bar.get() for bar in bars.values()] == [None, None]


def test_neither_has_it_where_one_is_kept(planes, bars):
    bars["east"].virtual_service({"route": [to("a", 75), to("b", 25)]})
    bars["west"].virtual_service({"route": [to("a", 60), to("b", 40)]}, labels={"argocd.argoproj.io/instance": "shop"})
    ended = route(planes, "set-weights", bars["east"].host, "a=50", "b=50")
    assert ended.returncode == EXIT_REFUSED and "west: VirtualService" in ended.stderr and "Argo CD (shop)" in ended.stderr
    assert [bar.weights() for bar in bars.values()] == [[75, 25], [60, 40]]
    done = route(planes, "set-weights", bars["east"].host, "a=50", "b=50", "--even-if-managed")
    undo = [f"meshdnsctl route set-weights {bars['east'].host} a.{bars['east'].name}.svc.cluster.local={a} "
            f"b.{bars['east'].name}.svc.cluster.local={b} --context {name} --kubeconfig " for name, a, b in (("east", 75, 25), ("west", 60, 40))]
    assert all(command in done.stdout for command in undo)


def test_what_others_do_not_serve_is_not_half_applied(planes, bars):
    """West has no Service for a destination: nothing is written in the east either."""
    bars["west"].plane.kubectl("delete", "service", "b", "-n", bars["west"].name)
    ended = route(planes, "create", bars["east"].host, "a=50", "b=50")
    assert ended.returncode == EXIT_REFUSED and f"west: VirtualService {bars['west'].name}/x: spec.http[0].route[1]: no ServiceEntry or Service declares" in ended.stderr
    assert "nothing has changed" in ended.stderr
    assert [bar.get() for bar in bars.values()] == [None, None]
