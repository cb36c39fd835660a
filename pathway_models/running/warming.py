"""What warm parents do before they serve: import, read, compute and draw once what every park needs."""

from __future__ import annotations

import contextlib
import io
import os
import re
import sys
from collections.abc import Iterator
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathway_models.running.kernel_free import CellKernel

#: The kernel of this process, once it is warm for cells.
_kernel: CellKernel | None = None


def is_warm() -> bool:
    """Whether this process is the warm parent of cells, or a fork of it."""
    return _kernel is not None


def warm_kernel() -> CellKernel:
    """The kernel of this process, which is warm for cells."""
    return _kernel


def warm_cells() -> None:
    """Import what notebooks import, read what all parks share, draw once, and leave no trace of it."""
    global _kernel
    os.environ["MPLBACKEND"] = "agg"
    from pathway_models.running.kernel_free import INLINE_BACKEND, build_kernel

    kernel = build_kernel()
    # Inside the kernel: packages ask where they are when they are imported, pandas to know how wide tables may be.
    with kernel.shell.builtin_trap:
        for name in ("numpy", "pandas", "matplotlib.pyplot", "pyarrow.parquet"):
            import_module(name)
        # Whatever is wrong with the data is told by the park that reads it, not by the warming.
        with contextlib.suppress(Exception):
            _rehearse()
        with contextlib.redirect_stdout(io.StringIO()):
            kernel.shell.run_cell("None", store_history=False)
    os.environ["MPLBACKEND"] = INLINE_BACKEND
    import_module("IPython.core.pylabtools").activate_matplotlib(INLINE_BACKEND)
    import_module("matplotlib_inline.backend_inline").configure_inline_support(kernel.shell, INLINE_BACKEND)
    _kernel = kernel


def _rehearse() -> None:
    """Go once through what a park's notebook does: fills the caches of factors, panels, fonts and texts."""
    import pathway_models as pw
    from pathway_models.intake.paths import PARK_NOTEBOOK
    from pathway_models.running.rehearsing import draw, rehearse

    for name in sorted(set(re.findall(r"\bpw\.(\w+)", PARK_NOTEBOOK.read_text(encoding="utf-8")))):
        getattr(pw, name)  # imports where it stands
    draw(rehearse(next(entry.park_id for entry in pw.read_register() if entry.has_data)))


def warm_parks() -> None:
    """Import what runs a park around its notebook, and build the exporter."""
    with _grammar_when_needed(), _without("pyarrow.fs"):  # notebooks of workers are files of this machine
        import_module("papermill")
    for name in ("execution", "forked_engine", "park_jobs"):
        import_module(f"pathway_models.running.{name}")
    import_module("pathway_models.intake.parks")
    import_module("pathway_models.running.html").to_html(None)


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


WARMERS = {"cells": warm_cells, "parks": warm_parks}
