"""meshdnsctl, as a person calls it: the program beside the server's."""

import os
import subprocess
from pathlib import Path

from support.meshdns import binary


def program():
    return Path(binary()).with_name("meshdnsctl")


def meshdnsctl(*arguments, **options):
    """The process when it has ended, with what it wrote."""
    environment = {"PATH": os.environ["PATH"]}  # no KUBECONFIG, no proxy
    options = {"text": True, "timeout": 60, "env": environment} | options
    return subprocess.run([program(), *map(str, arguments)], capture_output=True, **options)
