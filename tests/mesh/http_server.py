"""An HTTP server that says who it is: httpbin's /headers, with the server's name in the header x-served-by. Runs in a pod.

    http_server.py NAME PORT…

Says when it listens on all. Where the file /run/status stands, it answers with that code: to every path, or where the file names
some behind the code, to those. To hang it, stop it (SIGSTOP).
"""

import http.server
import json
import pathlib
import sys
import threading

NAME, PORTS = sys.argv[1], list(map(int, sys.argv[2:]))
STATUS = pathlib.Path("/run/status")


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # head and body leave in one piece
    disable_nagle_algorithm = True

    def status(self):
        try:
            code, *paths = STATUS.read_text().split()
        except (FileNotFoundError, ValueError):  # ValueError: it is being written
            return 200
        return int(code) if not paths or self.path in paths else 200

    def do_GET(self):
        body = json.dumps({"headers": dict(self.headers), "path": self.path}).encode()
        self.send_response(self.status())
        self.send_header("x-served-by", NAME)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_HEAD = do_GET

    def log_message(self, *_):
        pass


class Server(http.server.ThreadingHTTPServer):
    request_queue_size = 1024


servers = [Server(("0.0.0.0", port), Handler) for port in PORTS]
print("listening", flush=True)
for each in servers:
    threading.Thread(target=each.serve_forever).start()
