"""Scheduling of parks on workers of this machine: forked from a fork server, or ordinary processes with kernels.

One fork server, with papermill and the exporter, forks the workers; a second one, the server of cells, forks the
children that run their notebooks.

Jobs on an existing Dask cluster: tables are sent with the job, whole folders returned.
"""

import contextlib
import io
import multiprocessing
import os
import sys
import tempfile
import threading
import zipfile
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, replace
from functools import partial
from importlib import import_module
from importlib.util import find_spec
from itertools import islice
from multiprocessing.connection import Connection, wait
from pathlib import Path
from types import ModuleType
from typing import Any

import pathway_models as pw
from pathway_models.batch import execution, fork_client, fork_server
from pathway_models.console.cli_language import mistake_text
from pathway_models.core import BatchError, keep_freed_memory
from pathway_models.core.files import PARK_NOTEBOOK
from pathway_models.intake.register import table_of
from pathway_models.runs import folders, provenance, store

#: papermill engines by the choices of ``--engine``.
ENGINES = {"fork": "pathways-fork", "papermill": "pathways-kernel"}
#: Attempts of a task whose worker dies.
TRIES = 2
#: Package with jsonschema's grammar of internationalised addresses.
GRAMMAR = "rfc3987_syntax"
DIED = "the process that ran the notebook died"


class SpawnedWorker:
    """Worker in a separate Python process, where forking is not possible or not needed.

    Parameters
    ----------
    work : callable
        Called with each task; its result is sent back.
    """

    def __init__(self, work: Callable[[Any], Any]) -> None:
        spawn = multiprocessing.get_context("spawn")
        self.channel, far = spawn.Pipe()
        self._process = spawn.Process(target=_serve_tasks, args=(far, work))
        self._process.start()
        far.close()

    def how_it_ended(self) -> str:
        """Describe how the worker ended, as far as known."""
        return "out of memory, or killed from outside"

    def kill(self) -> None:
        """End the worker, once it has finished its task."""
        self.channel.close()
        self._process.join()


Worker = fork_client.Child | SpawnedWorker


def _serve_tasks(channel: Connection, work: Callable[[Any], Any]) -> None:
    """Work on received tasks until the connection is closed."""
    keep_freed_memory()
    with contextlib.suppress(EOFError, ConnectionError, KeyboardInterrupt):
        while True:
            channel.send(work(channel.recv()))


class Workers:
    """Pool of processes that each work on one task at a time; one that dies loses only its task.

    Parameters
    ----------
    start : callable
        Starts one.
    """

    def __init__(self, start: Callable[[], Worker]) -> None:
        self.start = start
        self._idle: list[Worker] = []

    def run(self, tasks: Iterable[Any], count: int) -> Iterator[tuple[Any, Any, str]]:
        """Hand tasks to ``count`` workers.

        Parameters
        ----------
        tasks : iterable
            Consumed on demand, one per worker ahead, so that a generator may make them.
        count : int

        Yields
        ------
        task
        result
            As they come; None where the worker died, and another one after it.
        end : str
            End of a worker that died.
        """
        source, waiting = iter(tasks), deque[tuple[Any, int]]()
        busy: dict[object, tuple[Worker, Any, int]] = {}
        try:
            while True:
                waiting.extend((task, TRIES) for task in islice(source, max(0, count - len(waiting))))
                while waiting and len(busy) < count:
                    worker, (task, tries) = self._free(), waiting.popleft()
                    busy[worker.channel] = worker, task, tries - 1
                    with contextlib.suppress(OSError):  # it died while idle: detected on reading
                        worker.channel.send(task)
                if not busy:
                    return
                for channel in wait(list(busy)):
                    worker, task, tries = busy.pop(channel)
                    result, end = self._result(worker)
                    if result is None and tries:
                        waiting.appendleft((task, tries))
                    else:
                        yield task, result, end
        finally:
            for worker, _, _ in busy.values():
                worker.kill()

    def _free(self) -> Worker:
        """Return an idle worker that is alive; start one where there is none."""
        while self._idle:
            worker = self._idle.pop()
            # An idle worker sends nothing; one that can be read has died.
            if not worker.channel.poll():
                return worker
            worker.kill()
        return self.start()

    def _result(self, worker: Worker) -> tuple[Any, str]:
        """Receive a worker's result; None and how it ended, where it or the server it relies on died."""
        try:
            result, end = worker.channel.recv(), fork_client.GONE
        except (EOFError, OSError):
            result, end = None, worker.how_it_ended()
        else:
            if result is None:
                fork_client.close_server(worker.relies_on)
        if result is None:
            worker.kill()
            return None, end
        self._idle.append(worker)
        return result, ""

    def close(self) -> None:
        """End all idle workers, side by side."""
        for worker in self._idle:
            worker.channel.close()
        while self._idle:
            self._idle.pop().kill()


