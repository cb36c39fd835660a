"""The fork server of cells: imports, reads, computes and draws once what every park's notebook needs."""

from __future__ import annotations

import contextlib
import io
import json
import os
import re
from importlib import import_module
from multiprocessing.connection import Connection
from os import open as descriptor_of


def preload_cells() -> None:
    """Import what notebooks import, read what all parks share, draw once, and leave no trace of it."""
    os.environ["MPLBACKEND"] = "agg"
    from pathway_models.running.in_process_kernel import INLINE_BACKEND, build_kernel

    kernel = build_kernel()
    # Inside the kernel: packages ask where they are when they are imported, pandas to know how wide tables may be.
    with kernel.shell.builtin_trap:
        for name in ("numpy", "pandas", "matplotlib.pyplot", "pyarrow.parquet"):
            import_module(name)
        # Whatever is wrong with the data is told by the park that reads it, not here.
        with contextlib.suppress(Exception):
            _fill_caches()
        with contextlib.redirect_stdout(io.StringIO()):
            kernel.shell.run_cell("None", store_history=False)
    os.environ["MPLBACKEND"] = INLINE_BACKEND
    import_module("IPython.core.pylabtools").activate_matplotlib(INLINE_BACKEND)
    import_module("matplotlib_inline.backend_inline").configure_inline_support(kernel.shell, INLINE_BACKEND)


def _fill_caches() -> None:
    """Go once through what a park's notebook does: fills the caches of factors, panels, fonts and texts."""
    import pathway_models as pw
    from pathway_models.intake.paths import PARK_NOTEBOOK
    from pathway_models.running.cache_warmup import compute, draw

    for name in sorted(set(re.findall(r"\bpw\.(\w+)", PARK_NOTEBOOK.read_text(encoding="utf-8")))):
        getattr(pw, name)  # imports where it stands
    draw(compute(next(entry.park_id for entry in pw.read_register() if entry.has_data)))


def run_cells(channel: int, out: int, err: int) -> None:
    """Run the cells that come over a connection; what they print goes to the files ``out`` and ``err``."""
    from pathway_models.running.in_process_kernel import CellKernel, Setting, serve_cells

    for source, target in ((descriptor_of(os.devnull, os.O_RDONLY), 0), (out, 1), (err, 2)):
        os.dup2(source, target)
        os.close(source)
    connection = Connection(channel)
    serve_cells(CellKernel.instance(), connection, Setting(**json.loads(connection.recv_bytes())))
