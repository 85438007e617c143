"""One server for each setting that the tests of a file ask for."""

import contextlib

import pytest

from conformance.ours import Ours
from conformance.settings import SETTINGS


@pytest.fixture(scope="session")
def target(tmp_path_factory):
    """A function from a setting's name to a running server; all are stopped at the end."""
    targets = {}
    with contextlib.ExitStack() as running:
        def of(setting):
            if setting not in targets:
                targets[setting] = None
                targets[setting] = running.enter_context(Ours(SETTINGS[setting], tmp_path_factory.mktemp(setting)))
            assert targets[setting], f"the server of the setting {setting} did not start"
            return targets[setting]

        yield of
