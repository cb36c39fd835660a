"""Preload of the fork server of cells: imports, data, computations and figures common to all park notebooks.

Forks of the server then find all caches filled.

A kernel without sockets runs cells in a forked child and sends a kernel's messages over a connection.

Output is sent as the messages of a kernel, so that the client produces the same outputs.  Text printed by Python, C or
a subprocess goes to the files behind descriptors 1 and 2: it is complete and in order even when the child is killed.
"""

import asyncio
import contextlib
import faulthandler
import io
import json
import logging
import os
import random
import re
import signal
import sys
import threading
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from importlib import import_module
from multiprocessing.connection import Connection
from os import open as descriptor_of
from tempfile import TemporaryDirectory
from types import SimpleNamespace
from typing import Any

from ipykernel.ipkernel import IPythonKernel
from IPython.core.error import UsageError
from jupyter_client.jsonutil import json_default
from jupyter_client.session import Session
from traitlets.config import Config

import pathway_models as pw
from pathway_models import plotting, sentences, tables
from pathway_models.core.files import PARK_NOTEBOOK

#: Default backend of kernels: figures appear below their cell.
INLINE_BACKEND = "module://matplotlib_inline.backend_inline"

#: Variables that a kernel's shell sets for programs started from cells.
SHELL_VARIABLES = ("TERM", "CLICOLOR", "FORCE_COLOR", "CLICOLOR_FORCE", "PAGER", "GIT_PAGER")
_SURROGATES = re.compile("[\ud800-\udfff]")


class Messages(Session):
    """Session that sends messages over a connection, each with the positions of the text printed before it."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.connection: Connection | None = None
        self.lock = threading.RLock()

    def send(
        self,
        stream: object,
        msg_or_type: dict[str, Any] | str,
        content: dict[str, Any] | None = None,
        parent: object = None,
        ident: object = None,
        **options: Any,
    ) -> dict[str, Any] | None:
        """Send one message; processes that a cell has forked send nothing."""
        if self.connection is None or os.getpid() != self.pid:
            return None
        message = msg_or_type
        if isinstance(message, str):
            message = self.msg(message, content=content, metadata=options.get("metadata"))
        buffers = [bytes(part) for part in options.get("buffers") or message.get("buffers") or ()]
        printed = [os.fstat(descriptor).st_size for descriptor in (1, 2)]
        kept = {"content": message["content"], "metadata": message["metadata"], "msg_type": message["msg_type"]}
        text = json.dumps({**kept, "printed": printed, "buffers": len(buffers)}, default=json_default)
        with self.lock:
            self.connection.send_bytes(text.encode())
            for part in buffers:
                self.connection.send_bytes(part)
        return message


class Printed(io.TextIOBase):
    """Standard output or error of a cell, unbuffered."""

    encoding = "UTF-8"

    def __init__(self, descriptor: int) -> None:
        self.descriptor = descriptor
        self.name = {1: "stdout", 2: "stderr"}[descriptor]

    def write(self, text: str) -> int:
        """Write the whole text."""
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text)}")
        # Lone surrogates cannot be encoded; kernels show them as unknown characters.
        data = memoryview(_SURROGATES.sub("\N{REPLACEMENT CHARACTER}", text).encode())
        while data:
            data = data[os.write(self.descriptor, data) :]
        return len(text)

    def fileno(self) -> int:
        """Return the descriptor, so that subprocesses print here too."""
        return self.descriptor

    def writable(self) -> bool:
        """Return true."""
        return True


class CellKernel(IPythonKernel):
    """An IPython kernel without sockets, channels or threads."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        # Cells run in the only thread; no other thread forwards interrupts to them.
        self.shell_channel_thread = SimpleNamespace(parent_thread=None)
        # Set on the shell, not in a subclass: packages recognise a notebook by the name of the shell's class.
        self.shell.enable_gui = self._enable_gui

    def _enable_gui(self, gui: str | None = None) -> None:
        from ipykernel.eventloops import enable_gui

        try:
            enable_gui(gui, kernel=self)
        except ValueError as error:
            raise UsageError(str(error)) from error


@dataclass(frozen=True)
class Setting:
    """Environment of the cells.

    Parameters
    ----------
    folder : str
        Working folder.
    environment : dict
        Environment variables; those that pin threads stay as the fork server has them.
    memory : int
        Largest address space, bytes; 0 for no limit.
    """

    folder: str
    environment: dict[str, str] = field(default_factory=dict)
    memory: int = 0


