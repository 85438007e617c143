"""Paced HTTP requests, each counted: by the server that answered it, or by why it failed. Runs in a pod.

    http_client.py URL RATE COUNT KEEP_ALIVE

RATE a second, whether or not those before are answered (open loop), until COUNT are sent or SIGTERM comes. Writes a line when
the first is answered, and at the end one of JSON: the answers by server, the failures by reason and each one's time, how long
the slowest request took, and how long all of it did (seconds).
"""

import collections
import http.client
import itertools
import json
import signal
import sys
import threading
import time
import urllib.parse

URL, RATE, COUNT, KEEP_ALIVE = urllib.parse.urlsplit(sys.argv[1]), float(sys.argv[2]), int(sys.argv[3]), sys.argv[4] == "yes"
TIMEOUT = 5  # s; one that takes longer has failed
WORKERS = 32  # that many requests at once, at most


class Counts:
    def __init__(self):
        self._counting = threading.Lock()
        self.answers, self.failures, self.failed_at, self.slowest = collections.Counter(), collections.Counter(), [], 0.0

    def count(self, server, failure, began, took):
        with self._counting:
            self.slowest = max(self.slowest, took)
            if failure:
                self.failures[failure] += 1
                self.failed_at.append(round(began, 3))
                return
            if not self.answers:
                print("answered", flush=True)
            self.answers[server] += 1

    def text(self, seconds):
        return json.dumps({"answers": self.answers, "failures": self.failures, "failed_at": self.failed_at,
                           "slowest": self.slowest, "seconds": seconds})


def ask(connection):
    """The server that answered, and why it failed."""
    try:
        connection.request("GET", URL.path or "/", headers={} if KEEP_ALIVE else {"connection": "close"})
        answer = connection.getresponse()
        answer.read()
        return answer.headers.get("x-served-by", ""), "" if answer.status == 200 else f"status {answer.status}"
    except (OSError, http.client.HTTPException) as failure:
        connection.close()
        return "", repr(failure)


def work(numbers, start, counts, ended):
    connection = http.client.HTTPConnection(URL.hostname, URL.port or 80, timeout=TIMEOUT)
    for number in numbers:
        due = start + number / RATE
        if number >= COUNT or ended.wait(max(0, due - time.monotonic())):
            break
        began = time.monotonic()
        server, failure = ask(connection)
        counts.count(server, failure, began - start, time.monotonic() - began)
    connection.close()


def main():
    numbers, counts, ended, start = itertools.count(), Counts(), threading.Event(), time.monotonic()
    signal.signal(signal.SIGTERM, lambda *_: ended.set())
    workers = [threading.Thread(target=work, args=(numbers, start, counts, ended)) for _ in range(WORKERS)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    print(counts.text(time.monotonic() - start), flush=True)


main()
