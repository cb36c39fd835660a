"""Workers that run parks: forked from a server that has papermill and the exporter, one park after another."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator
from importlib import import_module
from importlib.util import find_spec
from multiprocessing.connection import Connection
from types import ModuleType

from pathway_models.batch.fork_client import Child, ServerGoneError, adopt, shared_server
from pathway_models.batch.preload import preload_cells


def preload_parks() -> None:
    """Import what runs a park around its notebook, and build the exporter."""
    with _grammar_when_needed(), _without("pyarrow.fs"):  # notebooks of workers are files of this machine
        import_module("papermill")
    import_module("pathway_models.batch.execution")
    import_module("pathway_models.batch.forked_engine")
    import_module("pathway_models.intake.parks")
    import_module("pathway_models.batch.execution").to_html(None)


def start_servers() -> None:
    """Start the servers of cells and of parks, which get ready side by side."""
    for preload in (preload_cells, preload_parks):
        shared_server(preload)


def fork_worker() -> Child:
    """Fork a worker that runs parks; its notebooks run in children it asks the server of cells for."""
    parks, cells = shared_server(preload_parks), shared_server(preload_cells)
    descriptor = cells.introduce()
    try:
        worker = parks.fork(serve_parks, descriptor)
    finally:
        os.close(descriptor)
    worker.relies_on = cells
    return worker


def serve_parks(channel: int, cells: int) -> None:
    """Run every park asked for until the connection is closed, or nobody is left to fork children for notebooks.

    Parameters
    ----------
    channel : int
        Descriptor of the connection, which brings jobs and takes outcomes: None for a park that another worker must
        take, since the server of cells is gone.
    cells : int
        Descriptor at which the server of cells is asked.
    """
    from pathway_models.batch.execution import run_park  # which the server has, and its client can do without

    adopt(preload_cells, cells)
    connection = Connection(channel)
    with contextlib.suppress(EOFError):
        while True:
            try:
                connection.send(run_park(connection.recv()))
            except ServerGoneError:
                connection.send(None)
                return


@contextlib.contextmanager
def _grammar_when_needed() -> Iterator[None]:
    """Let jsonschema build its grammar of international addresses, a second's work, when one is to be checked."""
    name = "rfc3987_syntax"

    def is_valid_syntax(*given: object) -> bool:
        return import_module(name).is_valid_syntax(*given)

    if name in sys.modules or find_spec(name) is None:
        yield
        return
    sys.modules[name] = ModuleType(name)
    sys.modules[name].is_valid_syntax = is_valid_syntax
    try:
        yield
    finally:
        del sys.modules[name]


@contextlib.contextmanager
def _without(name: str) -> Iterator[None]:
    """Let an import that can do without a package do without it."""
    present = name in sys.modules
    if not present:
        sys.modules[name] = None
    try:
        yield
    finally:
        if not present:
            del sys.modules[name]
