"""One park, one notebook: executed by papermill, exported, and put in its place whole or not at all.

An executed notebook as one HTML page, by an exporter that is built once a process.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinja2 import pass_context
from nbconvert import HTMLExporter
from nbconvert.exporters.templateexporter import TemplateExporter
from nbconvert.filters import Highlight2HTML, clean_html
from nbconvert.filters.widgetsdatatypefilter import WidgetsDataTypeFilter

from pathway_models.batch.fork_client import ServerGoneError
from pathway_models.core.errors import BatchError, InputError, PathwayError
from pathway_models.core.files import PARK_NOTEBOOK
from pathway_models.runs.folders import park_folder, partial_folder, remove
from pathway_models.runs.jobs import Job, Outcome
from pathway_models.runs.provenance import write_json

if TYPE_CHECKING:
    from jinja2.runtime import Context
    from nbformat import NotebookNode


#: Quietens notices that kernels print when they start and when they are shut down.
KERNEL_ARGUMENTS = ("--IPKernelApp.log_level=50",)
#: Errors that say something of the machine and nothing of the park: such a park is run again.
OF_THE_MACHINE = ("DeadKernelError", "CellTimeoutError", "MemoryError", "OSError", "KeyboardInterrupt")
#: What is kept of a park that failed.
KEPT_OF_A_FAILURE = ("notebook.ipynb", "notebook.html")


def check_parameters(parameters: dict[str, object], notebook: str | Path = PARK_NOTEBOOK) -> None:
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
        raise BatchError(f"{Path(notebook).name}: {'; '.join(wrong)}; its parameters are {', '.join(known)}")


def run_park(job: Job) -> Outcome:
    """Execute the batch notebook for one park; leave notebook, HTML, tables and record in its partial folder.

    Returns
    -------
    Outcome
        A failure is an outcome, not an exception: the failed notebook is kept with its traceback. Where not even
        that could be saved, no folder is left.
    """
    begin = time.perf_counter()
    refusal = _refusal(str(job.parameters["park"]))
    if refusal:
        return Outcome(job.park_id, "refused", round(time.perf_counter() - begin, 2), refusal)
    partial = partial_folder(Path(job.folder), job.park_id)
    try:
        remove(partial)
        partial.mkdir(parents=True)
        notebook, name, cause = _execute(job, partial)
        _export(notebook, partial)
        if cause:
            for path in partial.iterdir():
                if path.name not in KEPT_OF_A_FAILURE:
                    remove(path)
        status = "failed" if cause else "done"
        record = {"park_id": job.park_id, "key": job.key, "status": status, "cause": cause, "basis": job.basis}
        files = {path.name: path.stat().st_size for path in sorted(partial.iterdir())}
        write_json(partial / "record.json", {**record, "again": name in OF_THE_MACHINE, "files": files})
    except ServerGoneError:  # says nothing of the park, which another worker takes
        remove(partial)
        raise
    except Exception as error:  # whatever breaks one park must not break the others
        remove(partial)
        status, cause = "failed", f"{type(error).__name__}: {error}".splitlines()[0]
    return Outcome(job.park_id, status, round(time.perf_counter() - begin, 2), cause)


def _refusal(park: str) -> str:
    """Why a park's table cannot be run, in one line; empty when it can."""
    from pathway_models.intake.parks import read_park

    try:
        read_park(park)
    except InputError as error:
        more = f" (and {len(error.faults) - 1} more faults; see 'pathways check')" if len(error.faults) > 1 else ""
        return f"{error.faults[0]}{more}"
    except (PathwayError, OSError) as error:
        return str(error)
    return ""


def _execute(job: Job, folder: Path) -> tuple[NotebookNode, str, str]:
    """Run the notebook; return it with the name and the cause of a failure, empty when it ran through."""
    import nbformat
    import papermill
    from papermill.exceptions import PapermillExecutionError

    from pathway_models.batch.forked_engine import register

    register()
    target = folder / "notebook.ipynb"
    try:
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


def _export(notebook: NotebookNode, folder: Path) -> None:
    """Export an executed notebook as one HTML file, without starting another Python."""
    (folder / "notebook.html").write_text(to_html(notebook), encoding="utf-8")


