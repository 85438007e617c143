"""The corpus of VirtualServices, and what set-weights is asked of each."""

import copy
from collections import namedtuple
from pathlib import Path

import yaml

from support.meshdnsctl import meshdnsctl

ROUTES = Path(__file__).resolve().parents[1] / "k8s/mesh/routes"
ASKED = yaml.safe_load((ROUTES / "asked.yaml").read_text())
HOST = "service01.bar.svc.cluster.local"

Weights = namedtuple("Weights", "weights wanted others")


def set_weights(row, *arguments, **options):
    match = ("--match", row["match"]) if "match" in row else ()
    return meshdnsctl("route", "set-weights", HOST, *row["to"], *match, *arguments, **options)


def full(host):
    return host if "." in host else f"{host}.bar.svc.cluster.local"


def name_of(destination):
    """As DEST of the corpus means it: what tells its destinations apart."""
    return full(destination["host"]), destination.get("subset")


def is_meant(route, match):
    """Whether --match, as the corpus has it, means that route."""
    kind, _, value = match.partition("=")
    if kind == "name":
        return route.get("name") == value
    return [each for each in route.get("match", []) if each == {"uri": {kind: value}}]


def weights_of(objects, namespace, row):
    """Of the route that the row means: the weights by position, those that it asks for, and the objects without them."""
    objects = copy.deepcopy([item for each in objects if each for item in each.get("items", [each])])
    service = next(each for each in objects if each["kind"] == "VirtualService" and full(each["spec"]["hosts"][0]) == HOST)
    routes = service["spec"]["http"]
    if "match" in row:
        route = next(each for each in routes if is_meant(each, row["match"]))
    else:
        route = next((each for each in routes if "match" not in each), routes[0])
    wanted, weights = {}, {}
    for index, to in enumerate(route["route"]):
        weights[index] = to.pop("weight", None)
        for text in row["to"]:
            destination, _, weight = text.partition("=")
            rest, _, subset = destination.partition("/")
            host, _, port = rest.partition(":")
            has_port = not port or to["destination"].get("port", {}).get("number") == int(port)
            if (full(host), subset or None) == name_of(to["destination"]) and has_port:
                wanted[index] = int(weight)
    return Weights(weights, wanted, objects)
