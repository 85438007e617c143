"""Objects of an API server, followed."""

import json
import threading

import requests


class Watch(threading.Thread):
    """Calls `handle` with the name and the state of each object of a collection, from what there is now; None: it is deleted."""

    def __init__(self, plane, path, handle):
        super().__init__(daemon=True)
        self._url = f"{plane.url}{path}"
        self._handle = handle
        self._stopping = threading.Event()
        self._http = plane.session()
        self._version = self._list()
        self.start()

    def _list(self):
        response = self._http.get(self._url, timeout=30)
        assert response.status_code == 200, response.text
        for each in response.json()["items"]:
            self._handle(each["metadata"]["name"], each)
        return response.json()["metadata"]["resourceVersion"]

    def run(self):
        while not self._stopping.is_set():
            try:
                self._follow()
            except requests.RequestException:  # the stream has ended
                self._stopping.wait(0.1)

    def _follow(self):
        since = {"watch": "true", "resourceVersion": self._version}
        with self._http.get(self._url, params=since, stream=True, timeout=300) as stream:
            for line in stream.iter_lines(chunk_size=None):
                event = json.loads(line)
                if event["type"] == "ERROR":  # its version has been forgotten: after minutes without news
                    self._version = self._list()
                    return
                meta = event["object"]["metadata"]
                self._version = meta["resourceVersion"]
                if self._stopping.is_set():
                    return
                self._handle(meta["name"], None if event["type"] == "DELETED" else event["object"])

    def stop(self):
        self._stopping.set()
