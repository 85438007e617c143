"""A proxy between a program and an API server that ends the program at one of its changes."""

import re

from cluster.faulty_proxy import BUFFER, FaultyProxy

_CHANGE = re.compile(rb"(POST|PUT|PATCH|DELETE) (?!\S*dryRun=All)")


class CuttingProxy(FaultyProxy):
    """Changes are counted from 1; dry runs are none."""

    def cut_at(self, number, carried_out, end):
        """Calls `end` at the change of that number: before the API server gets it, or when it is carried out and nobody has been told."""
        self._number, self._carried_out, self._end = number, carried_out, end
        self.changes = 0

    def _respond(self, connection):
        if _CHANGE.match(connection.head):
            self.changes += 1
            if self.changes == self._number:
                if self._carried_out:
                    self._answer(connection)
                return self._end()
        connection.send(self._answer(connection))

    def _answer(self, connection):
        with self._to_api_server() as api_server:
            api_server.sendall(connection.request())
            return b"".join(iter(lambda: api_server.recv(BUFFER), b""))
