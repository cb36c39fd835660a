"""Kernel without sockets: runs cells in a forked child and sends a kernel's messages over a connection.

Everything shown goes out as the messages a kernel would send, so that the same client makes the same outputs of them.
Whatever Python, C or a subprocess prints goes to the files behind descriptors 1 and 2: it is there in full and in order
even when the child is killed.
"""

import asyncio
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
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from types import SimpleNamespace
from typing import Any

from ipykernel.ipkernel import IPythonKernel
from IPython.core.error import UsageError
from jupyter_client.jsonutil import json_default
from jupyter_client.session import Session
from traitlets.config import Config

#: Default backend of kernels: figures appear below their cell.
INLINE_BACKEND = "module://matplotlib_inline.backend_inline"

#: Variables that the shell of a kernel sets for programs started from cells.
SHELL_VARIABLES = ("TERM", "CLICOLOR", "FORCE_COLOR", "CLICOLOR_FORCE", "PAGER", "GIT_PAGER")
_SURROGATES = re.compile("[\ud800-\udfff]")


class Messages(Session):
    """Session that sends messages over a connection, each with the amount printed before it."""

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
    # A debugger would be of no use here, but reserves sockets and threads.
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
        Brings ``{"code": str}``; takes messages, and after each cell one of type ``execute_reply``.
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
    # A warning that the server has shown must be shown again: a changed filter clears the registry.
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
