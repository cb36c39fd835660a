"""One notebook per park: executed by papermill, exported, and published atomically."""

import json
import os
import time
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pathway_models as pw
from pathway_models.batch.fork_client import ServerGoneError
from pathway_models.core import BatchError, InputError, PathwayError
from pathway_models.core.files import PARK_NOTEBOOK
from pathway_models.language.words import VARIABLE
from pathway_models.records.peaks import refusal
from pathway_models.runs import folders, provenance

if TYPE_CHECKING:
    from nbformat import NotebookNode

#: Format of notebooks that papermill runs.
FORMAT = 4
#: Environment that silences messages of kernels at start and shutdown.
KERNEL_ARGUMENTS = ("--IPKernelApp.log_level=50",)
#: Errors of the machine, not of the park: the park is run again.
MACHINE_ERRORS = ("DeadKernelError", "CellTimeoutError", "MemoryError", "OSError", "KeyboardInterrupt")
#: Files kept of a park that failed.
KEPT_ON_FAILURE = ("notebook.ipynb", "notebook.html")
#: Parameters that a notebook need not declare: its kernel takes the issue year from the environment.
UNDECLARED = ("as_of",)


def check_parameters(parameters: dict[str, object], notebook: str | Path = PARK_NOTEBOOK) -> None:
    """Refuse parameters the notebook does not have, before any kernel starts.

    papermill itself only logs an unknown name and then runs with the default.

    Raises
    ------
    BatchError
        Unknown names, or values of another type than the notebook's default; all together.
    """
    import papermill

    _check_notebook(Path(notebook))
    known = papermill.inspect_notebook(str(notebook))
    wrong = [f"no parameter {name!r}" for name in parameters if name not in known and name not in UNDECLARED]
    for name, value in parameters.items():
        declared = str(known.get(name, {}).get("inferred_type_name") or "")
        # The library calls the type of a plain "members = 5" None.
        if declared not in ("", "None") and declared.split("[")[0] != type(value).__name__:
            wrong.append(f"{name} = {value!r} is {type(value).__name__}, the notebook declares {declared}")
    if wrong:
        raise BatchError(f"{Path(notebook).name}: {'; '.join(wrong)}; its parameters are {', '.join(known)}")


def _check_notebook(path: Path) -> None:
    """Refuse a file that is no notebook of this format, or has no cell of parameters, with the remedy.

    Raises
    ------
    BatchError
    """
    import nbformat

    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        version = content.get("nbformat") if isinstance(content, dict) else None
        if isinstance(version, int) and version < FORMAT:
            raise BatchError(f"{path.name}: it is of the old format {version}; open it in Jupyter and save it again")
        if version != FORMAT:
            raise ValueError(f"format {version!r}, not {FORMAT}")
        notebook = nbformat.from_dict(content)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of cells without an id, which are no obstacle
            nbformat.validate(notebook, relax_add_props=True)
        tags = [tag for cell in notebook.cells for tag in cell.metadata.get("tags", ())]
    except (
        OSError,
        ValueError,
        AttributeError,
        KeyError,
        TypeError,
        nbformat.ValidationError,
        RecursionError,
    ) as error:
        what = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise BatchError(f"{path.name}: expected a Jupyter notebook; save it again in Jupyter ({what})") from None
    kernel = notebook.metadata.get("kernelspec", {})
    if not kernel.get("name") or not (kernel.get("language") or notebook.metadata.get("language_info", {}).get("name")):
        raise BatchError(f"{path.name}: it names no kernel; open it in Jupyter, choose Python 3 and save it again")
    if "parameters" not in tags:
        raise BatchError(
            f"{path.name}: no cell has the tag 'parameters'; write the defaults of park, scenarios, members, ... in one"
            " cell, and add the tag to it in Jupyter under Property Inspector, Cell Tags"
        )


