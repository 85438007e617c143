"""The scenario plays from its first step to its last, and leaves nothing behind; nor where it is interrupted."""

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from mesh.scenario import Scenario
from support.process import Process

SCRIPT = Path(__file__).resolve().parents[2] / "scripts/scenario"
STEPS = len(Scenario.STEPS)


@pytest.fixture
def play(tmp_path):
    """Starts it, with files of its own."""
    started = []

    def start(**environment):
        arguments = [sys.executable, "-B", "-m", "mesh.scenario"]
        started.append(Process(arguments, name="scenario", env={**os.environ, "TMPDIR": str(tmp_path), **environment}, cwd=Path(__file__).parents[1]))
        return started[-1]

    yield start
    for each in started:
        each.kill()


def left_of(directory):
    """Files, mounts and processes that have to do with it."""
    arguments = [file for file in Path("/proc").glob("[0-9]*/cmdline") if str(directory).encode() in read(file)]
    mounts = [line for line in Path("/proc/self/mounts").read_text().splitlines() if str(directory) in line]
    return [*directory.iterdir(), *arguments, *mounts]


def read(file):
    try:
        return file.read_bytes()
    except OSError:  # it has ended meanwhile
        return b""


def test_each_step_comes_out(play, tmp_path):
    scenario = play()
    assert scenario.wait(timeout=400) == 0, scenario.log
    assert re.findall(r"(?m)^== (\d+) of", scenario.log) == [str(number) for number in range(1, STEPS + 1)], scenario.log
    assert len(re.findall(r"(?m)^=> ", scenario.log)) == 1 + STEPS, scenario.log
    assert "all as it should be" in scenario.log.splitlines()[-1]
    assert left_of(tmp_path) == []


@pytest.mark.parametrize("line, number", [
    ("standing the mesh up", signal.SIGINT),
    ("standing the mesh up", signal.SIGTERM),
    (f"2 of {STEPS}", signal.SIGINT),
])
def test_what_is_interrupted_leaves_nothing(play, tmp_path, line, number):
    """As Ctrl-C does it: all of its processes get the signal."""
    scenario = play()
    scenario.wait_for_log(re.compile(line), timeout=200)
    os.killpg(scenario.pid, number)
    assert scenario.wait(timeout=60) == 130, scenario.log
    assert left_of(tmp_path) == []


def test_a_step_that_fails_ends_it_and_leaves_the_logs(play, tmp_path, tmp_path_factory):
    programs = tmp_path_factory.mktemp("programs")
    (programs / "meshdns").symlink_to(os.environ["MESHDNS"])
    (programs / "meshdnsctl").write_text("#!/bin/sh\necho nothing goes; exit 3\n")
    (programs / "meshdnsctl").chmod(0o755)
    scenario = play(MESHDNS=str(programs / "meshdns"))
    assert scenario.wait(timeout=200) == 1, scenario.log
    assert "  nothing goes\n=> not as it should be: it ended with 3, expected 0\n" in scenario.log
    [logs] = left_of(tmp_path)
    assert str(logs) in scenario.log.splitlines()[-1] and "istiod of west.log" in os.listdir(logs)


@pytest.mark.parametrize("program, says, message", [
    ("id", "1000", "network namespaces need root: sudo scripts/scenario"),
    ("go", "go1.25.3", "Istio is built with Go 1.26 or newer"),
])
def test_what_is_missing_is_said_at_once(tmp_path, program, says, message):
    fake = tmp_path / program
    fake.write_text(f"#!/bin/sh\necho {says}\n")
    fake.chmod(0o755)
    ended = subprocess.run([SCRIPT], env={"PATH": f"{tmp_path}:{os.environ['PATH']}", "HOME": os.environ["HOME"]},
                           capture_output=True, text=True, timeout=60)
    assert (ended.returncode, message in ended.stderr) == (2, True), ended.stderr
