"""Batch runs: ours against papermill in a shell loop, in one process and in a pool, and a plain Python function.

    python benchmarks/batch.py               # 24 parks, two workers, as the goals are stated
    python benchmarks/batch.py --quick       # 4 parks, one round
    python benchmarks/batch.py --smallest    # 1 park, 20 members: whether every way works, not how fast it is

Every way runs the real batch notebook for the same parks with the same parameters and leaves notebook (or figures),
tables and an HTML page. Ways take turns within a round, so that other load affects all of them; the numbers are
medians of rounds. The plain function makes the same figures, tables and texts without any notebook, and renders
the page of the notebook that the last run of ours has left, so that the export counts on both sides.
"""

from __future__ import annotations

import argparse
import ast
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from itertools import repeat
from multiprocessing import get_context
from pathlib import Path

import nbformat

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
from pathway_models.batch.fork_server import PINNED  # noqa: E402
from pathway_models.core.files import PARK_NOTEBOOK  # noqa: E402

PARK = "demo-cement"
MEMBERS, FEW = 1000, 20
GOALS = {"shell loop": 15.0, "papermill pool": 6.0, "plain function": 1 / 1.5}


def tables_of_parks(folder: Path, count: int) -> list[Path]:
    """Copy a demonstration park under other names: equal parks give comparable times."""
    source = ROOT / "data" / "parks" / PARK
    paths = []
    for at in range(count):
        name = f"bench-{at:03d}"
        shutil.copyfile(source.with_suffix(".csv"), folder / f"{name}.csv")
        text = source.with_suffix(".yml").read_text(encoding="utf-8").replace(PARK, name)
        (folder / f"{name}.yml").write_text(text, encoding="utf-8")
        paths.append(folder / f"{name}.csv")
    return paths


def shell_loop(parks: list[Path], out: Path, workers: int, members: int) -> None:
    """Run one command after another, then one more for the page."""
    for park in parks:
        folder = out / park.stem
        folder.mkdir(parents=True)
        target = folder / "notebook.ipynb"
        options = ["-p", "park", park, "-p", "members", members, "-p", "out", folder]
        _run([sys.executable, "-m", "papermill", PARK_NOTEBOOK, target, *options, "--no-progress-bar"])
        _run([sys.executable, "-m", "nbconvert", "--to", "html", "--log-level", "ERROR", target])


def papermill_in_process(parks: list[Path], out: Path, workers: int, members: int) -> None:
    """Run papermill in one process that stays, one notebook after another, each in a kernel of its own."""
    _pool(_papermill, parks, out, 1, members)


def papermill_pool(parks: list[Path], out: Path, workers: int, members: int) -> None:
    """Run papermill in processes that stay, each notebook in a kernel of its own."""
    _pool(_papermill, parks, out, workers, members)


def plain_function(parks: list[Path], out: Path, workers: int, members: int) -> None:
    """Run a plain function without a notebook: the lower bound."""
    _pool(_plain, parks, out, workers, members)


def ours(parks: list[Path], out: Path, workers: int, members: int) -> None:
    """Run the command of the package."""
    options = ["--members", members, "--workers", workers, "--out", out, "--quiet"]
    _run([sys.executable, "-m", "pathway_models", "run", *parks, *options])


WAYS: dict[str, Callable[[list[Path], Path, int, int], None]] = {
    "shell loop": shell_loop,
    "papermill in process": papermill_in_process,
    "papermill pool": papermill_pool,
    "plain function": plain_function,
    "ours": ours,
}


def _run(command: list[object]) -> None:
    environment = {name: value for name, value in os.environ.items() if name != "MPLBACKEND"}
    subprocess.run(list(map(str, command)), check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=ROOT,
                   env=environment)  # fmt: skip


def _pool(work: Callable[[Path, Path, int], None], parks: list[Path], out: Path, workers: int, members: int) -> None:
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn"), initializer=_pin) as pool:
        list(pool.map(work, parks, repeat(out), repeat(members)))


