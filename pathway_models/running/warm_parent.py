"""Warm parents: processes that have imported everything once, and fork a fresh child for whoever asks.

There are two, which warm up side by side: one has what notebooks import and forks the children that run cells, the
other has papermill and the exporter and forks the workers that handle parks. Fork is safe only before threads exist.
A parent is therefore a process of its own, started with one BLAS thread, without sockets of a kernel and without a
screen, and it refuses to serve when anything has started a thread. It ends with the client that has started it;
children end with the client that has asked for them.
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import select
import signal
import socket
import struct
import sys
import threading
from multiprocessing.connection import Connection
from os import open as descriptor_of
from pathlib import Path

from pathway_models.running.warming import WARMERS, warm_kernel

#: One thread a process: as many processes as cores run side by side. The allocator of Arrow, which pandas imports,
#: would start a thread to tidy up.
PINNED = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS"), "1")
PINNED["JE_ARROW_MALLOC_CONF"] = "background_thread:false"
#: Signal that Linux sends to a child when its parent dies (prctl, PR_SET_PDEATHSIG).
_DEATH_SIGNAL = 1


def can_fork() -> bool:
    """Whether children can be forked here: not on Windows, and not on macOS, whose libraries do not survive it."""
    return hasattr(os, "fork") and hasattr(socket, "send_fds") and sys.platform not in ("win32", "darwin", "cygwin")


def threads() -> int:
    """Number of threads of this process, also those that Python does not know of."""
    try:
        return len(os.listdir("/proc/self/task"))
    except OSError:
        return threading.active_count()


def fork_cells(fds: list[int]) -> int:
    """Fork a child of this warm process that runs cells.

    Parameters
    ----------
    fds : list of int
        Connection, and the files that take what is printed to descriptors 1 and 2.

    Returns
    -------
    int
        Process id of the child, which leads a process group of its own.
    """
    return _fork(_run_cells, fds)


def _fork(body: object, fds: list[int]) -> int:
    if threads() > 1:
        raise RuntimeError("the warm parent has started threads: a fork of it would not be safe")
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            _leave_parent(fds)
            body(*fds)
            code = 0
        except BaseException:  # nothing of the parent's may run in the child
            import traceback

            traceback.print_exc()
        finally:
            os._exit(code)
    with contextlib.suppress(OSError):  # the child does the same: whoever comes first
        os.setpgid(pid, pid)
    return pid


def _leave_parent(fds: list[int]) -> None:
    """Close what was the parent's, take its signals off, die with it, and be the first to go when memory ends."""
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


def _run_cells(channel: int, out: int, err: int) -> None:
    from pathway_models.running.kernel_free import Setting, serve_cells

    for source, target in ((descriptor_of(os.devnull, os.O_RDONLY), 0), (out, 1), (err, 2)):
        os.dup2(source, target)
        os.close(source)
    connection = Connection(channel)
    serve_cells(warm_kernel(), connection, Setting(**json.loads(connection.recv_bytes())))


def _run_parks(channel: int, cells: int) -> None:
    from pathway_models.running.park_jobs import serve_parks
    from pathway_models.running.shared_parents import adopt

    adopt(cells)
    serve_parks(Connection(channel))


def _run_call(channel: int) -> None:
    from pathway_models.running.park_jobs import serve_calls

    serve_calls(Connection(channel))


BODIES = {b"cells": _run_cells, b"parks": _run_parks, b"call": _run_call}


def serve(descriptor: int, kind: str) -> None:
    """Serve the client at the other end of a socket, and those it introduces, until it is gone.

    A request is the name of a body with its descriptors; the last of them takes the process id and, when the
    child has ended, its wait status. The request ``client`` comes with the socket of another client.
    """
    WARMERS[kind]()
    gc.collect()
    gc.freeze()  # children then neither copy nor search what was there before them
    # A figure is some ten thousand objects in circles: looking for garbage every 700 takes a fifth of its drawing.
    gc.set_threshold(50_000, 20, 50)
    bell, ring = os.pipe()
    for end in (bell, ring):
        os.set_blocking(end, False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(ring)
    family = _Family()
    first = family.welcome(descriptor)
    while first in family.clients:
        ready, _, _ = select.select([bell, *family.clients], [], [])
        if bell in ready:
            with contextlib.suppress(BlockingIOError):
                os.read(bell, 4096)
            family.reap()
        for client in family.clients & set(ready):
            family.answer(client)
    for client in set(family.clients):
        family.forget(client)
    os._exit(0)  # taking a warm process apart takes longer than many a park


class _Family:
    """Clients of a parent and the children they have asked for."""

    def __init__(self) -> None:
        self.clients: set[socket.socket] = set()
        #: Who asked for a child, and where its end is reported.
        self.children: dict[int, tuple[socket.socket, int]] = {}

    def welcome(self, descriptor: int) -> socket.socket:
        """Take a client on, and tell it that all is ready."""
        client = socket.socket(fileno=descriptor)
        self.clients.add(client)
        with contextlib.suppress(OSError):
            client.send(json.dumps({"threads": threads()}).encode())
        return client

    def answer(self, client: socket.socket) -> None:
        """Do what a client asks for; one that is gone takes its children along."""
        try:
            name, fds, *_ = socket.recv_fds(client, 64, 8)
        except OSError:
            name, fds = b"", []
        if not name:
            self.forget(client)
        elif name == b"client":
            self.welcome(*fds)
        else:
            *given, report = fds
            pid = _fork(BODIES[name], given)
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
        """Collect children that have ended, and say how."""
        while self.children:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if pid == 0:
                return
            _, report = self.children.pop(pid)
            with contextlib.suppress(OSError):  # whoever asked may be gone
                os.write(report, struct.pack("i", status))
            os.close(report)
