"""Preload of the fork server of cells: what every park's notebook needs is imported, read, computed and drawn once.

Forks of the server then find all caches filled.
"""

import contextlib
import io
import json
import os
import re
from collections.abc import Iterator
from dataclasses import replace
from importlib import import_module
from multiprocessing.connection import Connection
from os import open as descriptor_of
from tempfile import TemporaryDirectory
from types import SimpleNamespace

import pathway_models as pw
from pathway_models import plotting, sentences, tables
from pathway_models.core.files import PARK_NOTEBOOK


def preload_cells() -> None:
    """Import what notebooks import, read what all parks share, draw once, and leave no trace of it."""
    os.environ["MPLBACKEND"] = "agg"
    from pathway_models.batch.in_process_kernel import INLINE_BACKEND, build_kernel

    kernel = build_kernel()
    # Inside the kernel: packages ask where they are when they are imported, pandas to know how wide tables may be.
    with kernel.shell.builtin_trap:
        for name in ("numpy", "pandas", "matplotlib.pyplot", "pyarrow.parquet"):
            import_module(name)
        # Whatever is wrong with the data is reported by the park that reads it, not here.
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
    draw(compute(next(entry.park_id for entry in pw.read_register() if entry.has_data)))


def run_cells(channel: int, out: int, err: int) -> None:
    """Run the cells that come over a connection; what they print goes to the files ``out`` and ``err``."""
    from pathway_models.batch.in_process_kernel import CellKernel, Setting, serve_cells

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
        As few as every step bears: what is computed is thrown away.

    Returns
    -------
    SimpleNamespace
        park, scenarios, pathways, peaks, inventory, gaps: what the figures are drawn from.
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
    """Draw all figures of a park's notebook into nothing: loads the fonts, and renders the words they all have."""
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
    yield from (sentences.account_totals(done.pathways, name) for name in (first, last))
    yield from (sentences.doubt(one) for one in done.doubts)


def _tables(done: SimpleNamespace) -> Iterator[object]:
    yield done.pathways
    yield tables.report_card(done.park)
    yield tables.readings(done.peaks, done.held)
    yield tables.peaks(done.peaks)
    yield tables.statuses(done.peaks)
    yield tables.gaps(done.gaps)
    yield tables.compare(done.pathways, done.peaks, done.scenarios)
    yield tables.levers(done.scenarios[list(done.scenarios)[-1]])
