"""How the servers are set up: what the rows of one setting need, whoever the server is."""

import dataclasses

from conformance.notation import ZONES

IDENTITY = "conformance"
VERSION = "one 1"
SECRET = bytes(range(16))
OLD_SECRET = bytes(range(16, 32))
ADDRESSES = ("127.0.0.1", "127.0.0.2")

_FILES = {"rfc4592": "example", "root": "."}


def _zones(*files):
    return tuple((_FILES.get(file, file), ZONES / f"{file}.zone") for file in files)


SERVED = _zones("test", "rfc4592", "example.net", "nested.test", "deep.under.test", "dname", "top", "star-ns",
                "star-dn", "types", "big", "huge", "loop")


@dataclasses.dataclass(frozen=True)
class Setting:
    zones: tuple = SERVED
    identity: bool = True           # tell IDENTITY as NSID, hostname.bind and id.server, VERSION as version.bind
    transfer: bool = False          # 127.0.0.0/8 may AXFR
    idle: int = 0                   # seconds until an idle connection is closed, and for the rest of a message; 0: the default
    connections: tuple = ()         # how many in all and for a client; nothing: the default


SETTINGS = {
    "plain": Setting(),
    "hidden": Setting(identity=False),
    "transfer": Setting(transfer=True),
    "root": Setting(zones=_zones("root")),
    "brief": Setting(idle=1),
    "crowded": Setting(connections=(8, 4)),
}
