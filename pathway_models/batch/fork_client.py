"""Client of fork servers: start them, ask for children, watch and end them.

A server is known by its preload, the function it calls before it serves. Those of this process are started on first
use, and again when the package or its data have changed.
"""

import atexit
import contextlib
import os
import signal
import socket
import struct
import subprocess
import sys
import threading
from collections.abc import Callable
from functools import cache
from multiprocessing.connection import Connection
from typing import Any

from pathway_models.batch.fork_server import INTRODUCE, PINNED, serve
from pathway_models.core import BatchError
from pathway_models.core.files import PACKAGE_FOLDER, data_folder

#: Seconds a server may take to import everything.
STARTING = 120
GONE = "the fork server is gone"
#: Function of the package without arguments, called by a server before it serves: ``module:function``, so that the
#: client imports nothing of what the server does.
Preload = str
#: Preload of the server of cells, in whose children notebooks run.
CELLS = "pathway_models.batch.preload:preload_cells"


class ServerGoneError(BatchError):
    """The fork server has died with its children; no notebook is the cause."""


class UnsafeForkError(BatchError):
    """An imported package has started a thread; forked children might hang."""


class Child:
    """A forked child.

    Parameters
    ----------
    server : ForkClient
        Server that forked it.
    pid : int
        Process id; the child leads a process group of its own.
    channel : Connection
    report : int
        Descriptor that delivers the wait status once.
    """

    def __init__(self, server: "ForkClient", pid: int, channel: Connection, report: int) -> None:
        self.server, self.pid, self.channel = server, pid, channel
        #: Server from which this child requests children of its own.
        self.relies_on: ForkClient | None = None
        self._report = report
        self._status: int | None = None

    def status(self) -> int:
        """Wait for the end, return the wait status; `ServerGoneError` where a server of another process has died."""
        if self._report >= 0:
            status = _read(self._report)
            os.close(self._report)
            self._report = -1
            if status:
                self._status = struct.unpack("i", status)[0]
            elif self.server.process is not None:
                self._status = signal.SIGKILL
        if self._status is None:
            raise ServerGoneError(GONE)
        return self._status

    def how_it_ended(self) -> str:
        """Describe how the child ended."""
        code = os.waitstatus_to_exitcode(self.status())
        if code >= 0:
            return f"its process ended by itself with exit code {code}"
        name = signal.Signals(-code).name if -code in set(signal.Signals) else str(-code)
        why = " (killed from outside, or out of memory)" if name == "SIGKILL" else ""
        return f"its process was ended by {name}{why}"

    def kill(self) -> None:
        """Kill the child and its descendants."""
        if self._status is None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.pid, signal.SIGKILL)
        self.channel.close()
        self.status()


