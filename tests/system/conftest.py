"""One server a test file, on the file's ENTRIES and with its CONFIG and ARGUMENTS where it has any."""

import pytest

from support.entries import manifest, replace
from support.meshdns import Server
from support.process import eventually


def start(directory, entries=(), config=None, arguments=()):
    """A server that has read its entries; as a context manager it is stopped at the end."""
    replace(directory / "entries" / "entries.yaml", manifest(*entries))
    server = Server("--from", directory / "entries", *arguments, directory=directory, config=config)
    eventually(lambda: server.get("/ready").status_code == 200)
    return server


@pytest.fixture(scope="module")
def server(request, tmp_path_factory):
    module = request.module
    with start(tmp_path_factory.mktemp("server"), getattr(module, "ENTRIES", ()), getattr(module, "CONFIG", None),
               getattr(module, "ARGUMENTS", ())) as running:
        yield running


@pytest.fixture
def start_server(tmp_path):
    """Starts a server that the test describes itself, once."""
    started = []

    def run(entries=(), config=None, arguments=()):
        started.append(start(tmp_path, entries, config, arguments))
        return started[-1].__enter__()

    yield run
    for running in started:
        running.__exit__(None, None, None)
