"""All parks: what is unchanged left alone, the rest run in parallel, failures kept to themselves."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from pathway_models.foundations.errors import BatchError, Fault, InputError
from pathway_models.intake.paths import PARK_NOTEBOOK
from pathway_models.intake.register import name_anywhere, table_of
from pathway_models.running.execution import check_parameters
from pathway_models.running.fork_client import call_preloaded
from pathway_models.running.fork_server import can_fork
from pathway_models.running.jobs import Job, Outcome, park_id_of
from pathway_models.running.park_worker import preload_parks, start_servers
from pathway_models.running.provenance import content_hash, describe_run, write_json
from pathway_models.running.resuming import Basis, Step, decide
from pathway_models.running.run_folders import RunFolder, locked, partial_folder, remove, tidy
from pathway_models.running.scheduling import local, papermill_engine

#: Threads that wait for the disk while workers go on.
PUBLISHERS = 2
Report = Callable[[Outcome], None]


@dataclass(frozen=True)
class Request:
    """What a run was asked to do.

    Parameters
    ----------
    parks : tuple of str
        Ids of the register, or paths of tables.
    scenarios : tuple of str
        Empty for all.
    members, seed, until, before : int
    lang : {"en", "zh"}
    workers : int
    timeout : int
        Seconds one cell of a notebook may take.
    engine : {"fork", "papermill"}
    scheduler : str
        Address of a Dask scheduler; empty for this machine.
    force, retry_failed : bool
        Run unchanged parks again; run parks again that failed unchanged.
    memory : float
        Largest address space of a notebook, GB; 0 for no limit.
    scenario_file : str
        A scenario file of the user's own; empty for the shipped one.
    notebook : Path
    """

    parks: tuple[str, ...]
    scenarios: tuple[str, ...] = ()
    members: int = 1000
    seed: int = 20240401
    until: int = 2060
    before: int = 2030
    lang: str = "en"
    workers: int = 1
    timeout: int = 600
    engine: str = "fork"
    scheduler: str = ""
    force: bool = False
    retry_failed: bool = False
    memory: float = 0
    scenario_file: str = ""
    notebook: Path = PARK_NOTEBOOK

    def parameters(self) -> dict[str, object]:
        """Parameters of the notebook that are the same for all parks."""
        from pathway_models.intake.library import read_scenarios

        given = {"scenario_file": os.path.abspath(self.scenario_file)} if self.scenario_file else {}
        scenarios = list(self.scenarios or read_scenarios(self.scenario_file or None))
        same = {name: getattr(self, name) for name in ("members", "seed", "until", "before", "lang")}
        return {"scenarios": scenarios, **same, **given}


@dataclass
class Run:
    """A run in progress: outcomes in the order of the request, whatever order they come in."""

    request: Request
    folder: Path
    outcomes: dict[str, Outcome] = field(default_factory=dict)

    def ordered(self) -> list[Outcome]:
        """Outcomes in the order of the request; parks not reached are ``cancelled``."""
        ids = [park_id_of(park) for park in self.request.parks]
        return [self.outcomes.get(name, Outcome(name, "cancelled", 0.0, "the run was stopped")) for name in ids]

    @property
    def complete(self) -> bool:
        """Whether everything asked for came out."""
        return all(outcome.came_out for outcome in self.ordered())


def plan(request: Request, folder: Path) -> list[tuple[Step, Job]]:
    """What a run would do for each park, and why; nothing is started or written.

    Raises
    ------
    BatchError, ScenarioError
        The request itself is wrong.
    """
    parameters = _checked(request)
    basis = Basis(parameters, request.notebook)
    engine = papermill_engine(request.engine if can_fork() else "papermill")
    steps = []
    for park in request.parks:
        table = table_of(park)
        of_park = basis.of(table)
        job = Job(
            park_id=park_id_of(park),
            folder=str(folder.absolute()),
            # A table of one's own is read from its place wherever the notebook runs; the basis knows it by content.
            parameters={**parameters, "park": name_anywhere(park)},
            key=content_hash(of_park),
            engine=engine,
            timeout=request.timeout,
            memory=int(request.memory * 2**30),
            notebook=str(request.notebook),
            basis=of_park,
        )
        options = {"force": request.force, "retry_failed": request.retry_failed}
        steps.append((decide(folder, job.park_id, of_park, **options), job))
    return steps


def run_parks(request: Request, folder: Path | RunFolder, report: Report = lambda outcome: None) -> Run:
    """Run the batch notebook for every park asked for.

    Parameters
    ----------
    request : Request
    folder : Path or RunFolder
        Folder of the run; each park gets ``folder/<park_id>/``.
    report : callable
        Called with each outcome as it comes.

    Returns
    -------
    Run
        Also when stopped by Ctrl-C: what was finished is kept, the rest is ``cancelled``.

    Raises
    ------
    BatchError, ScenarioError
        The request itself is wrong: nothing was started.
    """
    place = folder if isinstance(folder, RunFolder) else RunFolder(folder)
    parameters = _checked(request)  # before anything is made on disk
    with locked(place.folder):
        tidy(place.folder)
        steps = plan(request, place.folder)
        jobs = [job for step, job in steps if step.action == "run"]
        tables = [table_of(park) for park in request.parks]
        about = describe_run({"parks": list(request.parks), **parameters}, tables, request.notebook)
        if jobs:
            _check_parameters(jobs[0], request)
        write_json(place.folder / "run.json", about)
        run = Run(request, place.folder)
        settle = _Settling(run, place, report)
        for step, _ in steps:
            if step.action != "run":
                status = "unchanged" if step.action == "unchanged" else "failed"
                settle.note(Outcome(step.park_id, status, 0.0, step.cause and f"{step.cause} ({step.why})"))
        with ThreadPoolExecutor(PUBLISHERS) as publishers:
            try:
                for outcome in _outcomes(jobs, request):
                    publishers.submit(settle, outcome)
            except KeyboardInterrupt:
                pass
        tidy(place.folder)
    return run


@dataclass
class _Settling:
    """Puts finished parks in their places, and tells of them."""

    run: Run
    place: RunFolder
    report: Report

    def __call__(self, outcome: Outcome) -> None:
        partial = partial_folder(self.run.folder, outcome.park_id)
        try:
            if partial.is_dir():
                self.place.publish(outcome.park_id)
        except OSError as error:
            remove(partial)
            outcome = Outcome(outcome.park_id, "failed", outcome.seconds, f"{type(error).__name__}: {error}")
        self.note(outcome)

    def note(self, outcome: Outcome) -> None:
        """Keep and tell an outcome."""
        self.run.outcomes[outcome.park_id] = outcome
        self.report(outcome)


def _outcomes(jobs: Sequence[Job], request: Request) -> Iterator[Outcome]:
    if not jobs:
        return iter(())
    if request.scheduler:
        from pathway_models.running.cluster import on_cluster

        return on_cluster(jobs, request.scheduler)
    return local(jobs, request.workers, request.engine)


def _checked(request: Request) -> dict[str, object]:
    """The notebook's parameters, once the request has been found sound."""
    names = [park_id_of(park) for park in request.parks]
    doubled = sorted({name for name in names if names.count(name) > 1})
    if doubled:
        raise BatchError(f"asked for twice: {', '.join(doubled)}; name each park once")
    if not names:
        raise BatchError("no park to run: name parks or ask for all")
    if request.workers < 1 or request.members < 1 or request.seed < 0:
        raise BatchError("workers and members must be at least 1, seed at least 0")
    if request.memory < 0 or request.timeout < 1:
        raise BatchError("timeout must be at least 1 second, memory not below 0")
    from pathway_models.intake.library import read_scenarios

    read_scenarios(request.scenario_file or None).pick(list(request.scenarios))
    unknown = [fault for park in request.parks for fault in _unknown(park)]
    if unknown:
        raise BatchError("\n".join(str(fault) for fault in unknown))
    return request.parameters()


def _check_parameters(job: Job, request: Request) -> None:
    """See that the notebook has the parameters; asked of a fork server, where papermill is there already."""
    if request.engine == "fork" and can_fork() and not request.scheduler:
        start_servers()
    given = {**job.parameters, "out": "."}
    call_preloaded(preload_parks, check_parameters, given, job.notebook)


def _unknown(park: str) -> tuple[Fault, ...]:
    """Faults of a park that is not there at all; faults of its table are another matter."""
    try:
        table_of(park)
    except InputError as error:
        return error.faults
    return ()
