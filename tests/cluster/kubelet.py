"""The kubelet that a cluster without nodes lacks: it mounts ConfigMaps, follows their changes, and restarts what is to be restarted.

A change of a ConfigMap is in the pods at once; a real kubelet takes up to a minute or so. But where CoreDNS imports files, it comes
after CoreDNS has read the one before: of a change that comes while it reads, CoreDNS may note the checksum and not the text, and so never
read it (coredns/coredns#6243). A real kubelet's changes are mostly further apart than that.
"""

import contextlib
import itertools
import os
import re
import shutil
import threading

from cluster import stand_ins
from cluster.control_plane import tools_directory
from cluster.watch import Watch

RESTARTED = "kubectl.kubernetes.io/restartedAt"
NAMESPACE = "kube-system"

_READ = re.compile(r"^CoreDNS-|Reloading complete|changed but reload failed")  # since it started, since it looked
_READS_WITHIN = 10  # seconds; what is no news to it, such as a comment, it never reads


class Volume:
    """A ConfigMap as a directory. All files change at once, by one rename: that of the symlink ..data."""

    def __init__(self, directory, keys):
        """keys: file → key; empty: each key is a file of its name."""
        self.directory = directory
        self.files = None
        self._keys = keys
        self._numbers = itertools.count()
        directory.mkdir(parents=True, exist_ok=True)

    def write(self, data):
        """Whether that is news."""
        files = {file: data[key] for file, key in self._keys.items() if key in data} if self._keys else dict(data)
        if files == self.files:
            return False
        old = self.directory / "..data"
        stale = old.resolve() if old.exists() else None
        new = self.directory / f"..{next(self._numbers)}"
        new.mkdir()
        for file, text in files.items():
            (new / file).write_text(text)
        self._link(new.name, "..data")
        for file in files.keys() - (self.files or {}).keys():
            self._link(f"..data/{file}", file)
        for file in (self.files or {}).keys() - files.keys():
            (self.directory / file).unlink()
        if stale:
            shutil.rmtree(stale)
        self.files = files
        return True

    def _link(self, target, name):
        link = self.directory / "..new"
        link.symlink_to(target)
        os.replace(link, self.directory / name)


def _mounts(workload):
    """ConfigMap, directory and keys of each mount, outer directories first."""
    spec = workload["spec"]["template"]["spec"]
    config_maps = {volume["name"]: volume["configMap"] for volume in spec.get("volumes", []) if "configMap" in volume}
    found = {}
    for container in spec["containers"]:
        for mount in container.get("volumeMounts", []):
            if volume := config_maps.get(mount["name"]):
                keys = {item["path"]: item["key"] for item in volume.get("items", [])}
                found[mount["mountPath"]] = (volume["name"], keys)
    return [(config_map, directory, keys) for directory, (config_map, keys) in sorted(found.items())]


def local_addresses(workload):
    """Of NodeLocal DNSCache: where it listens on its node."""
    arguments = workload["spec"]["template"]["spec"]["containers"][0]["args"]
    return arguments[arguments.index("-localip") + 1].split(",")


def _stand_in(workload, cluster_dns):
    """Makes the Corefile of what plays its program, from the files that it mounts; None: CoreDNS itself runs."""
    image = workload["spec"]["template"]["spec"]["containers"][0]["image"]
    if any("Corefile.base" in keys for _, _, keys in _mounts(workload)):
        return lambda files: stand_ins.node_cache(files, " ".join(local_addresses(workload)), cluster_dns)
    if "kube-dns" in image:
        return stand_ins.kube_dns
    if re.search(r"coredns\S*:v?1\.[0-4]\.", image):
        return stand_ins.old_coredns
    return None


class Replica:
    """A pod that runs the DNS of a workload, with the ConfigMaps that this one mounts."""

    def __init__(self, pod, workload, cluster_dns=None):
        """cluster_dns: the address that a node-local cache asks."""
        self.pod = pod
        self.workload = workload["metadata"]["name"]
        self._volumes = [(config_map, directory, Volume(pod.root / directory.lstrip("/"), keys))
                         for config_map, directory, keys in _mounts(workload)]
        self._stand_in = _stand_in(workload, cluster_dns)
        self._imports = not self._stand_in and len(self._volumes) > 1
        self._process = None
        self._unread = None  # the line of the log from which on it will say that it has read what is mounted

    def mount(self, config_map, data):
        volumes = [volume for name, _, volume in self._volumes if name == config_map]
        if volumes and self._process and self._imports:
            self._wait_until_read()
        line = self._process.log.count("\n") if self._process else 0
        if any([volume.write(data) for volume in volumes]):
            self._unread = line
            if self._process:
                self._prepare()

    def _wait_until_read(self):
        if self._unread is not None:
            with contextlib.suppress(AssertionError):
                self._process.wait_for_log(_READ, _READS_WITHIN, self._unread)
            self._unread = None

    def _prepare(self):
        if self._stand_in:
            corefile = self._stand_in({directory: volume.files or {} for _, directory, volume in self._volumes})
            self.pod.write("/run/new", corefile)
            os.replace(self.pod.root / "run/new", self.pod.root / "run/Corefile")

    def start(self, environment):
        self._environment = environment
        self._unread = 0
        self._prepare()
        file = "/run/Corefile" if self._stand_in else "/etc/coredns/Corefile"
        self._process = self.pod.start(tools_directory() / "coredns", "-conf", file, **environment)

    def restart(self):
        self._process.kill()
        self.start(self._environment)

    @property
    def pid(self):
        return self._process.pid

    @property
    def log(self):
        return self._process.log


class Kubelet:
    """Runs the replicas of a cluster. As a context manager."""

    def __init__(self, plane, replicas, environment):
        self._plane = plane
        self._replicas = replicas
        self._environment = environment
        self._changing = threading.Lock()
        self._restarted = {}  # workload → when, as its annotation says

    def __enter__(self):
        self._watches = [
            Watch(self._plane, f"/api/v1/namespaces/{NAMESPACE}/configmaps", self._config_map),
            Watch(self._plane, f"/apis/apps/v1/namespaces/{NAMESPACE}/deployments", self._deployment)]
        with self._changing:
            for replica in self._replicas:
                replica.start(self._environment)
        return self

    def __exit__(self, *_):
        for watch in self._watches:
            watch.stop()
        with self._changing:
            for replica in self._replicas:
                replica.pod.delete()

    def _config_map(self, name, config_map):
        data = (config_map or {}).get("data", {})
        with self._changing:
            for replica in self._replicas:
                replica.mount(name, data)

    def _deployment(self, name, deployment):
        if not deployment:
            return
        annotations = deployment["spec"]["template"]["metadata"].get("annotations", {})
        when = annotations.get(RESTARTED)
        before = self._restarted.setdefault(name, when)
        self._restarted[name] = when
        with self._changing:
            for replica in self._replicas if when != before else []:
                if replica.workload == name:
                    replica.restart()
        self._report(deployment)

    def _report(self, deployment):
        """Every replica is up to date and available."""
        meta, wanted = deployment["metadata"], deployment["spec"].get("replicas", 1)
        status = {"observedGeneration": meta["generation"], "replicas": wanted, "updatedReplicas": wanted,
                  "readyReplicas": wanted, "availableReplicas": wanted}
        if deployment.get("status", {}) | status != deployment.get("status", {}):
            url = f"{self._plane.url}/apis/apps/v1/namespaces/{NAMESPACE}/deployments/{meta['name']}/status"
            self._plane.patch(url, {"status": status})
