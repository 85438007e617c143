"""The commands that route the tutorial's requests to both clusters, as their admin calls them."""

from mesh.two_clusters import DESTINATIONS, SERVICE, URL, WEST

EXIT_DONE, EXIT_FAILED = 0, 1


def done(ended):
    assert ended.returncode == EXIT_DONE, ended.stdout + ended.stderr
    return ended.stdout


def by_weight(weights):
    """DEST=WEIGHT of each of DESTINATIONS."""
    return [f"{host}:8000={weight}" for host, weight in zip(DESTINATIONS, weights, strict=True)]


def set_weights(mesh, *weights):
    """The client's proxy knows when it returns."""
    done(mesh.ctl("route", "set-weights", SERVICE, *by_weight(weights), "--match", "prefix=/headers", "--context", WEST))
    mesh.await_weights(*weights)


def verify(mesh, *weights, count=2000, rate=800, **options):
    """In the client's pod; weights: that are expected, else those that its proxy has."""
    expected = [f"--expect={each}" for each in (by_weight(weights) if weights else [])]
    return mesh.ctl_in(mesh.sleep, "route", "verify", URL, "--count", count, "--rate", rate, *expected, **options)
