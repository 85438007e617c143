"""A row: what is sent, what comes back, and which requirement that shows.

A row is written as a tuple in a rows_*.py: (requirement, query, what we answer[, what else the RFC allows]…), in the notation of
notation.py; the query is a line of words or a Raw(what, octets). A row that a query and its answer cannot say is a function under
@CHECKS(requirement, what), CHECKS being a Checks: it takes the Target and fails as a test does.
"""

import dataclasses
import re
from typing import Callable

import pytest
from dns.rdataclass import CH, IN

from conformance.judge import Wrong, judge
from conformance.notation import Expected, Query


@dataclasses.dataclass(frozen=True)
class Row:
    requirement: str
    query: object = None
    ours: Expected = None
    allowed: tuple = ()
    transports: tuple = ("udp", "tcp")
    setting: str = "plain"
    check: Callable = None  # instead of query and answer
    what: str = ""
    only_ours: bool = False  # no RFC says it, or others have nothing alike

    @property
    def id(self):
        return f"{self.requirement}: {self.what or self.query}"

    def run(self, target, over):
        """None, or in one line why the answer is wrong."""
        if self.check:
            return self._run_check(target)
        silent = self.ours.kind == "silence"
        response = target.ask(self.query.octets, over, silent)
        whys = [judge(self.query, expected, response, over, strict=target.ours, about=self.requirement)
                for expected in (self.ours, *(() if target.ours else self.allowed))]
        if None in whys:
            return None
        return next((why for why in whys if not re.match(r"[A-Z]+, not ", why)), whys[0])  # of the rcode that came, if it is one

    def _run_check(self, target):
        try:
            self.check(target)
        except (AssertionError, EOFError, OSError, Wrong) as error:
            return (str(error).splitlines() or [type(error).__name__])[0]
        return None


def table(*lines, setting="plain"):
    rows = []
    for requirement, query, ours, *allowed in lines:
        query = Query(query) if isinstance(query, str) else query
        klass = CH if query.asks and query.asks.klass == CH else IN  # a QCLASS of ANY is answered with IN
        rows.append(Row(requirement, query, Expected(ours, klass), tuple(Expected(text, klass) for text in allowed),
                        (query.over,) if query.over else ("udp", "tcp"), setting))
    return rows


class Checks(list):
    """The rows of a file that are functions."""

    def __call__(self, requirement, what, setting="plain", only_ours=False):
        def add(function):
            self.append(Row(requirement, check=function, what=what, setting=setting, transports=("",), only_ours=only_ours))
            return function
        return add


def parametrized(rows):
    """The decorator of a test of (row, over): one for each row and transport."""
    asked = [(row, over) for row in rows for over in row.transports]
    return pytest.mark.parametrize("row,over", asked, ids=[f"{row.id} {over}".strip() for row, over in asked])
