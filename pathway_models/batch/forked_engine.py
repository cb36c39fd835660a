"""A papermill engine whose notebooks run in children of a fork server: ``papermill --engine pathways-fork``.

Messages, outputs, timings, parameters and banners are those of papermill and nbclient; only the kernel process differs.
Where forking is not possible, or a notebook asks for another kernel, an ordinary kernel gives the same outputs.
"""

import contextlib
import json
import os
import select
import signal
import tempfile
import time
from collections.abc import Callable
from typing import Any

from nbclient.client import run_sync, timestamp
from nbclient.exceptions import CellExecutionComplete, CellExecutionError, CellTimeoutError, DeadKernelError
from nbformat import NotebookNode, from_dict
from nbformat.v4 import new_output
from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import NBClientEngine, NotebookExecutionManager, papermill_engines
from papermill.log import logger
from papermill.utils import merge_kwargs, remove_args

from pathway_models.batch import fork_client, fork_server

#: Names of our engines, as ``papermill --engine`` takes them.
FORKED, ORDINARY = "pathways-fork", "pathways-kernel"
#: Function that runs cells in a child of the server of cells, which has imported it.
RUN_CELLS = "pathway_models.batch.preload:run_cells"
#: Kernels that are this Python.
OWN_KERNELS = (None, "", "python", "python3")
#: Messages with output, and the fields an output keeps of them.
SHOWN = {"display_data": ("metadata", "data"), "execute_result": ("metadata", "data", "execution_count")}


def as_message(msg_type: str, content: dict[str, object]) -> dict[str, object]:
    """Build a message as a kernel client expects it."""
    header = {"msg_type": msg_type}
    return {"msg_type": msg_type, "content": content, "metadata": {}, "header": header, "parent_header": {}}


class Cells:
    """Child that runs cells, with the files it prints to.

    Parameters
    ----------
    setting : dict
        As :class:`pathway_models.batch.preload.Setting`.
    """

    def __init__(self, setting: dict[str, object]) -> None:
        self._files = [tempfile.TemporaryFile(buffering=0) for _ in range(2)]  # noqa: SIM115 - closed by close()
        self._sent = [0, 0]
        descriptors = [file.fileno() for file in self._files]
        self.child = fork_client.shared_server(fork_client.CELLS).fork(RUN_CELLS, *descriptors)
        try:
            self.child.channel.send_bytes(json.dumps(setting).encode())
            self.language_info = self._message(None)["content"]["language_info"]
        except (EOFError, OSError):
            raise EOFError(self.child.how_it_ended()) from None

    def run(self, code: str, seconds: float | None, take: Callable[[dict[str, object]], None]) -> dict[str, object]:
        """Run one cell; every message goes to ``take``.

        Returns
        -------
        dict
            The reply of the kernel: its status, and the error if there is one.

        Raises
        ------
        EOFError
            The child has ended.
        TimeoutError
            The cell has taken longer; the message has its stack.
        """
        until = None if not seconds else time.monotonic() + seconds
        try:
            self.child.channel.send_bytes(json.dumps({"code": code}).encode())
            while True:
                message = self._message(until)
                if message["msg_type"] != "execute_input" and not message["msg_type"].startswith("comm"):
                    self.forward(take, message["printed"])
                if message["msg_type"] == "execute_reply":
                    return message["content"]
                take(message)
        except (EOFError, OSError) as error:
            if isinstance(error, TimeoutError):
                where = self._where()
                self.forward(take)
                raise TimeoutError(where) from None
            self.forward(take)
            raise EOFError(self.child.how_it_ended()) from None

    def forward(self, take: Callable[[dict[str, object]], None], printed: list[int] | None = None) -> None:
        """Forward the text printed up to a position in both files, standard output first, as a kernel does."""
        for at, (name, file) in enumerate(zip(("stdout", "stderr"), self._files, strict=True)):
            end = printed[at] if printed else os.fstat(file.fileno()).st_size
            if end > self._sent[at]:
                text = os.pread(file.fileno(), end - self._sent[at], self._sent[at])
                self._sent[at] = end
                content = {"name": name, "text": text.decode("utf-8", "replace")}
                take(as_message("stream", content))

    def _message(self, until: float | None) -> dict[str, object]:
        channel = self.child.channel
        if not channel.poll(None if until is None else max(0.0, until - time.monotonic())):
            raise TimeoutError
        sent = json.loads(channel.recv_bytes())
        sent["buffers"] = [channel.recv_bytes() for _ in range(sent["buffers"])]
        return as_message(sent["msg_type"], sent["content"]) | sent

    def _where(self) -> str:
        """Ask the child for its stack, which it prints to standard error."""
        file, before = self._files[1].fileno(), os.fstat(self._files[1].fileno()).st_size
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.child.pid, signal.SIGUSR1)
        text = ""
        for _ in range(20):
            select.select([], [], [], 0.05)
            text = os.pread(file, 65536, before).decode("utf-8", "replace")
            if "<module>" in text:
                break
        os.ftruncate(file, before)
        lines = [line.strip() for line in text.splitlines() if line.strip().startswith("File")]
        own = [at for at, line in enumerate(lines) if "interactiveshell.py" in line]
        return "\n".join(lines[: own[0]] if own else lines)

    def close(self) -> None:
        """End the child and delete what it has printed."""
        self.child.kill()
        for file in self._files:
            file.close()


class _KernelLostError(Exception):
    """The kernel is gone, as the notebook says."""


