"""Child processes of the tests: their output is read as it comes, and none outlives the test program."""

import ctypes
import signal
import subprocess
import threading
import time

_LIBC = ctypes.CDLL(None)
_PR_SET_PDEATHSIG = 1


def _die_with_parent():
    _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


class Process:
    """A running child. Start it on the main thread: the kernel kills it when the thread that started it ends."""

    def __init__(self, arguments, name=None, env=None, cwd=None):
        self.name = name or str(arguments[0]).rsplit("/", 1)[-1]
        self._lines = []
        self._closed = False
        self._news = threading.Condition()
        self._child = subprocess.Popen(
            [str(argument) for argument in arguments], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True, errors="replace", env=env, cwd=cwd, preexec_fn=_die_with_parent,
            start_new_session=True)  # Ctrl-C is the test program's: what it takes down in order is there until then
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self):
        for line in self._child.stdout:
            with self._news:
                self._lines.append(line)
                self._news.notify_all()
        with self._news:
            self._closed = True
            self._news.notify_all()

    @property
    def pid(self):
        return self._child.pid

    @property
    def running(self):
        return self._child.poll() is None

    @property
    def log(self):
        """Everything that it has written so far, standard output and standard error."""
        with self._news:
            return "".join(self._lines)

    def wait_for_log(self, pattern, timeout=20, start=0):
        """The match of a compiled pattern in the first line from line number `start` on that has one."""
        deadline = time.monotonic() + timeout
        with self._news:
            while True:
                for line in self._lines[start:]:
                    if found := pattern.search(line):
                        return found
                start = len(self._lines)
                left = deadline - time.monotonic()
                if self._closed or left <= 0:
                    raise AssertionError(f"{self.name}: no line matches {pattern.pattern!r}"
                                         f" {'before it ended' if self._closed else f'within {timeout} s'};"
                                         f" its last lines:\n{''.join(self._lines[-40:])}")
                self._news.wait(left)

    def signal(self, number):
        self._child.send_signal(number)

    def wait(self, timeout=20):
        """The exit code; by then the log is whole."""
        code = self._child.wait(timeout)
        self._reader.join(timeout)
        return code

    def stop(self, timeout=20):
        """SIGTERM, and SIGKILL where that does not help in time; returns the exit code."""
        if self.running:
            self.signal(signal.SIGTERM)
        try:
            return self.wait(timeout)
        except subprocess.TimeoutExpired:
            return self.kill()

    def kill(self):
        if self.running:
            self.signal(signal.SIGKILL)
        return self.wait()


def eventually(probe, timeout=10, every=0.01):
    """Calls probe until it returns something true, and returns that; its last assertion error where it never does."""
    deadline = time.monotonic() + timeout
    while True:
        try:
            error = None
            if result := probe():
                return result
        except AssertionError as failed:
            error = failed
        if time.monotonic() >= deadline:
            raise error or AssertionError(f"not so within {timeout} s")
        time.sleep(every)
