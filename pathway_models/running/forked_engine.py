"""A papermill engine whose notebooks run in forked children of a warm parent: ``papermill --engine pathways-fork``.

Messages, outputs, timings, parameters and banners are papermill's and nbclient's own; only the kernel process
behind them is another. Where forking is not to be had, or a notebook asks for another kernel, the ordinary
kernel runs it, with the same outputs.
"""

from __future__ import annotations

import contextlib
import os
from typing import Any

from nbclient.client import run_sync, timestamp
from nbclient.exceptions import CellExecutionComplete, CellExecutionError, CellTimeoutError, DeadKernelError
from nbformat import NotebookNode, from_dict
from nbformat.v4 import new_output
from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import NBClientEngine, NotebookExecutionManager, papermill_engines
from papermill.log import logger
from papermill.utils import merge_kwargs, remove_args

from pathway_models.running.forked_cells import Cells, as_message
from pathway_models.running.shared_parents import refusal
from pathway_models.running.warm_parent import can_fork
from pathway_models.running.warming import is_warm

#: Names of our engines, as ``papermill --engine`` takes them.
FORKED, ORDINARY = "pathways-fork", "pathways-kernel"
#: Kernels that are this Python.
OWN_KERNELS = (None, "", "python", "python3")
#: Messages that show something, and what an output keeps of them.
SHOWN = {"display_data": ("metadata", "data"), "execute_result": ("metadata", "data", "execution_count")}


class _KernelLostError(Exception):
    """The kernel is gone; the notebook says so."""


class SavingClient(PapermillNotebookClient):
    """papermill's client, which also writes into the notebook that a cell took too long or that its kernel died."""

    is_lost = False

    def execute_cell(self, cell: NotebookNode, cell_index: int, **options: Any) -> NotebookNode:
        """Run one cell; raise a `CellExecutionError` for whatever ended it."""
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
        """Run all cells; what papermill asks a kernel afterwards cannot be asked of one that is gone."""
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
        with Cells(setting) as self.cells:
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
        self._say(cell, cell_index, "busy")
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
        self._say(cell, cell_index, "idle")
        if reply["status"] == "error":
            run_sync(self._check_raise_for_error)(cell, cell_index, {"content": reply})
        return cell

    def output(self, outs: list[NotebookNode], msg: dict[str, Any], display_id: str | None, cell_index: int) -> Any:
        """Keep an output; the plain ones as they come: the whole notebook is checked when it is written."""
        hooks = self.output_hook_stack[msg["parent_header"].get("msg_id")]
        if msg["msg_type"] not in SHOWN or display_id or hooks or self.clear_before_next_output:
            return super().output(outs, msg, display_id, cell_index)
        kept = {name: msg["content"][name] for name in SHOWN[msg["msg_type"]]}
        outs.append(from_dict({"output_type": msg["msg_type"], **kept}))
        return outs[-1]

    def _say(self, cell: NotebookNode, cell_index: int, state: str) -> None:
        """Let nbclient note when the cell began and ended."""
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
        if not can_fork() or kernel_name not in OWN_KERNELS or (not is_warm() and refusal("cells")):
            logger.info("No fork here: the notebook runs in an ordinary kernel")
            return OrdinaryEngine.execute_managed_notebook(nb_man, kernel_name, **options)
        return super().execute_managed_notebook(nb_man, kernel_name, **options)


def register() -> None:
    """Make both engines known to papermill, also where the package's entry points are not installed."""
    papermill_engines.register(FORKED, ForkedEngine)
    papermill_engines.register(ORDINARY, OrdinaryEngine)