def preload_parks() -> None:
    """Import the modules that run a park around its notebook, and build the exporter."""
    substitute = _deferred_grammar() if find_spec(GRAMMAR) else None
    with _replaced(GRAMMAR, substitute), _replaced("pyarrow.fs", None):  # notebooks of workers are local files
        import_module("papermill")
    import_module("pathway_models.batch.forked_engine")
    import_module("pathway_models.batch.notebook_page").to_html(None)
    # Faults of the data are reported by the park that reads it, not here.
    with contextlib.suppress(Exception):
        pw.read_park(import_module("pathway_models.batch.preload").first_park())
        pw.read_scenarios()
        import_module("pathway_models.batch.answer_card").card_of("", "", {}, 0, "en")
        import_module("pathway_models.documents.page_fonts").font_face("")


#: Preload of the server of parks, whose workers run notebooks in children of the server of cells.
PARKS = f"{__name__}:{preload_parks.__name__}"


def start_servers() -> None:
    """Start the servers of cells and of parks, which get ready side by side."""
    for preload in (fork_client.CELLS, PARKS):
        fork_client.shared_server(preload)


def fork_worker() -> fork_client.Child:
    """Fork a worker that runs parks; their notebooks run in children of the server of cells."""
    parks, cells = fork_client.shared_server(PARKS), fork_client.shared_server(fork_client.CELLS)
    descriptor = cells.introduce()
    try:
        worker = parks.fork(f"{__name__}:{serve_parks.__name__}", descriptor)
    finally:
        os.close(descriptor)
    worker.relies_on = cells
    return worker


def serve_parks(channel: int, cells: int) -> None:
    """Run every park asked for until the connection is closed or the server of cells is gone.

    Parameters
    ----------
    channel : int
        Descriptor of the connection, which brings jobs and takes outcomes: None for a park that another worker must
        take, since the server of cells is gone.
    cells : int
        Descriptor through which the server of cells is asked for children.
    """
    fork_client.adopt(fork_client.CELLS, cells)
    connection = Connection(channel)
    with contextlib.suppress(EOFError):
        while True:
            try:
                connection.send(execution.run_park(connection.recv()))
            except fork_client.ServerGoneError:
                connection.send(None)
                return


@contextlib.contextmanager
def _replaced(name: str, substitute: ModuleType | None) -> Iterator[None]:
    """Substitute a module that is not loaded yet for imports; None hides it."""
    if name in sys.modules:
        yield
        return
    sys.modules[name] = substitute
    try:
        yield
    finally:
        del sys.modules[name]


def _deferred_grammar() -> ModuleType:
    """Build a stand-in for jsonschema's grammar of international addresses, a second's work, which loads it on use."""
    module = ModuleType(GRAMMAR)
    module.is_valid_syntax = lambda *given: import_module(GRAMMAR).is_valid_syntax(*given)
    return module


def outcomes(workers: Workers, jobs: Iterable[folders.Job], count: int) -> Iterator[folders.Outcome]:
    """Yield outcomes of parks run by forked workers, as they come."""
    for job, outcome, end in workers.run(jobs, count):
        yield outcome or folders.Outcome(job.park_id, "failed", 0.0, f"{DIED}: {end}")


def forked(jobs: Iterable[folders.Job], count: int) -> Iterator[folders.Outcome]:
    """Yield outcomes of parks run by forked workers, which end with the last of them."""
    with contextlib.closing(Workers(fork_worker)) as workers:
        yield from outcomes(workers, jobs, count)


def in_kernels(jobs: Iterable[folders.Job], count: int) -> Iterator[folders.Outcome]:
    """Yield outcomes of parks run by ordinary processes with ordinary kernels, as they come."""
    with contextlib.closing(Workers(partial(SpawnedWorker, _run_in_kernel))) as workers:
        for job, outcome, end in workers.run(jobs, count):
            yield outcome or folders.Outcome(job.park_id, "failed", 0.0, f"{DIED} ({end})")


def _run_in_kernel(job: folders.Job) -> folders.Outcome:
    """Run a park with one thread a kernel."""
    os.environ.update(fork_server.PINNED)
    return execution.run_park(job)


