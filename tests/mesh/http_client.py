"""Paced HTTP requests, each counted: by the server that answered it, or by why it failed. Runs in a pod.

    http_client.py URL RATE COUNT KEEP_ALIVE

RATE a second, whether or not those before are answered (open loop), until COUNT are sent or SIGTERM comes. Writes a line when
the first is answered, and at the end one of JSON: when it started, how long all of it took, and of each request when it was sent,
how long it took, which server answered it, or why it failed (seconds; those of the machine's monotonic clock).
"""

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
WORKERS = 256  # that many requests at once, at most: those of a second that none is answered in, and more


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


def work(numbers, start, requests, answered, ended):
    connection = http.client.HTTPConnection(URL.hostname, URL.port or 80, timeout=TIMEOUT)
    for number in numbers:
        due = start + number / RATE
        if number >= COUNT or ended.wait(max(0, due - time.monotonic())):
            break
        began = time.monotonic()
        server, failure = ask(connection)
        if not failure and not answered.is_set():
            answered.set()
            print("answered", flush=True)
        requests.append((round(began, 4), round(time.monotonic() - began, 4), server, failure))
    connection.close()


def main():
    numbers, requests, answered, ended, start = itertools.count(), [], threading.Event(), threading.Event(), time.monotonic()
    signal.signal(signal.SIGTERM, lambda *_: ended.set())
    workers = [threading.Thread(target=work, args=(numbers, start, requests, answered, ended)) for _ in range(WORKERS)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    print(json.dumps({"start": start, "seconds": time.monotonic() - start, "requests": requests}), flush=True)


main()
