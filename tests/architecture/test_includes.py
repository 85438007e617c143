"""Rooms include only what they may: read from the compiler's dependency files, so indirect includes count too."""

import os
import re
import subprocess
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]

# Room → the rooms that its objects may be made of. The longest room that a path lies in counts.
MAY_INCLUDE = {
    "zone": ["zone"],
    "server": ["server", "zone"],
    "k8s": ["k8s", "zone"],
    "k8s/api": ["k8s/api", "zone"],
    "cmd": ["cmd", "server", "k8s", "zone"],
}


def within(path, room):
    return path.startswith(room + "/")


def wrong_includes(sources_to_dependencies):
    """'source includes file' for each file of the project (paths relative to it) that a source must not see."""
    wrong = []
    for source, dependencies in sorted(sources_to_dependencies.items()):
        room = max((room for room in MAY_INCLUDE if within(source, room)), key=len, default=None)
        if room:
            wrong += [f"{source} includes {file}" for file in dependencies
                      if not any(within(file, allowed) for allowed in MAY_INCLUDE[room])]
    return wrong


def parse_ninja_deps(text, build="/"):
    """The output of `ninja -t deps`: source → the project's other files that its object was made of.

    Objects of the tests do not count: a test may compile a room's source with something of its own put in.
    """
    result = {}
    for block in re.split(r"\n\s*\n", text):
        header, *files = block.splitlines() or [""]
        files = [Path(os.path.normpath(Path(build) / line.strip())) for line in files]
        files = [file.relative_to(PROJECT).as_posix() for file in files if file.is_relative_to(PROJECT)]
        if files and "(VALID)" in header and not header.startswith("tests/"):
            result.setdefault(files[0], []).extend(files[1:])
    return result


@pytest.mark.parametrize("source, included, is_wrong", [
    ("zone/name.cc",          "zone/name.h",            False),
    ("zone/name.cc",          "server/responder.h",     True),
    ("zone/name.cc",          "k8s/api/client.h",       True),
    ("server/udp.cc",         "server/udp.h",           False),
    ("server/udp.cc",         "zone/zone.h",            False),
    ("server/udp.cc",         "k8s/api/client.h",       True),
    ("server/udp.cc",         "k8s/istio/entry.h",      True),
    ("server/udp.cc",         "cmd/config.h",           True),
    ("server/udp.cc",         "tests/server/fake.h",    True),
    ("k8s/api/reflector.cc",  "k8s/api/reflector.h",    False),
    ("k8s/api/reflector.cc",  "zone/publication.h",     False),
    ("k8s/api/reflector.cc",  "k8s/istio/entry.h",      True),
    ("k8s/istio/entry.cc",    "k8s/api/reflector.h",    False),
    ("k8s/istio/entry.cc",    "server/responder.h",     True),
    ("k8s/stub/corefile.cc",  "k8s/api/client.h",       False),
    ("k8s/stub/corefile.cc",  "cmd/config.h",           True),
    ("cmd/meshdns.cc",        "server/responder.h",     False),
    ("cmd/meshdns.cc",        "k8s/istio/entry.h",      False),
    ("cmd/meshdns.cc",        "tests/support/fake.h",   True),
    ("tests/zone/a_test.cc",  "server/responder.h",     False),
])
def test_the_rule_itself(source, included, is_wrong):
    def object_in(directory):
        return parse_ninja_deps(f"{directory}/x.o: #deps 3, deps mtime 1 (VALID)\n"
                                f"    {PROJECT}/{source}\n    /usr/include/uv.h\n    {PROJECT}/{included}\n")

    assert bool(wrong_includes(object_in("zone/CMakeFiles"))) == is_wrong
    assert not wrong_includes(object_in("tests/zone/CMakeFiles"))


def test_every_room_includes_only_what_it_may():
    build = os.environ["MESHDNS_BUILD"]
    deps = parse_ninja_deps(subprocess.run(["ninja", "-C", build, "-t", "deps"], check=True,
                                           capture_output=True, text=True).stdout, build)
    deps = {source: files for source, files in deps.items() if (PROJECT / source).exists()}  # ninja forgets slowly
    unseen = [str(file) for room in ("zone", "server", "k8s", "cmd") for file in (PROJECT / room).rglob("*.cc")
              if file.relative_to(PROJECT).as_posix() not in deps]
    assert not unseen, "no object is built from these files, so nothing is known of their includes"
    assert not wrong_includes(deps)
