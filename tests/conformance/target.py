"""A server that rows are asked of, over UDP and TCP."""

import dataclasses
import socket
import struct

from conformance.notation import Query
from support.wire import TcpClient, UdpClient

LIVES = Query(". SOA id=1").octets  # what any server here answers, if only by refusing


@dataclasses.dataclass
class Target:
    port: int
    address: str = "127.0.0.1"
    ours: bool = True
    process: object = None
    timeout: float = 5  # seconds for what must come
    patience: float = 0.2  # seconds for what may come late: only for others, whose threads may answer out of order

    def udp(self, **options):
        return UdpClient(self.port, **{"address": self.address, "timeout": self.timeout, **options})

    def tcp(self, **options):
        return TcpClient(self.port, **{"address": self.address, "timeout": self.timeout, **options})

    def ask(self, octets, over, silent=False):
        """The response, or None. silent: none is expected, and what would come before the next answer shows that it does not."""
        return (self._ask_tcp if over == "tcp" else self._ask_udp)(octets, silent)

    def _ask_udp(self, octets, silent):
        with self.udp() as client:
            client.send(octets)
            if silent:
                client.send(LIVES)
            try:
                response = client.receive()
                if silent and response[:2] == LIVES[:2]:
                    if self.ours:
                        return None
                    client.socket.settimeout(self.patience)
                    response = client.receive()
                return response
            except (TimeoutError, socket.timeout, ConnectionRefusedError):
                return None

    def _ask_tcp(self, octets, silent):
        with self.tcp() as client:
            client.send_message(octets)
            if silent and not self.ours:
                client.socket.settimeout(self.patience)
            try:
                return client.receive_message()
            except (EOFError, ConnectionError, struct.error):
                return None
            except (TimeoutError, socket.timeout):
                if silent and self.ours:
                    raise AssertionError("neither an answer nor the end of the connection") from None
                return None

    def listens(self, address):
        """BIND binds to the addresses of interfaces alone, and so has not all of 127/8."""
        try:
            with self.tcp(address=address):
                return True
        except ConnectionRefusedError:
            assert not self.ours, f"does not listen on {address}"
            return False

    def lives(self):
        for over in ("udp", "tcp"):
            assert self.ask(LIVES, over) is not None, f"answers nothing over {over} any more"
