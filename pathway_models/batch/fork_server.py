"""Fork server: a process that has imported everything once and forks a fresh child for each request.

Fork is safe only before threads exist. A server is therefore a process of its own, started with one BLAS thread,
without sockets of a kernel and without a screen, and it refuses to serve when anything has started a thread. It ends
with the client that has started it; children end with the client that has asked for them.

The standard library's ``multiprocessing.forkserver`` knows one server a process, hands a pipe to every child that
keeps server and child alive when the client is killed, does not look for threads, takes its environment from the
client, and imports the client's ``__main__`` again in every child: hence this one.

`Stop` is a request to end a run: waiting for parks is interrupted, writing is not.
"""

import contextlib
import gc
import os
import select
import signal
import socket
import struct
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from pkgutil import resolve_name

from pathway_models.cli import Interruption
from pathway_models.core import ONE_THREAD, keep_freed_memory

#: One thread a process. The allocator of Arrow, which pandas imports, would start a thread to tidy up.
PINNED = {**ONE_THREAD, "JE_ARROW_MALLOC_CONF": "background_thread:false"}
#: Request that introduces another client; any other names a function.
INTRODUCE = b"client"
#: Signal that Linux sends to a child when the process that forked it dies (prctl, PR_SET_PDEATHSIG).
_DEATH_SIGNAL = 1


def can_fork() -> bool:
    """Tell whether children can be forked here: not on Windows, nor on macOS, whose libraries do not survive it."""
    return hasattr(os, "fork") and hasattr(socket, "send_fds") and sys.platform not in ("win32", "darwin", "cygwin")


def count_threads() -> int:
    """Count the threads of this process, those unknown to Python included."""
    try:
        return len(os.listdir("/proc/self/task"))
    except OSError:
        return threading.active_count()


def fork(function: str, fds: list[int]) -> int:
    """Fork a child of this process that calls a function with some descriptors, and ends.

    Parameters
    ----------
    function : str
        ``module:function``, so that only the child imports its module.
    fds : list of int
        Descriptors that the child keeps open beside its standard streams.

    Returns
    -------
    int
        Process id of the child, which leads a process group of its own.

    Raises
    ------
    RuntimeError
        This process has threads.
    """
    if count_threads() > 1:
        raise RuntimeError("the fork server has started threads: a fork of it would not be safe")
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            _leave_server(fds)
            resolve_name(function)(*fds)
            code = 0
        except BaseException:  # no code of the server may run in the child
            import traceback

            traceback.print_exc()
        finally:
            os._exit(code)
    with contextlib.suppress(OSError):  # the child does the same: the first succeeds
        os.setpgid(pid, pid)
    return pid


def _leave_server(fds: list[int]) -> None:
    """Close the server's descriptors, reset signals, die with the server, be killed first when memory is short."""
    with contextlib.suppress(OSError):
        os.setpgid(0, 0)
    signal.set_wakeup_fd(-1)
    for number in (signal.SIGCHLD, signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.default_int_handler if number == signal.SIGINT else signal.SIG_DFL)
    with contextlib.suppress(OSError, AttributeError):
        import ctypes

        ctypes.CDLL(None).prctl(_DEATH_SIGNAL, signal.SIGKILL)
    keep = sorted({0, 1, 2, *fds})
    for low, high in zip(keep, [*keep[1:], max(os.sysconf("SC_OPEN_MAX"), keep[-1] + 1)], strict=True):
        os.closerange(low + 1, min(high, 65536))
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000", encoding="ascii")


