"""DNS below what dnspython would say: messages byte by byte, and connections held open."""

import socket
import struct

QR, AA, TC, RD, RA, Z, AD, CD = 0x8000, 0x0400, 0x0200, 0x0100, 0x0080, 0x0040, 0x0020, 0x0010
IN = 1


def name(text):
    """Wire form, the case kept. A label may not hold a dot."""
    return b"".join(bytes([len(label)]) + label.encode("latin-1") for label in text.split(".") if label) + b"\0"


def question(text, qtype=1, qclass=IN):
    return name(text) + struct.pack(">HH", qtype, qclass)


def opt(payload=1232, version=0, flags=0, options=b"", owner=b"\0"):
    return owner + struct.pack(">HHBBHH", 41, payload, 0, version, flags, len(options)) + options


def option(code, data=b"", size=None):
    """An EDNS option; size where it shall not be what is there."""
    return struct.pack(">HH", code, len(data) if size is None else size) + data


def message(*questions, flags=0, additional=(), counts=None, id=4711):
    """counts: QDCOUNT … ARCOUNT where they shall not be what is there."""
    counts = counts or (len(questions), 0, 0, len(additional))
    return struct.pack(">6H", id, flags, *counts) + b"".join(questions) + b"".join(additional)


def options(answer):
    """The EDNS options of a dnspython message: code → octets."""
    return {option.otype: option.to_wire() for option in answer.options}


def fields(response):
    """(id, flags without rcode, rcode, counts) of a message's header."""
    id, flags, *counts = struct.unpack(">6H", response[:12])
    return id, flags & 0xfff0, flags & 15, tuple(counts)


class UdpClient:
    """A socket that takes datagrams from one address alone."""

    def __init__(self, port, address="127.0.0.1", timeout=5):
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        self.socket = socket.socket(family, socket.SOCK_DGRAM)
        self.socket.settimeout(timeout)
        self.socket.connect((address, port))

    def send(self, data):
        self.socket.send(data)

    def receive(self):
        return self.socket.recv(65535)

    def ask(self, data):
        self.send(data)
        return self.receive()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()


class TcpClient:
    """A connection on which the test decides what is sent when."""

    def __init__(self, port, address="127.0.0.1", source=None, timeout=5, receive_buffer=None, segment=None):
        self.socket = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_STREAM)
        self.socket.settimeout(timeout)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if receive_buffer:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        if segment:
            self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, segment)
        if source:
            self.socket.bind((source, 0))
        self.socket.connect((address, port))

    def send(self, data):
        """Bytes as they are."""
        self.socket.sendall(data)

    def send_message(self, data):
        self.send(framed(data))

    def receive_message(self):
        return self._exactly(struct.unpack(">H", self._exactly(2))[0])

    def ask(self, data):
        self.send_message(data)
        return self.receive_message()

    def is_closed(self):
        """Waits until the server closes or sends; whether it closed. A timeout raises."""
        try:
            return self.socket.recv(1, socket.MSG_PEEK) == b""
        except ConnectionResetError:
            return True

    def end_sending(self):
        self.socket.shutdown(socket.SHUT_WR)

    def _exactly(self, size):
        data = b""
        while len(data) < size:
            if not (more := self.socket.recv(size - len(data))):
                raise EOFError(f"closed after {len(data)} of {size} bytes")
            data += more
        return data

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()


def framed(data):
    return struct.pack(">H", len(data)) + data
