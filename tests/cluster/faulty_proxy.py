"""A proxy between meshdns and an API server that breaks what passes, at the test's command.

It ends TLS on both sides, with a certificate of the test's CA, so that it sees requests and may answer them itself. Each connection
carries one request: the API server is asked to close after its response.
"""

import contextlib
import re
import socket
import ssl
import threading
import time

from cluster.control_plane import openssl

BUFFER = 65536
_LENGTH = re.compile(rb"(?i)\r\ncontent-length: *(\d+)")


def _quietly(call, *arguments):
    with contextlib.suppress(OSError):
        call(*arguments)


class _Connection:
    """A request on its way, and the response."""

    def __init__(self, client):
        """Reads the request."""
        self.client = client
        self.head = self.body = b""
        while b"\r\n\r\n" not in self.head:
            self.head += self._receive()
        self.head, self.body = self.head.split(b"\r\n\r\n", 1)
        length = int(found[1]) if (found := _LENGTH.search(self.head)) else 0
        while len(self.body) < length:
            self.body += self._receive()
        self.watches = b"watch=true" in self.head
        self.swallowed = False
        self.sending = threading.Lock()

    def _receive(self):
        if data := self.client.recv(BUFFER):
            return data
        raise ConnectionError("the client has gone")

    def request(self):
        """The same, on a connection that ends with the response."""
        return self.head + b"\r\nConnection: close\r\n\r\n" + self.body

    def send(self, data):
        with self.sending:
            self.client.sendall(data)

    def close(self):
        _quietly(self.client.shutdown, socket.SHUT_RDWR)


class FaultyProxy:
    """As a context manager. Faults last until heal(), but those that break something once."""

    def __init__(self, plane, directory, listener=None):
        """listener: a listening socket on an address of its own; else a free port of 127.0.0.1."""
        self._plane = plane
        self._listener = listener or socket.create_server(("127.0.0.1", 0))
        address, port = self._listener.getsockname()
        self.url = f"https://{address}:{port}"
        ca = plane.directory / "ca"
        openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", 30,
                "-CA", f"{ca}.crt", "-CAkey", f"{ca}.key", "-subj", "/CN=proxy", "-addext", f"subjectAltName=IP:{address}",
                "-addext", "basicConstraints=critical,CA:FALSE",
                "-keyout", directory / "proxy.key", "-out", directory / "proxy.crt")
        self._as_server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._as_server.load_cert_chain(directory / "proxy.crt", directory / "proxy.key")
        self._as_client = ssl.create_default_context(cafile=f"{ca}.crt")
        self._connections = set()
        self.heal()

    def __enter__(self):
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_):
        _quietly(self._listener.shutdown, socket.SHUT_RDWR)
        self._listener.close()
        self.break_connections()

    def heal(self):
        self._refusing = self._truncating = False
        self._seconds = 0
        self._response = None

    def break_connections(self):
        for connection in list(self._connections):
            connection.close()

    def cut(self):
        """No connection lives, and none can be made."""
        self._refusing = True
        self.break_connections()

    def delay(self, seconds):
        """What the API server says comes so much later."""
        self._seconds = seconds

    def truncate(self):
        """A response breaks off in the middle of what comes next."""
        self._truncating = True

    def answer(self, status, body, headers=""):
        """Every request is answered so."""
        self._response = (f"HTTP/1.1 {status} Fault\r\nContent-Length: {len(body)}\r\nConnection: close\r\n"
                          f"{headers}\r\n{body}").encode()
        self.break_connections()

    def swallow(self):
        """Nothing comes over the connections that there are, which stay; new ones are well."""
        for connection in list(self._connections):
            connection.swallowed = True

    def send_event(self, event):
        """In every watch, which ends with it."""
        for connection in [each for each in self._connections if each.watches]:
            _quietly(connection.send, f"{len(event):x}\r\n{event}\r\n0\r\n\r\n".encode())
            connection.close()

    def _accept(self):
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=_quietly, args=(self._serve, client), daemon=True).start()

    def _serve(self, client):
        with client:
            if self._refusing:
                return
            with self._as_server.wrap_socket(client, server_side=True) as tls:
                connection = _Connection(tls)
                self._connections.add(connection)
                try:
                    self._respond(connection)
                finally:
                    self._connections.discard(connection)

    def _respond(self, connection):
        if self._response:
            return connection.send(self._response)
        with self._to_api_server() as api_server:
            api_server.sendall(connection.request())
            while data := api_server.recv(BUFFER):
                if connection.swallowed:
                    continue
                time.sleep(self._seconds)
                if self._truncating:
                    return connection.send(data[:len(data) // 2])
                connection.send(data)

    @contextlib.contextmanager
    def _to_api_server(self):
        with socket.create_connection((self._plane.address, self._plane.port)) as upstream, \
                self._as_client.wrap_socket(upstream, server_hostname=self._plane.address) as api_server:
            yield api_server
