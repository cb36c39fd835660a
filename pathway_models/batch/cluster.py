"""Jobs on an existing Dask cluster: tables travel there with the job, whole folders come back."""

import io
import tempfile
import threading
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict, replace
from pathlib import Path

from pathway_models.batch.execution import run_park
from pathway_models.batch.fork_server import can_fork
from pathway_models.batch.scheduling import TRIES, Workers, fork_worker, outcomes, unsafe_fork
from pathway_models.core.errors import BatchError
from pathway_models.core.files import PARK_NOTEBOOK
from pathway_models.intake.register import table_of
from pathway_models.runs.folders import partial_folder, remove
from pathway_models.runs.jobs import Job, Outcome
from pathway_models.runs.provenance import code_hash, shared_inputs
from pathway_models.runs.store import OWN_FILES

#: Seconds to wait for the scheduler to answer.
CONNECTING = 20
#: Forked workers that this worker keeps from one park to the next.
_workers = Workers(fork_worker)
_alone = threading.Lock()


def on_cluster(jobs: Sequence[Job], address: str) -> Iterator[Outcome]:
    """Yield outcomes of parks run by the workers of a cluster, as they come; results are in the parks' partial folders.

    Raises
    ------
    BatchError
        ``distributed`` is not installed, or no scheduler answers.
    """
    try:
        from distributed import Client, as_completed
    except ImportError:
        raise BatchError("--scheduler needs the package distributed: install pathway_models[dask]") from None
    try:
        client = Client(address, timeout=CONNECTING, set_as_default=False)
    except (OSError, ValueError) as error:
        raise BatchError(f"--scheduler {address}: no scheduler answers ({error})") from None
    waiting = {}
    try:
        for job in jobs:
            future = client.submit(run_there, job.record(), _files(job), pure=False, retries=TRIES - 1)
            waiting[future.key] = (future, job)
        for future in as_completed([future for future, _ in waiting.values()], loop=client.loop):
            _, job = waiting.pop(future.key)
            yield _received(future, job)
            future.release()
    finally:
        client.cancel([future for future, _ in waiting.values()])
        client.close()


def _files(job: Job) -> dict[str, bytes]:
    """Read a park's table with the files beside it, and files of one's own; the worker has what is shipped."""
    park = str(job.parameters["park"])
    paths = [Path(str(job.parameters[name])) for name in OWN_FILES if job.parameters.get(name)]
    if park.endswith((".csv", ".xlsx")):
        table = table_of(park)
        paths += [path for path in table.parent.glob(f"{table.stem}.*") if path.is_file()]
    return {path.name: path.read_bytes() for path in paths}


def _received(future: object, job: Job) -> Outcome:
    """Unpack what a worker has sent into the park's partial folder."""
    partial = partial_folder(Path(job.folder), job.park_id)
    try:
        outcome, archive = future.result()
        remove(partial)
        if archive:
            with zipfile.ZipFile(io.BytesIO(archive)) as files:
                files.extractall(partial)
        return Outcome(**outcome)
    except Exception as error:  # the worker died, or was stopped by its cluster, or the disk is full here
        remove(partial)
        return Outcome(job.park_id, "failed", 0.0, f"{type(error).__name__}: {error}".splitlines()[0])


def run_there(record: dict[str, object], sent: dict[str, bytes]) -> tuple[dict[str, object], bytes]:
    """Run one park on a worker of the cluster.

    Parameters
    ----------
    record : dict
        The job.
    sent : dict of str to bytes
        Files that are not at the worker, by name.

    Returns
    -------
    outcome : dict
    archive : bytes
        The park's folder as an uncompressed zip file; empty where there is none.
    """
    job = Job(**record)
    difference = _difference(job)
    if difference:
        return asdict(Outcome(job.park_id, "failed", 0.0, difference)), b""
    with tempfile.TemporaryDirectory(prefix="pathways-") as place:
        folder = Path(place)
        for file, content in sent.items():
            (folder / file).write_bytes(content)
        given = dict(job.parameters)
        for name in ("park", *OWN_FILES):
            if Path(str(given.get(name, ""))).name in sent:
                given[name] = str(folder / Path(str(given[name])).name)
        job = replace(job, folder=str(folder), parameters=given, notebook=_notebook_here(job))
        outcome = _run(job)
        partial = partial_folder(folder, job.park_id)
        archive = io.BytesIO()
        if partial.is_dir():
            with zipfile.ZipFile(archive, "w", zipfile.ZIP_STORED) as files:
                for path in sorted(partial.iterdir()):
                    files.write(path, path.name)
        return asdict(outcome), archive.getvalue()


def _difference(job: Job) -> str:
    """Say why this worker would not reproduce the caller's results; empty when it would."""
    inputs = job.basis["inputs"]
    other = sorted(name for name, hashed in shared_inputs().items() if inputs.get(name) != hashed)
    if job.basis["code"] != code_hash():
        other.insert(0, "the package")
    return f"the worker has other versions of {', '.join(other)}; install the same there" if other else ""


def _notebook_here(job: Job) -> str:
    """Find the notebook at this worker: the same file of the same repository."""
    here = Path(job.notebook)
    return str(here if here.is_file() else PARK_NOTEBOOK)


def _run(job: Job) -> Outcome:
    """Run a park in a forked worker of this worker, or, where forking is not possible, in a kernel of its own."""
    if not can_fork() or unsafe_fork():
        with _alone:
            return run_park(replace(job, engine="pathways-kernel"))
    (outcome,) = outcomes(_workers, [job], 1)
    return outcome
