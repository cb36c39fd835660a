"""One park, one notebook: executed by papermill in a kernel of its own, its folder whole or not there."""

from __future__ import annotations

import os
import shutil
import time
from dataclasses import dataclass
from pathlib import Path

from pathway_models.foundations.errors import BatchError
from pathway_models.running.provenance import ROOT

#: The batch notebook.
NOTEBOOK = ROOT / "notebooks" / "02_park_pathways.ipynb"
#: Quietens notices that kernels print when they start and when they are shut down.
KERNEL_ARGUMENTS = ("--IPKernelApp.log_level=50",)


@dataclass(frozen=True)
class Outcome:
    """How one park's run ended.

    Parameters
    ----------
    status : {"done", "failed", "refused", "cancelled"}
    cause : str
        One line: what went wrong and where; empty when done.
    """

    park_id: str
    status: str
    seconds: float
    cause: str = ""


def check_parameters(parameters: dict[str, object], notebook: Path = NOTEBOOK) -> None:
    """Refuse parameters the notebook does not have, before any kernel starts.

    papermill itself only logs an unknown name and then runs with the default.

    Raises
    ------
    BatchError
        Unknown names, or values of another type than the notebook's default; all together.
    """
    import papermill

    known = papermill.inspect_notebook(str(notebook))
    wrong = [f"no parameter {name!r}" for name in parameters if name not in known]
    for name, value in parameters.items():
        declared = str(known.get(name, {}).get("inferred_type_name") or "")
        if declared and declared.split("[")[0] != type(value).__name__:
            wrong.append(f"{name} = {value!r} is {type(value).__name__}, the notebook declares {declared}")
    if wrong:
        raise BatchError(f"{notebook.name}: {'; '.join(wrong)}; its parameters are {', '.join(known)}")


def run_park(park_id: str, folder: Path, parameters: dict[str, object], timeout: int) -> Outcome:
    """Execute the batch notebook for one park and keep notebook, HTML and tables in ``folder/park_id``.

    Parameters
    ----------
    park_id : str
    folder : Path
        Folder of the run.
    parameters : dict
        As `check_parameters` accepts them.
    timeout : int
        Seconds one cell may take.

    Returns
    -------
    Outcome
        A failure is an outcome, not an exception: the failed notebook is kept with its traceback.
    """
    begin = time.perf_counter()
    partial, final = folder / f".{park_id}.partial", folder / park_id
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    try:
        cause = _execute(partial, {**parameters, "out": str(partial)}, timeout)
        _to_html(partial / "notebook.ipynb", partial / "notebook.html")
    except Exception as error:  # whatever breaks one park must not break the others
        cause = f"{type(error).__name__}: {error}".splitlines()[0]
    shutil.rmtree(final, ignore_errors=True)
    partial.rename(final)
    seconds = round(time.perf_counter() - begin, 2)
    return Outcome(park_id, "failed" if cause else "done", seconds, cause)


def _execute(folder: Path, parameters: dict[str, object], timeout: int) -> str:
    """Run the notebook; return the cause of a failure, empty when it ran through."""
    import papermill
    from papermill.exceptions import PapermillExecutionError

    # One thread a kernel: as many kernels as cores run side by side. A backend set from outside would
    # keep the figures out of the notebook.
    os.environ.pop("MPLBACKEND", None)
    os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1", MKL_NUM_THREADS="1")
    try:
        papermill.execute_notebook(
            str(NOTEBOOK),
            str(folder / "notebook.ipynb"),
            parameters=parameters,
            progress_bar=False,
            log_output=False,
            request_save_on_cell_execute=False,
            execution_timeout=timeout,
            extra_arguments=list(KERNEL_ARGUMENTS),
        )
    except PapermillExecutionError as error:
        lines = str(error.evalue).strip().splitlines()
        return f"{error.ename}: {' '.join(line.strip() for line in lines[:2])}"
    return ""


def _to_html(notebook: Path, page: Path) -> None:
    """Export an executed notebook as one HTML file, without starting another Python."""
    if not notebook.exists():
        return
    from nbconvert import HTMLExporter

    exporter = HTMLExporter(embed_images=True, exclude_input_prompt=True, exclude_output_prompt=True)
    body, _ = exporter.from_filename(str(notebook))
    page.write_text(body, encoding="utf-8")