def is_whole(folder: Path, park_id: str, files: dict[str, int]) -> bool:
    """Whether the files of a park's record are all there in full."""
    place = park_folder(folder, park_id)
    sizes = {name: (place / name).stat().st_size for name in files if (place / name).is_file()}
    return sizes == files


#: Notebooks here say below every figure what it shows.
ALT = "Figure; the sentence below says what it shows. 图：结论见其下文字。"
_REACHED = re.compile(r'<div class="([^"]*\b(?:jp-Cell-inputWrapper|jp-OutputArea-output)(?![\w-])[^"]*)"([^>]*)>')
_IMAGE = re.compile(r"<img(?![^>]*\balt=)([^>]*)>")
#: Stands for an image while the page is made, so that a megabyte of it need not be searched; private to this file.
_PLACE = "\ue0f0{}\ue0f1"
_PLACES = re.compile(_PLACE.format(r"(\d+)"))


class PageExporter(HTMLExporter):
    """nbconvert's HTML exporter without its second pass, which reads the finished page of a megabyte again.

    What that pass adds (places for the keyboard, descriptions of images) is put in while the page is text.
    Cells that many notebooks share are coloured once a process.  The notebook is copied once and not checked against
    its grammar, which was done when it was written.
    """

    def default_filters(self) -> Iterator[tuple[str, Any]]:
        """Yield the filters of nbconvert, with a memory for code and texts."""
        yield from super().default_filters()
        told = lru_cache(maxsize=512)(lambda source: self.markdown2html({}, source))

        @pass_context
        def markdown2html(context: Context, source: str) -> str:
            attached = context.get("cell", {}).get("attachments")
            return self.markdown2html(context, source) if attached else told(source)

        yield "markdown2html", markdown2html
        yield "clean_html", lru_cache(maxsize=512)(clean_html)
        coloured = lru_cache(maxsize=512)(Highlight2HTML(pygments_lexer="ipython3", parent=self))
        yield "highlight_code", lambda source, language=None, metadata=None: coloured(source, language)

    def from_notebook_node(
        self, nb: NotebookNode, resources: dict[str, Any] | None = None, **options: Any
    ) -> tuple[str, dict[str, Any]]:
        """Render a notebook."""
        resources = self._init_resources(resources)
        widgets = WidgetsDataTypeFilter(notebook_metadata=self._nb_metadata, parent=self, resources=resources)
        self.register_filter("filter_data_type", widgets)
        page, resources = TemplateExporter.from_notebook_node(self, nb, resources, **options)
        page = _REACHED.sub(r'<div class="\1"\2 tabindex="0">', page)
        page = _IMAGE.sub(rf'<img alt="{ALT}"\1>', page)
        images = resources["images"]
        return _PLACES.sub(lambda place: images[int(place.group(1))], page), resources

    def _preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> tuple[NotebookNode, dict[str, Any]]:
        """Run the preprocessors that are switched on over a notebook that is already a copy, images set aside."""
        for preprocessor in self._preprocessors:
            if preprocessor.enabled:
                nb, resources = preprocessor.preprocess(nb, resources)
        resources["images"] = []
        for output in (output for cell in nb.cells for output in cell.get("outputs", ())):
            data = output.get("data", {})
            for kind in ("image/png", "image/jpeg"):
                if isinstance(data.get(kind), str):
                    resources["images"].append(data[kind])
                    data[kind] = _PLACE.format(len(resources["images"]) - 1)
        return nb, resources


@cache
def _exporter() -> PageExporter:
    return PageExporter(embed_images=True, exclude_input_prompt=True, exclude_output_prompt=True)


def to_html(notebook: NotebookNode | None) -> str:
    """Render an executed notebook; with ``None`` the batch notebook as it is, since the first page is the slowest."""
    if notebook is None:
        import nbformat

        from pathway_models.core.files import PARK_NOTEBOOK

        notebook = nbformat.read(PARK_NOTEBOOK, as_version=4)
    return _exporter().from_notebook_node(notebook)[0]
