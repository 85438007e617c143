"""An HTTP server that says who it is: httpbin's /headers, with the server's name in the header x-served-by. Runs in a pod.

    http_server.py NAME PORT

Says when it listens. Where the file /run/status stands, it answers with that code. To hang it, stop it (SIGSTOP).
"""

import http.server
import json
import pathlib
import sys

NAME, PORT = sys.argv[1], int(sys.argv[2])
STATUS = pathlib.Path("/run/status")


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # head and body leave in one piece
    disable_nagle_algorithm = True

    def do_GET(self):
        body = json.dumps({"headers": dict(self.headers), "path": self.path}).encode()
        self.send_response(int(STATUS.read_text()) if STATUS.exists() else 200)
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


server = Server(("0.0.0.0", PORT), Handler)
print("listening", flush=True)
server.serve_forever()