def build_kernel() -> CellKernel:
    """Build the kernel, ahead of forking since it is slow and opens no files."""
    config = Config()
    config.HistoryManager.enabled = False  # the history is a database that writes from a thread
    # A debugger has no use here, but reserves sockets and threads.
    debugger = sys.modules.get("debugpy")
    sys.modules["debugpy"] = None
    try:
        kernel = CellKernel.instance(session=Messages(), log=logging.getLogger(__name__), config=config)
    finally:
        sys.modules["debugpy"] = debugger
        if debugger is None:
            del sys.modules["debugpy"]
    kernel.shell.history_manager.enabled = False
    return kernel


def serve_cells(kernel: CellKernel, connection: Connection, setting: Setting) -> None:
    """Run every cell asked for over the connection until it is closed.

    Parameters
    ----------
    kernel : CellKernel
    connection : Connection
        Receives ``{"code": str}``; sends messages, and after each cell one of type ``execute_reply``.
    setting : Setting
    """
    _apply(setting)
    kernel.session.connection = connection
    kernel.session.pid = os.getpid()
    sys.stdout, sys.stderr = Printed(1), Printed(2)
    # The client asks for the stack of a cell that takes too long; it is printed to descriptor 2.
    faulthandler.register(signal.SIGUSR1, file=2, all_threads=False)
    kernel.session.send(None, "kernel_info_reply", {"language_info": kernel.language_info})
    asyncio.run(_serve(kernel, connection))


def _apply(setting: Setting) -> None:
    """Give the fork its own folder, environment, random state, warnings and limits."""
    os.chdir(setting.folder)
    pinned = {name: os.environ[name] for name in os.environ if name.endswith("_NUM_THREADS")}
    shell = {name: os.environ[name] for name in SHELL_VARIABLES if name in os.environ}
    backend = setting.environment.get("MPLBACKEND") or INLINE_BACKEND
    os.environ.clear()
    os.environ.update(setting.environment | pinned | shell | {"MPLBACKEND": backend})
    if backend != INLINE_BACKEND and "matplotlib.pyplot" in sys.modules:
        sys.modules["matplotlib.pyplot"].switch_backend(backend)
    sys.path[:] = ["", *(place for place in sys.path if place)]
    random.seed()
    if "numpy" in sys.modules:
        from numpy import random as numbers

        # The legacy global state: a user's notebook may use it, and all forks would draw the same numbers.
        numbers.set_state(numbers.MT19937().state)  # noqa: NPY002
    # Warnings shown by the server must appear again: a changed filter clears the registry.
    warnings.filterwarnings("default", message="never shown by anything")
    if setting.memory:
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (setting.memory, setting.memory))


async def _serve(kernel: CellKernel, connection: Connection) -> None:
    from tornado.ioloop import IOLoop

    loop = asyncio.get_running_loop()
    kernel.io_loop = IOLoop.current()
    arrived = asyncio.Event()
    loop.add_reader(connection.fileno(), arrived.set)
    while not kernel.shell.exit_now:
        # Not a blocking read: tasks that a cell has left running continue until the next cell comes.
        await arrived.wait()
        arrived.clear()
        try:
            asked = json.loads(connection.recv_bytes())
        except EOFError:
            return
        await _run(kernel, asked["code"])


async def _run(kernel: CellKernel, code: str) -> None:
    session = kernel.session
    header = session.msg_header("execute_request")
    kernel.set_parent([], {"header": header, "content": {"code": code}, "metadata": {}})
    session.send(None, "execute_input", {"code": code, "execution_count": kernel.execution_count})
    reply = await kernel.do_execute(code, silent=False, store_history=True, allow_stdin=False)
    session.send(None, "execute_reply", reply)


def preload_cells() -> None:
    """Import the modules of notebooks, read the shared data, draw once, and leave no trace."""
    os.environ["MPLBACKEND"] = "agg"

    kernel = build_kernel()
    # Inside the kernel: packages ask where they are when they are imported, pandas to know how wide tables may be.
    with kernel.shell.builtin_trap:
        for name in ("numpy", "pandas", "matplotlib.pyplot", "pyarrow.parquet"):
            import_module(name)
        # Faults of the data are reported by the park that reads it, not here.
        with contextlib.suppress(Exception):
            _fill_caches()
        with contextlib.redirect_stdout(io.StringIO()):
            kernel.shell.run_cell("None", store_history=False)
    os.environ["MPLBACKEND"] = INLINE_BACKEND
    import_module("IPython.core.pylabtools").activate_matplotlib(INLINE_BACKEND)
    import_module("matplotlib_inline.backend_inline").configure_inline_support(kernel.shell, INLINE_BACKEND)