def run_park(job: folders.Job) -> folders.Outcome:
    """Execute the batch notebook for one park; leave notebook, HTML, tables and record in its partial folder.

    Returns
    -------
    Outcome
        A failure is an outcome, not an exception: the failed notebook is kept with its traceback. Where not even
        that could be saved, no folder is left.
    """
    from pathway_models.batch.notebook_page import to_html

    begin = time.perf_counter()
    refused = _refusal(job.parameters)
    if refused:
        return folders.Outcome(job.park_id, "refused", round(time.perf_counter() - begin, 2), refused)
    partial = folders.partial_folder(Path(job.folder), job.park_id)
    try:
        folders.remove(partial)
        partial.mkdir(parents=True)
        notebook, name, cause = _execute(job, partial)
        page = to_html(notebook, *_card(job, partial), _language(job))
        (partial / "notebook.html").write_text(page, encoding="utf-8")
        if cause:
            for path in partial.iterdir():
                if path.name not in KEPT_ON_FAILURE:
                    folders.remove(path)
        status = "failed" if cause else "done"
        record = {"park_id": job.park_id, "key": job.key, "status": status, "cause": cause, "basis": job.basis}
        files = {path.name: path.stat().st_size for path in sorted(partial.iterdir())}
        hashes = {file: provenance.file_hash(partial / file) for file in files}
        provenance.write_json(
            partial / "record.json",
            {**record, "again": name in MACHINE_ERRORS, "files": files, "files_sha256": hashes},
        )
    except ServerGoneError:  # no fault of the park, which another worker takes
        folders.remove(partial)
        raise
    except Exception as error:  # an error of one park must not stop the others
        folders.remove(partial)
        status, cause = "failed", f"{type(error).__name__}: {error}".splitlines()[0]
    return folders.Outcome(job.park_id, status, round(time.perf_counter() - begin, 2), cause)


def _card(job: folders.Job, partial: Path) -> tuple[str, str]:
    """Return title and answer card of a park's page; none where its summary did not come out."""
    from pathway_models.batch.answer_card import answer_card

    return answer_card(partial, _language(job))


def _language(job: folders.Job) -> str:
    return str(job.parameters.get("lang", "en"))


def _refusal(given: Mapping[str, Any]) -> str:
    """Return in one line why a park's table cannot be run; empty when it can."""
    try:
        park = pw.read_park(str(given["park"]))
    except InputError as error:
        more = f" (and {error.count - 1} more faults; see 'pathways check')" if error.count > 1 else ""
        return f"{error.faults[0]}{more}"
    except (PathwayError, OSError) as error:
        return str(error)
    if "as_of" not in given:  # a notebook of the user's own
        return ""
    return refusal(given["before"], given["as_of"], park.last_observed_year, given["until"])


def _execute(job: folders.Job, folder: Path) -> "tuple[NotebookNode, str, str]":
    """Run the notebook; return it with the name and the cause of a failure, empty when it ran through."""
    import nbformat
    import papermill
    from papermill.exceptions import PapermillExecutionError

    from pathway_models.batch.forked_engine import register

    register()
    target = folder / "notebook.ipynb"
    try:
        with _environment_of(_language(job)):
            notebook = papermill.execute_notebook(
                job.notebook,
                str(target),
                parameters={**job.parameters, "out": "."},
                engine_name=job.engine,
                cwd=str(folder),
                progress_bar=False,
                log_output=False,
                request_save_on_cell_execute=False,
                autosave_cell_every=0,
                execution_timeout=job.timeout,
                extra_arguments=list(KERNEL_ARGUMENTS),
                memory=job.memory,
            )
    except PapermillExecutionError as error:
        lines = str(error.evalue).strip().splitlines()
        cause = f"{error.ename}: {' '.join(line.strip() for line in lines[:2])}"
        return nbformat.read(target, as_version=4), str(error.ename), cause
    return notebook, "", ""


@contextmanager
def _environment_of(lang: str) -> Iterator[None]:
    """Set language and figure backend of a notebook, overriding the variables of the user's shell.

    Servers often set ``MPLBACKEND=Agg``: figures would be drawn and not shown.
    """
    before = {name: os.environ.get(name) for name in (VARIABLE, "MPLBACKEND")}
    os.environ[VARIABLE] = lang
    os.environ.pop("MPLBACKEND", None)
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name, None)
            if value is not None:
                os.environ[name] = value
