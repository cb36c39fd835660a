"""A warm parent and its children, seen from outside: opened, spoken to, watched, killed."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import struct
import subprocess
import sys
import threading
from collections.abc import Callable
from multiprocessing.connection import Connection

from pathway_models.foundations.errors import BatchError
from pathway_models.running import warm_parent

#: Seconds a warm parent may take to import everything.
WARMING = 120


class ParentGoneError(BatchError):
    """The warm parent has died, and with it the children it had forked: nobody's notebook is to blame."""


class UnsafeForkError(BatchError):
    """Something that is imported has started a thread: children forked beside it might hang."""


class Child:
    """A forked child.

    Parameters
    ----------
    pid : int
        Process id; the child leads a process group of its own.
    channel : Connection
    ended : callable
        Waits for the end and returns the wait status.
    """

    def __init__(self, pid: int, channel: Connection, ended: Callable[[], int]) -> None:
        self.pid, self.channel = pid, channel
        #: The parent that this child asks for children of its own.
        self.relies_on: WarmParent | None = None
        self._ended = ended
        self._status: int | None = None
        self._orphaned = False

    def status(self) -> int:
        """Wait status, once the child has ended; waits for it.

        Raises
        ------
        ParentGoneError
            Whoever could tell it has died itself.
        """
        if self._orphaned:
            raise ParentGoneError("the warm parent is gone")
        if self._status is None:
            try:
                self._status = self._ended()
            except ParentGoneError:
                self._orphaned = True
                raise
        return self._status

    def how_it_ended(self) -> str:
        """Say in words how the child ended."""
        code = os.waitstatus_to_exitcode(self.status())
        if code >= 0:
            return f"its process ended by itself with exit code {code}"
        name = signal.Signals(-code).name if -code in set(signal.Signals) else str(-code)
        why = " (killed from outside, or out of memory)" if name == "SIGKILL" else ""
        return f"its process was ended by {name}{why}"

    def kill(self) -> None:
        """End the child and all it has started."""
        if self._status is None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.pid, signal.SIGKILL)
        self.channel.close()
        self.status()


class WarmParent:
    """A warm parent, and the way to it.

    Parameters
    ----------
    control : socket.socket
        Where it is asked for children.
    process : subprocess.Popen, optional
        Its process, where it is ours to end.
    """

    def __init__(self, control: socket.socket, process: subprocess.Popen[bytes] | None = None) -> None:
        self.stamp = _stamp()
        self.owner = os.getpid()
        self.process = process
        self._control = control
        self._lock = threading.Lock()
        self._ready = False

    @classmethod
    def start(cls, kind: str) -> WarmParent:
        """Start one of a kind, ``cells`` or ``parks``; it warms up while the caller goes on."""
        control, far = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        code = f"from pathway_models.running.warm_parent import serve; serve({far.fileno()}, {kind!r})"
        # Its own session: Ctrl-C on the terminal reaches whoever has started the run, who then ends it in order.
        process = subprocess.Popen(
            [sys.executable, "-P", "-c", code],
            pass_fds=[far.fileno()],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            env=os.environ | warm_parent.PINNED,
            start_new_session=True,
        )
        far.close()
        return cls(control, process)

    def _wait_until_warm(self) -> None:
        self._control.settimeout(WARMING)
        try:
            told = self._control.recv(256)
        except OSError:  # too long, or gone
            told = b""
        if not told:
            self.close()
            raise BatchError("the warm parent did not start; '--engine papermill' does without it")
        if json.loads(told)["threads"] > 1:
            self.close()
            raise UnsafeForkError(
                "an imported package starts threads, so that forking is not safe: notebooks run in ordinary kernels"
            )
        self._control.settimeout(None)
        self._ready = True

    def fork(self, body: bytes, *files: int) -> Child:
        """Fork a child that runs ``body`` with a connection and further descriptors."""
        near, far = socket.socketpair()
        report, told = os.pipe()
        try:
            self._ask(body, far.fileno(), *files, told)
        finally:
            far.close()
            os.close(told)
        (pid,) = struct.unpack("i", _read(report, 4) or b"\0\0\0\0")
        if not pid:
            raise ParentGoneError("the warm parent is gone")

        def ended() -> int:
            status = _read(report, 4)
            os.close(report)
            if not status and self.process is None:
                raise ParentGoneError("the warm parent is gone")
            return struct.unpack("i", status)[0] if status else signal.SIGKILL

        return Child(pid, Connection(near.detach()), ended)

    def introduce(self) -> int:
        """Descriptor through which another process may ask this parent for children of its own."""
        near, far = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with far:
            self._ask(b"client", far.fileno())
        return near.detach()

    def wait(self) -> None:
        """Wait until it is warm.

        Raises
        ------
        BatchError
            It has not started.
        UnsafeForkError
            It must not fork.
        """
        with self._lock:
            if not self._ready:
                self._wait_until_warm()

    def _ask(self, what: bytes, *files: int) -> None:
        self.wait()
        with self._lock:
            try:
                socket.send_fds(self._control, [what], files)
            except OSError:
                raise ParentGoneError("the warm parent is gone") from None

    def call(self, function: str, *arguments: object) -> object:
        """Call ``module:function`` of the package in a child, where everything is imported already.

        Raises
        ------
        Exception
            What the function raised.
        BatchError
            The child died.
        """
        child = self.fork(b"call")
        try:
            child.channel.send((function, arguments))
            sound, answer = child.channel.recv()
        except (EOFError, OSError):
            raise BatchError(f"{function}: {child.how_it_ended()}") from None
        finally:
            child.kill()
        if not sound:
            raise answer
        return answer

    def is_usable(self) -> bool:
        """Whether it is still there, ours, and has what now stands in the package and its data."""
        if self.process is None:
            return True
        return self.owner == os.getpid() and self.process.poll() is None and self.stamp == _stamp()

    def close(self) -> None:
        """End the warm parent and all its children."""
        self._control.close()
        if self.process is None or self.owner != os.getpid():
            return
        try:
            if self._ready:
                self.process.wait(5)
        except subprocess.TimeoutExpired:
            pass
        finally:
            self.process.kill()
            self.process.wait()


def _stamp() -> tuple[object, ...]:
    """What a warm parent would have to be started again for."""
    from pathway_models.intake.paths import PACKAGE_FOLDER, data_folder

    places = [*PACKAGE_FOLDER.rglob("*.py"), *data_folder().glob("*.*"), *data_folder().glob("factors/*")]
    return os.environ.get("PATHWAY_DATA"), len(places), max(place.stat().st_mtime_ns for place in places)


def _read(descriptor: int, size: int) -> bytes:
    with contextlib.suppress(OSError):
        return os.read(descriptor, size)
    return b""
