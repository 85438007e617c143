"""Somebody who asks all the time."""

import threading

import dns.exception

from support.meshdns import rcode, records


class Asker(threading.Thread):
    """Asks for the same names over and over; notes every answer that differs from the first, and every silence."""

    def __init__(self, server, names, every=0, **options):
        """every: seconds between two rounds."""
        super().__init__(daemon=True)
        self.server = server
        self.every = every
        self.options = options  # of query()
        self.expected = {name: self._ask(name) for name in names}
        self.wrong = []
        self.worst_round = 0  # the most wrong answers in one
        self.asked = 0
        self._stopping = threading.Event()
        self.start()

    def _ask(self, name):
        answer = self.server.query(name, timeout=1, **self.options)
        return rcode(answer), records(answer), len(records(answer, "authority", "SOA"))

    def run(self):
        while not self._stopping.wait(self.every):
            before = len(self.wrong)
            for name, expected in self.expected.items():
                self.asked += 1
                try:
                    got = self._ask(name)
                except (dns.exception.DNSException, OSError) as silence:
                    got = repr(silence)
                if got != expected:
                    self.wrong.append(f"{name}: {got} instead of {expected}")
            self.worst_round = max(self.worst_round, len(self.wrong) - before)

    def stop(self):
        self._stopping.set()
        self.join()
