"""The kubelet of Pods that run to their end: each in a pod of the node, its termination message where the Pod says."""

import itertools
from pathlib import Path

from cluster.watch import Watch
from support.meshdns import binary

MESSAGE = "run/termination-log"


class PodRunner:
    """As a context manager, of all Pods that are created meanwhile."""

    def __init__(self, cluster):
        self._cluster = cluster
        self._numbers = itertools.count(1)
        self.ran = []  # what their containers were called with

    def __enter__(self):
        self._watch = Watch(self._cluster.plane, "/api/v1/pods", self._pod)
        return self

    def __exit__(self, *_):
        self._watch.stop()

    def _pod(self, name, pod):
        if not pod or pod["status"].get("phase") != "Pending":
            return
        [container] = pod["spec"]["containers"]
        message = container["terminationMessagePath"]
        arguments = [f"/{MESSAGE}" if each == message else each for each in container["args"]]
        self.ran.append(arguments)
        place = self._cluster.node.pod(f"10.244.8.{next(self._numbers)}")
        program = Path(binary()).with_name(*container["command"])
        code = place.start(program, *arguments).wait(pod["spec"]["activeDeadlineSeconds"])
        self._report(pod, code, (place.root / MESSAGE).read_text())
        place.delete()

    def _report(self, pod, code, message):
        meta = pod["metadata"]
        ended = {"name": pod["spec"]["containers"][0]["name"], "image": "", "imageID": "", "ready": False, "restartCount": 0,
                 "state": {"terminated": {"exitCode": code, "message": message}}}
        self._cluster.plane.patch(
            f"{self._cluster.plane.url}/api/v1/namespaces/{meta['namespace']}/pods/{meta['name']}/status",
            {"status": {"phase": "Failed" if code else "Succeeded", "containerStatuses": [ended]}})
