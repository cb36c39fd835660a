"""The warm parent: a process that has imported everything once, and forks a fresh child for whoever asks.

Fork is safe only before threads exist. The parent is therefore a process of its own, started with one BLAS
thread, without sockets of a kernel and without a screen, and it refuses to serve when anything has started a
thread. It serves one client, over a socket pair, and ends with it; its children end with it.
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import re
import select
import signal
import socket
import struct
import sys
import threading
from importlib import import_module
from multiprocessing.connection import Connection
from os import open as descriptor_of
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathway_models.running.kernel_free import CellKernel

#: One thread a process: as many processes as cores run side by side. The allocator of Arrow, which pandas imports,
#: would start a thread to tidy up.
PINNED = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS"), "1")
PINNED["JE_ARROW_MALLOC_CONF"] = "background_thread:false"
#: Signal that Linux sends to a child when its parent dies (prctl, PR_SET_PDEATHSIG).
_DEATH_SIGNAL = 1
#: The kernel of this process, once it is warm.
_kernel: CellKernel | None = None


def can_fork() -> bool:
    """Whether children can be forked here: not on Windows, and not on macOS, whose libraries do not survive it."""
    return hasattr(os, "fork") and hasattr(socket, "send_fds") and sys.platform not in ("win32", "darwin", "cygwin")


def is_warm() -> bool:
    """Whether this process is a warm parent, or a fork of one."""
    return _kernel is not None


def threads() -> int:
    """Number of threads of this process, also those that Python does not know of."""
    try:
        return len(os.listdir("/proc/self/task"))
    except OSError:
        return threading.active_count()


def warm() -> None:
    """Import what notebooks import, read what all parks share, draw once, and leave no trace of it."""
    global _kernel
    os.environ["MPLBACKEND"] = "agg"
    from pathway_models.running.kernel_free import INLINE_BACKEND, build_kernel

    kernel = build_kernel()
    # Inside the kernel: packages ask where they are when they are imported, pandas to know how wide tables may be.
    with kernel.shell.builtin_trap:
        for name in ("numpy", "pandas", "matplotlib.pyplot", "pyarrow.parquet", "papermill", "nbconvert"):
            import_module(name)
        # Whatever is wrong with the data is told by the park that reads it, not by the warming.
        with contextlib.suppress(Exception):
            _rehearse()
    os.environ["MPLBACKEND"] = INLINE_BACKEND
    import_module("IPython.core.pylabtools").activate_matplotlib(INLINE_BACKEND)
    import_module("matplotlib_inline.backend_inline").configure_inline_support(kernel.shell, INLINE_BACKEND)
    gc.collect()
    gc.freeze()  # children then neither copy nor search what was there before them
    _kernel = kernel


def _rehearse() -> None:
    """Go once through what a park's notebook does: fills the caches of factors, panels, fonts and templates."""
    import io

    import matplotlib as mpl
    import matplotlib.pyplot as plt

    import pathway_models as pw
    from pathway_models.running.execution import NOTEBOOK
    from pathway_models.running.html import to_html

    for name in sorted(set(re.findall(r"\bpw\.(\w+)", NOTEBOOK.read_text(encoding="utf-8")))):
        getattr(pw, name)  # imports where it stands
    park = next(entry.park_id for entry in pw.read_register() if entry.has_data)
    park, scenarios = pw.read_park(park), pw.read_scenarios()
    pathways = pw.project(park, scenarios, pw.sample(park, scenarios, members=20, seed=0, until=2060))
    with mpl.rc_context():
        pw.plotting.fan(pathways, next(iter(scenarios)), peaks=pw.find_peaks(pathways), park=park, before=2030)
        plt.gcf().savefig(io.BytesIO(), format="png")
        plt.close("all")
    to_html(None)


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
    serve_cells(_kernel, connection, Setting(**json.loads(connection.recv_bytes())))


def _run_parks(channel: int) -> None:
    from pathway_models.running.park_jobs import serve_parks

    serve_parks(Connection(channel))


def _run_call(channel: int) -> None:
    from pathway_models.running.park_jobs import serve_calls

    serve_calls(Connection(channel))


BODIES = {b"cells": _run_cells, b"parks": _run_parks, b"call": _run_call}


def serve(descriptor: int) -> None:
    """Serve the client at the other end of a socket until it is gone.

    A request is the name of a body with its descriptors; the last of them takes the process id and, when the
    child has ended, its wait status.
    """
    control = socket.socket(fileno=descriptor)
    warm()
    control.send(json.dumps({"threads": threads()}).encode())
    bell, ring = os.pipe()
    for end in (bell, ring):
        os.set_blocking(end, False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(ring)
    reports: dict[int, int] = {}
    while True:
        ready, _, _ = select.select([control, bell], [], [])
        if bell in ready:
            with contextlib.suppress(BlockingIOError):
                os.read(bell, 4096)
            _reap(reports)
        if control in ready:
            name, fds, *_ = socket.recv_fds(control, 64, 8)
            if not name:
                break
            *given, report = fds
            pid = _fork(BODIES[name], given)
            for fd in given:
                os.close(fd)
            reports[pid] = report
            os.write(report, struct.pack("i", pid))
    for pid in reports:
        with contextlib.suppress(OSError):
            os.killpg(pid, signal.SIGKILL)


def _reap(reports: dict[int, int]) -> None:
    """Collect children that have ended, and say how."""
    while reports:
        pid, status = os.waitpid(-1, os.WNOHANG)
        if pid == 0:
            return
        report = reports.pop(pid)
        with contextlib.suppress(OSError):  # whoever asked may be gone
            os.write(report, struct.pack("i", status))
        os.close(report)