def unsafe_fork() -> fork_client.UnsafeForkError | None:
    """Return the error that forbids forking workers and notebooks here, if any; wait until both servers are ready."""
    return fork_client.refusal(fork_client.CELLS) or fork_client.refusal(PARKS)


def local(jobs: Sequence[folders.Job], workers: int, engine: str) -> Iterator[folders.Outcome]:
    """Yield outcomes of parks run on this machine, forked where that is wanted and safe."""
    if engine == "fork" and fork_server.can_fork():
        refused = unsafe_fork()
        if refused is None:
            return forked(jobs, workers)
        print(mistake_text(refused), file=sys.stderr)
        jobs = [replace(job, engine=ENGINES["papermill"]) for job in jobs]
    return in_kernels(jobs, workers)


def papermill_engine(engine: str) -> str:
    """Look up the papermill engine behind ``--engine``.

    Raises
    ------
    BatchError
        There is no such engine.
    """
    if engine not in ENGINES:
        raise BatchError(f"no engine {engine!r}; there are {', '.join(ENGINES)}")
    return ENGINES[engine]


#: Seconds to wait for the scheduler to answer.
CONNECTING = 20
#: Forked workers that this worker keeps from one park to the next.
_workers = Workers(fork_worker)
_alone = threading.Lock()


def on_cluster(jobs: Sequence[folders.Job], address: str) -> Iterator[folders.Outcome]:
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


def _files(job: folders.Job) -> dict[str, bytes]:
    """Read a park's table with the files beside it, and files of one's own; the worker has what is shipped."""
    park = str(job.parameters["park"])
    paths = [Path(str(job.parameters[name])) for name in store.OWN_FILES if job.parameters.get(name)]
    if park.endswith((".csv", ".xlsx")):
        table = table_of(park)
        paths += [path for path in table.parent.glob(f"{table.stem}.*") if path.is_file()]
    return {path.name: path.read_bytes() for path in paths}


def _received(future: object, job: folders.Job) -> folders.Outcome:
    """Unpack what a worker has sent into the park's partial folder."""
    partial = folders.partial_folder(Path(job.folder), job.park_id)
    try:
        outcome, archive = future.result()
        folders.remove(partial)
        if archive:
            with zipfile.ZipFile(io.BytesIO(archive)) as files:
                files.extractall(partial)
        return folders.Outcome(**outcome)
    except Exception as error:  # the worker died, or was stopped by its cluster, or the disk is full here
        folders.remove(partial)
        return folders.Outcome(job.park_id, "failed", 0.0, f"{type(error).__name__}: {error}".splitlines()[0])


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
    job = folders.Job(**record)
    difference = _difference(job)
    if difference:
        return asdict(folders.Outcome(job.park_id, "failed", 0.0, difference)), b""
    with tempfile.TemporaryDirectory(prefix="pathways-") as place:
        folder = Path(place)
        for file, content in sent.items():
            (folder / file).write_bytes(content)
        given = dict(job.parameters)
        for name in ("park", *store.OWN_FILES):
            if Path(str(given.get(name, ""))).name in sent:
                given[name] = str(folder / Path(str(given[name])).name)
        job = replace(job, folder=str(folder), parameters=given, notebook=_notebook_here(job))
        outcome = _run(job)
        partial = folders.partial_folder(folder, job.park_id)
        archive = io.BytesIO()
        if partial.is_dir():
            with zipfile.ZipFile(archive, "w", zipfile.ZIP_STORED) as files:
                for path in sorted(partial.iterdir()):
                    files.write(path, path.name)
        return asdict(outcome), archive.getvalue()


def _difference(job: folders.Job) -> str:
    """Return why this worker would not reproduce the caller's results; empty when it would."""
    inputs = job.basis["inputs"]
    other = sorted(name for name, hashed in provenance.shared_inputs().items() if inputs.get(name) != hashed)
    if job.basis["code"] != provenance.code_hash():
        other.insert(0, "the package")
    return f"the worker has other versions of {', '.join(other)}; install the same there" if other else ""


def _notebook_here(job: folders.Job) -> str:
    """Find the notebook at this worker: the same file of the same repository."""
    here = Path(job.notebook)
    return str(here if here.is_file() else PARK_NOTEBOOK)


def _run(job: folders.Job) -> folders.Outcome:
    """Run a park in a forked worker of this worker, or, where forking is not possible, in a kernel of its own."""
    if not fork_server.can_fork() or unsafe_fork():
        with _alone:
            return execution.run_park(replace(job, engine="pathways-kernel"))
    (outcome,) = outcomes(_workers, [job], 1)
    return outcome