class ForkClient:
    """Connection to a fork server.

    Parameters
    ----------
    control : socket.socket
        Socket for requests.
    process : subprocess.Popen, optional
        Its process, where this process started it.
    """

    def __init__(self, control: socket.socket, process: subprocess.Popen[bytes] | None = None) -> None:
        self.stamp = _stamp()
        self.owner = os.getpid()
        self.process = process
        self._control = control
        self._lock = threading.Lock()
        self._ready = False

    @classmethod
    def start(cls, preload: Preload) -> "ForkClient":
        """Start a server, which prepares while the caller continues."""
        control, far = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        code = f"from {serve.__module__} import serve; serve({far.fileno()}, {preload!r})"
        # Its own session: Ctrl-C on the terminal reaches the process that started the run, which then stops the server.
        process = subprocess.Popen(
            [sys.executable, "-P", "-c", code],
            pass_fds=[far.fileno()],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            env=os.environ | PINNED,
            start_new_session=True,
        )
        far.close()
        return cls(control, process)

    def wait(self) -> None:
        """Wait until it is ready.

        Raises
        ------
        BatchError
            It has not started.
        UnsafeForkError
            It must not fork.
        """
        with self._lock:
            if self._ready:
                return
            self._control.settimeout(STARTING)
            try:
                threads = self._control.recv(256)
            except OSError:  # too long, or gone
                threads = b""
            if threads == b"1":
                self._control.settimeout(None)
                self._ready = True
                return
            self.close()
            if threads:
                raise UnsafeForkError(
                    "an imported package starts threads, so that forking is not safe: notebooks run in ordinary kernels"
                )
            raise BatchError("the fork server did not start; '--engine papermill' does without it")

    def _ask(self, request: bytes, *files: int) -> None:
        self.wait()
        with self._lock:
            try:
                socket.send_fds(self._control, [request], files)
            except OSError:
                raise ServerGoneError(GONE) from None

    def fork(self, function: str, *files: int) -> Child:
        """Fork a child that calls ``module:function`` with its end of a connection and further descriptors."""
        near, far = socket.socketpair()
        report, write_end = os.pipe()
        try:
            self._ask(function.encode(), far.fileno(), *files, write_end)
        finally:
            far.close()
            os.close(write_end)
        pid = _read(report)
        if not pid:
            raise ServerGoneError(GONE)
        return Child(self, struct.unpack("i", pid)[0], Connection(near.detach()), report)

    def call(self, function: Callable[..., Any], *arguments: object) -> Any:
        """Call a function of the package in a child; raises what it raises, and `BatchError` where the child dies."""
        child = self.fork(f"{__name__}:{_answer_call.__name__}")
        try:
            child.channel.send((function, arguments))
            sound, answer = child.channel.recv()
        except (EOFError, OSError):
            raise BatchError(f"{function.__name__}: {child.how_it_ended()}") from None
        finally:
            child.kill()
        if not sound:
            raise answer
        return answer

    def introduce(self) -> int:
        """Open a descriptor through which another process can ask this server for children of its own."""
        near, far = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with far:
            self._ask(INTRODUCE, far.fileno())
        return near.detach()

    def is_usable(self) -> bool:
        """Tell whether the server is alive, started here, and up to date with the package and its data."""
        is_ours = self.process is not None and self.owner == os.getpid()
        return self.process is None or (is_ours and self.process.poll() is None and self.stamp == _stamp())

    def close(self) -> None:
        """End the server and all its children."""
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


def _answer_call(channel: int) -> None:
    """Call one function; send back its result or exception."""
    connection = Connection(channel)
    function, arguments = connection.recv()
    try:
        answer = (True, function(*arguments))
    except Exception as error:
        answer = (False, error)
    connection.send(answer)


def _stamp() -> tuple[object, ...]:
    """Return a fingerprint of the files whose change outdates a server."""
    files = [*PACKAGE_FOLDER.rglob("*.py"), *data_folder().glob("*.*"), *data_folder().glob("factors/*")]
    return os.environ.get("PATHWAY_DATA"), len(files), max(file.stat().st_mtime_ns for file in files)


def _read(descriptor: int) -> bytes:
    """Read a packed number from the server; nothing where the server is gone."""
    with contextlib.suppress(OSError):
        return os.read(descriptor, struct.calcsize("i"))
    return b""


_shared: dict[Preload, ForkClient] = {}
_sharing = threading.RLock()


def shared_server(preload: Preload) -> ForkClient:
    """Return the server of a kind; start a new one where the package or its data have changed since."""
    with _sharing:
        if preload in _shared and not _shared[preload].is_usable():
            close_server(_shared[preload])
        if preload not in _shared:
            _shared[preload] = ForkClient.start(preload)
        return _shared[preload]


def adopt(preload: Preload, descriptor: int) -> None:
    """Use a descriptor from :meth:`ForkClient.introduce` as this process's server of a kind."""
    _shared[preload] = ForkClient(socket.socket(fileno=descriptor))


@cache
def refusal(preload: Preload) -> UnsafeForkError | None:
    """Return the error that forbids a server of a kind to fork, if any; wait until it is ready."""
    try:
        shared_server(preload).wait()
    except UnsafeForkError as error:
        return error
    return None


def call_preloaded(preload: Preload, function: Callable[..., Any], *arguments: object) -> Any:
    """Call a function in a preloaded server of a kind, if there is one, else in this process."""
    if preload in _shared and _shared[preload].is_usable():
        return _shared[preload].call(function, *arguments)
    return function(*arguments)


def close_server(server: ForkClient) -> None:
    """Stop a server, if still alive, and discard it: the next request starts another."""
    with _sharing:
        for preload in [preload for preload, shared in _shared.items() if shared is server]:
            _shared.pop(preload).close()


@atexit.register
def close_servers() -> None:
    """End the servers of this process."""
    for server in list(_shared.values()):
        close_server(server)
