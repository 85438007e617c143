"""One kubeconfig for several clusters, as a person has it: a context each."""

import base64

import yaml

from cluster.control_plane import ADMIN_TOKEN


def write_contexts(file, planes, urls=None, tokens=None):
    """planes: by context's name, the first one's is the current one. urls, tokens: of contexts that go elsewhere, or as somebody else."""
    clusters, users, contexts = [], [], []
    for name, plane in planes.items():
        authority = base64.b64encode((plane.directory / "trusted.crt").read_bytes()).decode()
        clusters.append({"name": name, "cluster": {"server": (urls or {}).get(name, plane.url), "certificate-authority-data": authority}})
        users.append({"name": name, "user": {"token": (tokens or {}).get(name, ADMIN_TOKEN)}})
        contexts.append({"name": name, "context": {"cluster": name, "user": name}})
    file.write_text(yaml.safe_dump({"apiVersion": "v1", "kind": "Config", "current-context": next(iter(planes)),
                                    "clusters": clusters, "users": users, "contexts": contexts}))
    return file