class SavingClient(PapermillNotebookClient):
    """papermill's client, which also records time-outs and dead kernels in the notebook."""

    is_lost = False

    def execute_cell(self, cell: NotebookNode, cell_index: int, **options: Any) -> NotebookNode:
        """Run one cell; raise a `CellExecutionError` where it fails, times out or loses its kernel."""
        try:
            return self.run_one(cell, cell_index, **options)
        except (CellTimeoutError, DeadKernelError) as error:
            self.is_lost = True
            name, value = type(error).__name__, str(error)
            where = [f"{name}: {value}"]
            cell.outputs.append(new_output("error", ename=name, evalue=value, traceback=where))
            raise CellExecutionError("\n".join(where), ename=name, evalue=value) from None

    def run_one(self, cell: NotebookNode, cell_index: int, **options: Any) -> NotebookNode:
        """Run one cell in the ordinary kernel."""
        return PapermillNotebookClient.execute_cell(self, cell, cell_index, **options)

    def papermill_execute_cells(self) -> None:
        """Run all cells; stop before papermill asks a dead kernel for more."""
        super().papermill_execute_cells()
        if self.is_lost:
            raise _KernelLostError


class ForkedClient(SavingClient):
    """A client without a kernel: cells run in a forked child."""

    memory = 0

    def execute(self, **options: Any) -> NotebookNode:
        """Run the notebook in a child of its own."""
        self.reset_execution_trackers()
        setting = {"folder": os.getcwd(), "environment": dict(os.environ), "memory": self.memory}
        with contextlib.closing(Cells(setting)) as self.cells:
            self.nb.metadata["language_info"] = self.cells.language_info
            self.papermill_execute_cells()
        self.set_widgets_metadata()
        return self.nb

    def run_one(self, cell: NotebookNode, cell_index: int, **options: Any) -> NotebookNode:
        """Run one cell in the child."""
        tags = cell.metadata.get("tags", [])
        if cell.cell_type != "code" or not cell.source.strip() or self.skip_cells_with_tag in tags:
            return cell
        if self.record_timing:
            cell.metadata["execution"] = {}
        cell.outputs = []
        self.clear_before_next_output = False
        self._report(cell, cell_index, "busy")
        seconds = self._get_timeout(cell)
        try:
            reply = self.cells.run(
                cell.source, seconds, lambda message: self.process_message(message, cell, cell_index)
            )
        except TimeoutError as error:
            text = f"A cell timed out after {seconds} seconds; it was at\n{error}"
            raise CellTimeoutError(text) from None
        except EOFError as error:
            raise DeadKernelError(f"Kernel died: {error}") from None
        self.code_cells_executed += 1
        if self.record_timing:
            cell.metadata["execution"]["shell.execute_reply"] = timestamp()
        self._report(cell, cell_index, "idle")
        if reply["status"] == "error":
            run_sync(self._check_raise_for_error)(cell, cell_index, {"content": reply})
        return cell

    def output(self, outs: list[NotebookNode], msg: dict[str, Any], display_id: str | None, cell_index: int) -> Any:
        """Store an output; plain ones unchecked, since the whole notebook is validated when it is written."""
        hooks = self.output_hook_stack[msg["parent_header"].get("msg_id")]
        if msg["msg_type"] not in SHOWN or display_id or hooks or self.clear_before_next_output:
            return super().output(outs, msg, display_id, cell_index)
        kept = {name: msg["content"][name] for name in SHOWN[msg["msg_type"]]}
        outs.append(from_dict({"output_type": msg["msg_type"], **kept}))
        return outs[-1]

    def _report(self, cell: NotebookNode, cell_index: int, state: str) -> None:
        """Let nbclient record the begin and end of the cell."""
        with contextlib.suppress(CellExecutionComplete):
            self.process_message(as_message("status", {"execution_state": state}), cell, cell_index)


class OrdinaryEngine(NBClientEngine):
    """papermill's own engine, which also saves time-outs and dead kernels in the notebook."""

    client: type[SavingClient] = SavingClient

    @classmethod
    def execute_managed_notebook(
        cls,
        nb_man: NotebookExecutionManager,
        kernel_name: str,
        log_output: bool = False,
        stdout_file: Any = None,
        stderr_file: Any = None,
        start_timeout: int = 60,
        execution_timeout: int | None = None,
        **options: Any,
    ) -> NotebookNode | None:
        """Run a notebook whose parameters papermill has put in."""
        memory = options.pop("memory", 0)
        options = remove_args(["input_path", "startup_timeout"], **options)
        timeout = execution_timeout or options.pop("timeout", None)
        given = {"timeout": timeout, "startup_timeout": start_timeout, "kernel_name": kernel_name, "log": logger}
        shown = {"log_output": log_output, "stdout_file": stdout_file, "stderr_file": stderr_file}
        client = cls.client(nb_man, **merge_kwargs(options, **given, **shown))
        client.memory = memory
        try:
            return client.execute()
        except _KernelLostError:
            return None


class ForkedEngine(OrdinaryEngine):
    """Runs notebooks in forked children where forking is safe, in ordinary kernels elsewhere."""

    client = ForkedClient

    @classmethod
    def execute_managed_notebook(
        cls, nb_man: NotebookExecutionManager, kernel_name: str, **options: Any
    ) -> NotebookNode | None:
        """Run a notebook whose parameters papermill has put in."""
        if not fork_server.can_fork() or kernel_name not in OWN_KERNELS or fork_client.refusal(fork_client.CELLS):
            logger.info("No fork here: the notebook runs in an ordinary kernel")
            return OrdinaryEngine.execute_managed_notebook(nb_man, kernel_name, **options)
        return super().execute_managed_notebook(nb_man, kernel_name, **options)


def register() -> None:
    """Make both engines known to papermill, also where the package's entry points are not installed."""
    papermill_engines.register(FORKED, ForkedEngine)
    papermill_engines.register(ORDINARY, OrdinaryEngine)