def _pin() -> None:
    os.environ.update(PINNED)


def _papermill(park: Path, out: Path, members: int) -> None:
    import papermill
    from nbconvert import HTMLExporter

    os.environ.pop("MPLBACKEND", None)
    folder = out / park.stem
    folder.mkdir(parents=True)
    given = {"park": str(park), "members": members, "out": str(folder)}
    target = str(folder / "notebook.ipynb")
    papermill.execute_notebook(str(PARK_NOTEBOOK), target, given, progress_bar=False)
    page, _ = HTMLExporter().from_filename(target)
    (folder / "notebook.html").write_text(page, encoding="utf-8")


def _plain(park: Path, out: Path, members: int) -> None:
    """Run the code of the notebook as one function: figures to PNG, tables and texts made, the page rendered."""
    os.environ["MPLBACKEND"] = "agg"
    import matplotlib.pyplot as plt

    from pathway_models.batch.notebook_page import to_html

    folder = out / park.stem
    folder.mkdir(parents=True)
    notebook = nbformat.read(PARK_NOTEBOOK, as_version=4)
    space: dict[str, object] = {}
    for cell in (cell for cell in notebook.cells if cell.cell_type == "code"):
        body = ast.parse(cell.source.replace("plt.show()", "None")).body
        value = body.pop() if body and isinstance(body[-1], ast.Expr) else None
        exec(compile(ast.Module(body, []), cell.id, "exec"), space)
        if "parameters" in cell.metadata.get("tags", []):
            space |= {"park": str(park), "members": members, "out": str(folder)}
        shown = eval(compile(ast.Expression(value.value), cell.id, "eval"), space) if value else None
        getattr(shown, "_repr_html_", shown.__repr__)()
        for number in plt.get_fignums():
            path = folder / f"figure-{number}-{cell.id}.png"
            plt.figure(number).savefig(path, pil_kwargs={"compress_level": 3}, dpi="figure")
        plt.close("all")
    (folder / "notebook.html").write_text(to_html(notebook), encoding="utf-8")


def main() -> int:
    """Run the rounds and print seconds and ratios."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="4 parks, one round")
    parser.add_argument("--smallest", action="store_true", help="1 park, one round, one worker, 20 members")
    parser.add_argument("--parks", type=int, default=24)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--ways", nargs="*", choices=list(WAYS), default=list(WAYS))
    given = parser.parse_args()
    count, rounds, workers, members = given.parks, given.rounds, given.workers, FEW if given.smallest else MEMBERS
    if given.quick or given.smallest:
        count, rounds, workers = (1, 1, 1) if given.smallest else (4, 1, workers)
    seconds: dict[str, list[float]] = {name: [] for name in given.ways}
    with tempfile.TemporaryDirectory(prefix="pathways-bench-") as name:
        parks = tables_of_parks(Path(name), count)
        for at in range(rounds):
            for way in given.ways:
                begin = time.perf_counter()
                WAYS[way](parks, Path(name) / f"{way.replace(' ', '-')}-{at}", workers, members)
                seconds[way].append(time.perf_counter() - begin)
                print(f"round {at + 1}, {way}: {seconds[way][-1]:.1f} s", flush=True)
    _tell(seconds, count, workers, members)
    return 0


def _tell(seconds: dict[str, list[float]], count: int, workers: int, members: int) -> None:
    medians = {way: statistics.median(values) for way, values in seconds.items()}
    rounds = len(next(iter(seconds.values())))
    print(f"\n{count} parks of {PARK_NOTEBOOK.name}, {workers} workers, {members} members; medians of {rounds}")
    print(f"{'way':<22}{'s a park':>10}{'ours is faster by':>20}{'goal':>8}")
    for way, value in medians.items():
        ratio = value / medians["ours"]
        goal = f"{GOALS[way]:.2f}" if way in GOALS else ""
        print(f"{way:<22}{value / count:>10.2f}{ratio:>20.2f}{goal:>8}")


if __name__ == "__main__":
    sys.exit(main())
