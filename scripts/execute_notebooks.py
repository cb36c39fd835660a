"""Execute the notebooks again and store their outputs in place, in a form that changes only with the results.

Called by ``python tasks.py notebooks [notebooks/NAME.ipynb ...]``. The tests compare stored outputs with a new
execution, so that stored outputs must come from here and not from a session in which cells ran in any order.
"""

import argparse
import os
import re
import sys
import time
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

ROOT = Path(__file__).resolve().parents[1]
NOTEBOOKS = ROOT / "notebooks"
SECONDS_PER_CELL = 600
KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}
# Timings and the traces of other tools change at every execution and tell a reader nothing.
PASSING_METADATA = ("papermill", "execution", "ExecuteTime", "widgets", "collapsed", "scrolled")


def execute(path: Path) -> None:
    """Execute one notebook in its own folder and write it back.

    Raises
    ------
    CellExecutionError
        When a cell fails; the file then stays as it was.
    """
    notebook = nbformat.read(path, as_version=4)
    client = NotebookClient(
        notebook,
        kernel_name=KERNEL["name"],
        timeout=SECONDS_PER_CELL,
        record_timing=False,
        coalesce_streams=True,
        resources={"metadata": {"path": str(path.parent)}},
    )
    client.execute()
    normalise(notebook)
    nbformat.validate(notebook)
    nbformat.write(notebook, path)


def normalise(notebook: nbformat.NotebookNode) -> None:
    """Remove all that changes from one execution to the next, or from machine to machine."""
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    notebook.metadata = nbformat.from_dict({"kernelspec": KERNEL, "language_info": {"name": "python"}})
    for position, cell in enumerate(notebook.cells):
        cell.id = f"cell-{position:02d}"
        for key in PASSING_METADATA:
            cell.metadata.pop(key, None)
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            for kind in [kind for kind in data if kind.startswith("text/")]:
                # Styled tables carry random ids, and the text beside them an address in memory.
                text = re.sub(r"\bT_[0-9a-f]{5}", f"T_{position:05d}", data[kind])
                data[kind] = re.sub(r"\b0x[0-9a-f]{6,}\b", "0x0", text)


def main(names: list[str]) -> int:
    """Execute the named notebooks, or all; return 1 when one of them fails."""
    # Our own kernel settings, not those of whoever executes: they decide the format of figures and the log.
    os.environ["IPYTHONDIR"] = str(ROOT / "tests" / "ipython")
    paths = [Path(name).resolve() for name in names] or sorted(NOTEBOOKS.glob("**/*.ipynb"))
    failed = []
    for path in (path for path in paths if ".ipynb_checkpoints" not in path.parts):
        started = time.monotonic()
        try:
            execute(path)
        except CellExecutionError as error:
            failed.append(path.name)
            print(f"{path.name}: FAILED, file left as it was\n{error}", file=sys.stderr)
        else:
            print(f"{path.name}: executed and stored in {time.monotonic() - started:.0f} s", flush=True)
    print(f"{len(paths) - len(failed)} of {len(paths)} notebooks stored")
    return 1 if failed or not paths else 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("notebooks", nargs="*", help="left out: all below notebooks/")
    sys.exit(main(parser.parse_args().notebooks))
