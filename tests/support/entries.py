"""ServiceEntries for the tests, and the files that they stand in."""

import os

import yaml


def service_entry(name, hosts, addresses=(), namespace="bar", created="2026-01-01T00:00:00Z", **spec):
    """A ServiceEntry as a dict; `hosts` may be one. What a test is not about is filled in."""
    return {
        "apiVersion": "networking.istio.io/v1",
        "kind": "ServiceEntry",
        "metadata": {"name": name, "namespace": namespace, "creationTimestamp": created},
        "spec": {
            "hosts": [hosts] if isinstance(hosts, str) else list(hosts),
            "addresses": list(addresses),
            "location": "MESH_INTERNAL",
            "ports": [{"name": "http1", "number": 8000, "protocol": "HTTP"}],
            "resolution": "STATIC",
            **spec,
        },
    }


def manifest(*objects):
    return yaml.safe_dump_all(objects)


def replace(path, text):
    """Renames a new file over `path`, as an editor or a GitOps tool does: nobody sees half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(f".{path.name}.new")
    new.write_text(text)
    os.replace(new, path)
