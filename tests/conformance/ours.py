"""The server under test, set up as a Setting says."""

import re

from conformance.settings import ADDRESSES, IDENTITY, OLD_SECRET, SECRET, VERSION
from conformance.target import Target
from support.meshdns import Server
from support.process import eventually

_WILDCARD = re.compile(r"listening on 0\.0\.0\.0:(\d+) \(UDP and TCP\)")


def configuration(setting, directory):
    secrets = directory / "cookies"
    secrets.write_text(f"# the secret that signs, and the one before\n{SECRET.hex()}\n{OLD_SECRET.hex()}\n")
    config = {
        "zones": [{"name": zone, "file": str(file)} for zone, file in setting.zones],
        "sources": [],
        "cookies": {"secretFile": str(secrets)},
        "limits": {},
    }
    if setting.identity:
        config["identity"] = {"nsid": IDENTITY, "version": VERSION}
    if setting.transfer:
        config["transfer"] = {"allow": ["127.0.0.0/8"]}
    if setting.idle:
        config["limits"] |= {"tcpIdle": f"{setting.idle}s", "tcpMessage": f"{setting.idle}s"}
    if setting.connections:
        config["limits"] |= dict(zip(("tcpConnections", "tcpPerClient"), setting.connections))
    return config


class Ours:
    """As a context manager: a Target whose server has read its zones."""

    def __init__(self, setting, directory):
        arguments = ("--listen", "127.0.0.1:0", "--listen", "0.0.0.0:0")
        self.server = Server(*arguments, directory=directory, config=configuration(setting, directory))

    def __enter__(self):
        self.server.__enter__()
        try:
            eventually(lambda: self.server.get("/ready").status_code == 200)
            port = int(self.server.wait_for_log(_WILDCARD)[1])
        except BaseException as error:
            self.server.__exit__(type(error), error, None)
            raise
        return Target(port, ADDRESSES[0], process=self.server)

    def __exit__(self, *exception):
        self.server.__exit__(*exception)