def serve(descriptor: int, preload: str) -> None:
    """Serve the client at the other end of a socket, and those it introduces, until it is gone.

    A request is the name of a function with its descriptors; the last of them takes the process id and, when the child
    has ended, its wait status. The request ``INTRODUCE`` comes with the socket of another client.
    """
    keep_freed_memory()
    resolve_name(preload)()
    gc.collect()
    gc.freeze()  # children then neither copy nor search what was there before them
    # A figure is some ten thousand objects in reference cycles: collecting every 700 takes a fifth of its drawing time.
    gc.set_threshold(50_000, 20, 50)
    wakeup, write_end = os.pipe()
    for end in (wakeup, write_end):
        os.set_blocking(end, False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(write_end)
    server = _Server()
    first = server.welcome(descriptor)
    while first in server.clients:
        ready, _, _ = select.select([wakeup, *server.clients], [], [])
        if wakeup in ready:
            with contextlib.suppress(BlockingIOError):
                os.read(wakeup, 4096)
            server.reap()
        for client in server.clients & set(ready):
            server.answer(client)
    for client in set(server.clients):
        server.forget(client)
    os._exit(0)  # regular shutdown of such a process takes longer than many parks


class _Server:
    """Clients of this process and the children forked for them."""

    def __init__(self) -> None:
        self.clients: set[socket.socket] = set()
        #: Client of each child, and descriptor for the report of its end.
        self.children: dict[int, tuple[socket.socket, int]] = {}

    def welcome(self, descriptor: int) -> socket.socket:
        """Register a client; signal readiness by sending the number of threads."""
        client = socket.socket(fileno=descriptor)
        self.clients.add(client)
        with contextlib.suppress(OSError):
            client.send(b"%d" % count_threads())
        return client

    def answer(self, client: socket.socket) -> None:
        """Answer a client's request; end the children of a client that is gone."""
        try:
            request, fds, *_ = socket.recv_fds(client, 4096, 8)
        except OSError:
            request, fds = b"", []
        if not request:
            self.forget(client)
        elif request == INTRODUCE:
            self.welcome(*fds)
        else:
            *given, report = fds
            pid = fork(request.decode(), given)
            for fd in given:
                os.close(fd)
            self.children[pid] = (client, report)
            with contextlib.suppress(OSError):
                os.write(report, struct.pack("i", pid))

    def forget(self, client: socket.socket) -> None:
        """End the children of a client."""
        for pid, (asked_by, _) in self.children.items():
            if asked_by is client:
                with contextlib.suppress(OSError):
                    os.killpg(pid, signal.SIGKILL)
        self.clients.discard(client)
        client.close()

    def reap(self) -> None:
        """Reap children that have ended; report their wait status."""
        while self.children:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if pid == 0:
                return
            _, report = self.children.pop(pid)
            with contextlib.suppress(OSError):  # the client may be gone
                os.write(report, struct.pack("i", status))
            os.close(report)


#: Signals that end a program: Ctrl-C, termination request, terminal closed.
ENDING = ("SIGINT", "SIGTERM", "SIGHUP")


class Stop:
    """Request to end a run, from Ctrl-C or a signal; it interrupts only calls within `interruptible`."""

    def __init__(self) -> None:
        #: Number of the first signal; 0 while none has come.
        self.number = 0
        self._may_interrupt = self._is_waiting = False

    @contextlib.contextmanager
    def heard(self) -> Iterator[None]:
        """Record all signals that end a program, at any time; ignored ones stay ignored."""
        numbers = [getattr(signal, name) for name in ENDING if hasattr(signal, name)]
        before = {number: signal.getsignal(number) for number in numbers}
        heeded = [number for number in numbers if before[number] != signal.SIG_IGN]
        for number in heeded:
            signal.signal(number, self._hear)
        try:
            yield
        finally:
            for number in heeded:
                signal.signal(number, before[number])

    def _hear(self, number: int, _: object) -> None:
        self.number = self.number or number
        if self._may_interrupt:
            self._may_interrupt = False  # a second signal must not interrupt the exit
            raise Interruption(number, self._let_in)

    def _let_in(self) -> None:
        """Allow the next signal to interrupt where an earlier interruption was lost."""
        self._may_interrupt = self._is_waiting

    def interruptible(self, work: Callable[[], object]) -> None:
        """Call a function that may wait long, unless a stop was requested; a stop meanwhile interrupts it."""
        try:
            try:
                self._may_interrupt = self._is_waiting = True
                if not self.number:
                    work()
            finally:
                self._may_interrupt = self._is_waiting = False
        except KeyboardInterrupt as error:  # also one outside `heard`
            if isinstance(error, Interruption):
                error.is_taken = True
            self.number = self.number or int(error.args[0] if error.args else signal.SIGINT)