def _fill_caches() -> None:
    """Run the steps of a park's notebook once: fills the caches of factors, panels, fonts and texts."""
    used = re.findall(r"(?:\bpw\.|from pathway_models import )(\w+)", PARK_NOTEBOOK.read_text(encoding="utf-8"))
    for name in sorted(set(used)):
        getattr(pw, name)  # imports the module behind it
    draw(compute(first_park()))


def first_park() -> str:
    """Return the first place of the register that has data: which one does not matter to caches of what all share."""
    return next(entry.park_id for entry in pw.read_register() if entry.has_data)


def run_cells(channel: int, out: int, err: int) -> None:
    """Run the cells received over a connection; printed text goes to the files ``out`` and ``err``."""
    for source, target in ((descriptor_of(os.devnull, os.O_RDONLY), 0), (out, 1), (err, 2)):
        os.dup2(source, target)
        os.close(source)
    connection = Connection(channel)
    serve_cells(CellKernel.instance(), connection, Setting(**json.loads(connection.recv_bytes())))


def compute(park_id: str, members: int = 20) -> SimpleNamespace:
    """Compute a park, make all sentences and tables and write all files, as its notebook does.

    Parameters
    ----------
    park_id : str
    members : int
        As few as every step accepts: the results are discarded.

    Returns
    -------
    SimpleNamespace
        park, scenarios, pathways, peaks, inventory, gaps: input of the figures.
    """
    park, library = pw.read_park(park_id), pw.read_scenarios()
    chosen = library.pick(list(library))
    draws = pw.sample(park, chosen, members=members, seed=0, until=2060)
    pathways = pw.project(park, chosen, draws)
    peaks = pw.find_peaks(pathways)
    done = SimpleNamespace(
        park=park,
        scenarios=chosen,
        pathways=pathways,
        peaks=peaks,
        inventory=pw.take_inventory(park),
        gaps=pw.gaps(park, pathways, peaks),
        held=pw.survey(park, chosen, draws, probabilities=(), drivers="hold").peaks,
        doubts=pw.doubts(park, [chosen[next(iter(chosen))]], draws),
        steps=pw.first_steps(park, chosen, draws, peaks),
    )
    list(_sentences(done))
    for shown in _tables(done):
        repr(shown)
        if shown is not pathways:
            shown._repr_html_()
    with TemporaryDirectory() as folder:
        pw.answer(park, chosen, draws, peaks=peaks, held=done.held, steps=done.steps)
        pw.write_results(folder, park, chosen, pathways, peaks, held=done.held, steps=done.steps)
    return done


def draw(done: SimpleNamespace) -> None:
    """Draw and discard all figures of a park's notebook: loads the fonts, and renders their common words."""
    import matplotlib as mpl
    import matplotlib.pyplot as plt

    first, *_, last = done.scenarios
    with mpl.rc_context():
        plotting.fans(done.pathways, [first, last], peaks=done.peaks, inventory=done.inventory)
        plotting.peak_years(done.peaks)
        plotting.gaps(done.gaps)
        plotting.compare(done.pathways, done.peaks, done.scenarios)
        plotting.sources(done.pathways, last)
        plotting.doubt(done.doubts)
        for number in plt.get_fignums():
            plt.figure(number).canvas.draw()
        plt.close("all")


def _sentences(done: SimpleNamespace) -> Iterator[str]:
    from pathway_models.hindcast.matching import PANEL_OF

    first, *_, last = done.scenarios
    for say in (sentences.heading, sentences.notes, sentences.detail, sentences.plans):
        yield say(done.park)
    for kind in PANEL_OF:
        yield sentences.report_card(replace(done.park, kind=kind))
    for name in (first, last):
        yield sentences.peak(done.peaks, name)
        yield sentences.probability(done.peaks, name)
        yield sentences.gap(done.gaps, name)
    yield sentences.order_of_peaks(done.peaks, last, first)
    yield sentences.spread(done.peaks)
    yield sentences.late(done.gaps)
    yield sentences.most_helpful(done.pathways, done.peaks, done.scenarios)
    yield sentences.sources(done.pathways, last)
    yield sentences.capture(done.pathways, last)
    yield sentences.first_steps(done.steps)
    yield from (sentences.account_totals(done.pathways, name) for name in (first, last))
    yield from (sentences.doubt(one) for one in done.doubts)


def _tables(done: SimpleNamespace) -> Iterator[object]:
    yield done.pathways
    yield tables.report_card(done.park)
    yield tables.readings(done.peaks, done.held)
    yield tables.peaks(done.peaks)
    yield tables.statuses(done.peaks)
    yield tables.gaps(done.gaps)
    yield tables.first_steps(done.steps)
    yield tables.compare(done.pathways, done.peaks, done.scenarios)
    yield tables.levers(done.scenarios[list(done.scenarios)[-1]])
