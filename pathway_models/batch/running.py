"""A run of many parks: unchanged ones are skipped, the rest run in parallel, failures stay with their park.

Each park runs in the batch notebook (`run_parks`), or for its tables alone (`run_tables`): no notebook, no figure, and
memory that does not grow with the number of parks.
"""

import os
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, TextIO

import pathway_models as pw
from pathway_models.batch import execution, fork_client, fork_server, scheduling
from pathway_models.core import BatchError, Fault, InputError, ScenarioError, files, present_year
from pathway_models.intake.parks import ids_of, same_ids
from pathway_models.intake.register import name_anywhere, table_of
from pathway_models.records import Park, Scenario, Scenarios, peaks
from pathway_models.runs import folders, provenance, store, tables

#: Inputs common to all parks, as they are named to the user.
PARTS = {"parameters": "parameters", "code": "the package", "notebook": "the notebook", "versions": "package versions"}


@dataclass(frozen=True)
class Step:
    """Action to take for one park, and its reason.

    Parameters
    ----------
    action : {"run", "unchanged", "failed"}
        ``failed``: it failed before with the same inputs and is not run again.
    why : str
    cause : str
        Of the earlier failure.
    """

    park_id: str
    action: str
    why: str
    cause: str = ""


class Basis:
    """Inputs that results depend on, park by park; shared ones are read once.

    Parameters
    ----------
    parameters : mapping
        Of the notebook, the same for all parks.
    notebook : Path
    """

    def __init__(self, parameters: Mapping[str, object], notebook: Path) -> None:
        self.common: dict[str, Any] = {
            "parameters": dict(parameters),
            "code": provenance.code_hash(),
            "notebook": provenance.file_hash(notebook),
            "versions": provenance.versions(),
        }
        own = [Path(str(parameters[name])) for name in store.OWN_FILES if parameters.get(name)]
        self.shared = provenance.shared_inputs() | {path.name: provenance.file_hash(path) for path in own}

    def of(self, table: Path) -> dict[str, Any]:
        """Collect the inputs that one park's results depend on."""
        return {**self.common, "inputs": {**self.shared, **provenance.park_inputs(table)}}


def decide(
    folder: Path, park_id: str, basis: Mapping[str, Any], *, force: bool = False, retry_failed: bool = False
) -> Step:
    """Decide whether a park must be run.

    Failures of the machine (time-out, killed, memory, disk) are always retried; failures of a notebook, which would
    fail again, only on request.
    """
    if force:
        return Step(park_id, "run", "asked for by --force")
    record = provenance.read_park_record(folder, park_id)
    if record is None:
        return Step(park_id, "run", "no results yet")
    if record["key"] != provenance.content_hash(basis):
        return Step(park_id, "run", _changed(record.get("basis", {}), basis))
    if not provenance.is_whole(folder, park_id, record):
        return Step(park_id, "run", "files are missing, cut short or altered")
    if record["status"] == "done":
        return Step(park_id, "unchanged", "nothing has changed")
    if record["again"] or retry_failed:
        return Step(park_id, "run", f"it failed: {record['cause']}")
    return Step(park_id, "failed", "it failed before and nothing has changed; --retry-failed", record["cause"])


def _changed(before: Mapping[str, Any], now: Mapping[str, Any]) -> str:
    """Describe the changes."""
    was, is_now = before.get("inputs", {}), now["inputs"]
    names = sorted(name for name in {*was, *is_now} if was.get(name) != is_now.get(name))
    names += [word for part, word in PARTS.items() if before.get(part) != now[part]]
    shown = ", ".join(names[:4]) + (f" and {len(names) - 4} more" if len(names) > 4 else "")
    return f"changed: {shown}"


#: Threads that wait for the disk while workers continue.
PUBLISHERS = 2
Report = Callable[[folders.Outcome], None]


@dataclass(frozen=True)
class Request:
    """Options of a run.

    Parameters
    ----------
    parks : tuple of str
        Ids of the register, or paths of tables.
    scenarios : tuple of str
        Empty for all.
    members, seed, until, before : int
    as_of : int
        Issue year; the present year by default.
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
    lever_file : str
        Levers of the user's own, laid over the shipped ones; empty for none.
    notebook : Path
    """

    parks: tuple[str, ...]
    scenarios: tuple[str, ...] = ()
    members: int = 1000
    seed: int = 20240401
    until: int = 2060
    before: int = 2030
    as_of: int = field(default_factory=present_year)
    lang: str = "en"
    workers: int = 1
    timeout: int = 600
    engine: str = "fork"
    scheduler: str = ""
    force: bool = False
    retry_failed: bool = False
    memory: float = 0
    scenario_file: str = ""
    lever_file: str = ""
    notebook: Path = files.PARK_NOTEBOOK

    def parameters(self) -> dict[str, object]:
        """Return the parameters of the notebook that are the same for all parks."""
        given = {name: os.path.abspath(getattr(self, name)) for name in store.OWN_FILES if getattr(self, name)}
        scenarios = list(self.scenarios or self.library())
        same = {name: getattr(self, name) for name in ("members", "seed", "until", "before", "as_of", "lang")}
        return {"scenarios": scenarios, **same, **given}

    def library(self) -> Scenarios:
        """Read the scenarios it may choose from, with their levers."""
        return pw.read_scenarios(self.scenario_file or None, self.lever_file or None)


@dataclass
class Run:
    """A run in progress, with outcomes in the order of the request."""

    request: Request
    folder: Path
    outcomes: dict[str, folders.Outcome] = field(default_factory=dict)

    def ordered(self) -> list[folders.Outcome]:
        """Return outcomes in the order of the request; parks not reached are ``cancelled``."""
        ids = [folders.park_id_of(park) for park in self.request.parks]
        return [self.outcomes.get(name, folders.Outcome(name, "cancelled", 0.0, "the run was stopped")) for name in ids]

    @property
    def complete(self) -> bool:
        """True when every park asked for came out."""
        return all(outcome.came_out for outcome in self.ordered())


def plan(request: Request, folder: Path) -> list[tuple[Step, folders.Job]]:
    """List the action a run would take for each park, and why; nothing is started or written.

    Raises
    ------
    BatchError, ScenarioError
        The request itself is wrong.
    """
    parameters = _checked(request)
    basis = Basis(parameters, request.notebook)
    engine = scheduling.papermill_engine(request.engine if fork_server.can_fork() else "papermill")
    steps = []
    for park in request.parks:
        table = table_of(park)
        of_park = basis.of(table)
        job = folders.Job(
            park_id=folders.park_id_of(park),
            folder=str(folder.absolute()),
            # A user's own table is read from its path wherever the notebook runs; the basis has its hash.
            parameters={**parameters, "park": name_anywhere(park)},
            key=provenance.content_hash(of_park),
            engine=engine,
            timeout=request.timeout,
            memory=int(request.memory * 2**30),
            notebook=str(request.notebook),
            basis=of_park,
        )
        options = {"force": request.force, "retry_failed": request.retry_failed}
        steps.append((decide(folder, job.park_id, of_park, **options), job))
    return steps


def run_parks(
    request: Request,
    folder: Path | folders.RunFolder,
    report: Report = lambda outcome: None,
    stop: fork_server.Stop | None = None,
) -> Run:
    """Run the batch notebook for every park asked for.

    Parameters
    ----------
    request : Request
    folder : Path or RunFolder
        Folder of the run; each park gets ``folder/<park_id>/``.
    report : callable
        Called with each outcome as it comes.
    stop : Stop, optional
        One that records the signals of the caller's program.

    Returns
    -------
    Run
        Also when stopped at any moment: finished parks are kept, the rest are ``cancelled``.

    Raises
    ------
    BatchError, ScenarioError
        The request is invalid; nothing was started.
    """
    place = folder if isinstance(folder, folders.RunFolder) else folders.RunFolder(folder)
    parameters, stop = _checked(request), stop or fork_server.Stop()  # before anything is written to disk
    with folders.locked(place.folder):
        folders.tidy(place.folder)
        steps = plan(request, place.folder)
        jobs = [job for step, job in steps if step.action == "run"]
        tables = [table_of(park) for park in request.parks]
        about = provenance.describe_run({"parks": list(request.parks), **parameters}, tables, request.notebook)
        if jobs:
            # The server that checks them may take long to get ready on a busy machine.
            stop.interruptible(partial(_check_parameters, jobs[0], request))
        # Recomputed parks get a new seal: an interrupted run must not keep the old one beside new results.
        stay = {step.park_id for step, _ in steps if step.action != "run"}
        seals = provenance.seals_in(place.folder)
        provenance.write_record(
            place.folder, about, earlier={park: seal for park, seal in seals.items() if park in stay}
        )
        for name in store.OWN_FILES:
            _keep(getattr(request, name), place.folder)
        run = Run(request, place.folder)
        publish = _Publisher(run, place, report)
        for step, _ in steps:
            if step.action != "run":
                status = "unchanged" if step.action == "unchanged" else "failed"
                publish.note(folders.Outcome(step.park_id, status, 0.0, step.cause and f"{step.cause} ({step.why})"))
        with ThreadPoolExecutor(PUBLISHERS) as publishers:

            def make() -> None:
                for outcome in _outcomes(jobs, request):
                    publishers.submit(publish, outcome)

            stop.interruptible(make)
        folders.tidy(place.folder)
        ended = {outcome.park_id: outcome.status for outcome in run.ordered() if outcome.came_out}
        made = [park for park, status in ended.items() if status == "done" or park not in seals]
        provenance.write_record(
            place.folder, about, made, {park: seal for park, seal in seals.items() if park in ended}
        )
    return run


@dataclass
class _Publisher:
    """Publisher of finished parks: moves their folders into place and reports them."""

    run: Run
    place: folders.RunFolder
    report: Report

    def __call__(self, outcome: folders.Outcome) -> None:
        partial = folders.partial_folder(self.run.folder, outcome.park_id)
        try:
            if partial.is_dir():
                self.place.publish(outcome.park_id)
        except OSError as error:
            folders.remove(partial)
            outcome = folders.Outcome(outcome.park_id, "failed", outcome.seconds, f"{type(error).__name__}: {error}")
        self.note(outcome)

    def note(self, outcome: folders.Outcome) -> None:
        """Record and report an outcome."""
        self.run.outcomes[outcome.park_id] = outcome
        self.report(outcome)


def _outcomes(jobs: Sequence[folders.Job], request: Request) -> Iterator[folders.Outcome]:
    if not jobs:
        return iter(())
    if request.scheduler:
        return scheduling.on_cluster(jobs, request.scheduler)
    return scheduling.local(jobs, request.workers, request.engine)


def _keep(given: str, folder: Path) -> None:
    """Copy an input file of a run into its folder, so that reports and exports find it after a move."""
    if given:
        (folder / provenance.KEPT_INPUTS).mkdir(exist_ok=True)
        copy = folder / provenance.KEPT_INPUTS / Path(given).name
        content = Path(given).read_bytes()
        if not copy.exists() or copy.read_bytes() != content:
            files.write_whole(copy, content)


def _check_scenarios(request: Request) -> None:
    """Refuse unknown scenarios; name the file of shipped ones that state drivers."""
    try:
        request.library().pick(list(request.scenarios))
    except ScenarioError as error:
        stating = set() if request.scenario_file else {*pw.read_scenarios("drivers")} - {*request.library()}
        named = [name for name in request.scenarios if name in stating]
        if not named:
            raise
        raise ScenarioError(f"{error}; --scenario-file drivers has {', '.join(named)}") from None


def _checked(request: Request) -> dict[str, object]:
    """Check a request; return the notebook's parameters."""
    if not request.parks:
        raise BatchError("no park to run: name parks or ask for all")
    if request.workers < 1 or request.members < 1 or request.seed < 0:
        raise BatchError("workers and members must be at least 1, seed at least 0")
    if request.memory < 0 or request.timeout < 1:
        raise BatchError("timeout must be at least 1 second, memory not below 0")
    # Parks whose data end after the issue year are refused one by one.
    if wrong := peaks.refusal(request.before, request.as_of, request.as_of, request.until):
        raise BatchError(wrong)
    if request.scenario_file and Path(request.scenario_file).name == Path(request.lever_file).name:
        raise BatchError("the files of scenarios and levers have one name, and a run keeps one of each: rename one")
    _check_scenarios(request)
    unknown = [fault for park in request.parks for fault in _unknown(park)]
    if unknown:
        raise BatchError("\n".join(str(fault) for fault in unknown))
    _refuse_same_ids(request.parks)
    return request.parameters()


def _refuse_same_ids(parks: Iterable[str]) -> None:
    doubled = same_ids(parks)
    if doubled:
        told = [f"{name} ({', '.join(dict.fromkeys(of_id))})" for name, of_id in doubled.items()]
        raise BatchError(f"asked for twice: {', '.join(told)}; name each park once, give each table an id of its own")


def _check_parameters(job: folders.Job, request: Request) -> None:
    """Check that the notebook has the parameters; in a fork server, which has papermill already."""
    if request.engine == "fork" and fork_server.can_fork() and not request.scheduler:
        scheduling.start_servers()
    given = {**job.parameters, "out": "."}
    fork_client.call_preloaded(scheduling.PARKS, execution.check_parameters, given, job.notebook)


def _unknown(park: str) -> tuple[Fault, ...]:
    """List the faults of a park that does not exist; faults of its table are reported when it runs."""
    try:
        table_of(park)
    except InputError as error:
        return error.faults
    return ()


Given = Park | str | Path
#: Position of a park, the park as given, and whether one of its name came before.
Task = tuple[int, Given, bool]
#: Outcome of a park's run, and the lines of its summary with their header.
Result = tuple[folders.Outcome, list[str]]


def run_tables(
    parks: Iterable[Given],
    folder: str | Path,
    scenarios: Mapping[str, Scenario] | None = None,
    *,
    members: int = 1000,
    seed: int = 20240401,
    until: int = 2060,
    before: int = 2030,
    neutral: int = 2060,
    as_of: int | None = None,
    workers: int = 2,
    keep_members: bool = True,
    report: Callable[[folders.Outcome], None] = lambda outcome: None,
) -> store.StoredRun:
    """Run parks and write their tables; ``summary.csv`` and ``status.csv`` grow with each finished park.

    Parameters
    ----------
    parks : iterable of Park, str or Path
        Records, ids of the register or paths of tables; taken as they are needed, so that a generator may make them.
    folder : str or Path
        Of the run: must be new or empty.
    scenarios : mapping of Scenario, optional
        All shipped ones by default.
    members, seed, until, before, neutral : int
    as_of : int, optional
        Issue year; the present year by default.
    workers : int
        Processes.
    keep_members : bool
        Keep ``members.parquet`` of each park.
    report : callable
        Called with each outcome, in the order of the parks.

    Returns
    -------
    StoredRun

    Raises
    ------
    BatchError
        The folder holds something already, or a number is out of range.
    """
    folder = Path(folder)
    if workers < 1 or members < 1 or seed < 0:
        raise BatchError("workers and members must be at least 1, seed at least 0")
    if folder.exists() and any(folder.iterdir()):
        raise BatchError(f"{folder}: expected a new or empty folder; name another one")
    folder.mkdir(parents=True, exist_ok=True)
    chosen = dict(pw.read_scenarios() if scenarios is None else scenarios)
    ensemble = {"members": members, "seed": seed, "until": until}
    assumed = pw.read_assumptions(as_of=as_of)
    writing = {"before": before, "neutral": neutral, "keep_members": keep_members}
    record = {"scenarios": list(chosen), **ensemble, **writing, "as_of": assumed.issue_year}
    provenance.write_json(folder / "run.json", provenance.describe_run({"parks": [], **record}, []))
    seen: dict[str, Path] = {}
    run = partial(_run, folder=folder, scenarios=chosen, ensemble=ensemble, as_of=assumed.issue_year, **writing)
    with (
        closing(scheduling.Workers(partial(scheduling.SpawnedWorker, run))) as processes,
        _growing(folder / "status.csv") as status,
        _growing(folder / "summary.csv") as summary,
    ):
        status.write(",".join(tables.STATUS_COLUMNS) + "\n")
        for outcome, lines in _in_order(processes.run(_tasks(parks, seen), workers)):
            row = (outcome.park_id, outcome.status, f"{outcome.seconds:.2f}", outcome.cause)
            files.SheetWriter(status).row(row)
            summary.write("".join(lines[1:] if summary.tell() else lines))
            report(outcome)
    about = provenance.describe_run({"parks": list(seen), **record}, seen.values())
    provenance.write_record(folder, about, [folders.park_id_of(park) for park in seen], {})
    return store.open_run(folder)


def _name_of(given: Given) -> str:
    return given.park_id if isinstance(given, Park) else folders.park_id_of(str(given))


def _tasks(parks: Iterable[Given], seen: dict[str, Path]) -> Iterator[Task]:
    """Yield the parks on demand; only their names and tables stay in memory."""
    names: set[str] = set()
    for at, given in enumerate(parks):
        try:
            table = Path() if isinstance(given, Park) else table_of(str(given))
        except InputError:
            table = Path()  # reported with its faults when it runs
        seen[given.park_id if isinstance(given, Park) else str(given)] = table
        ids = {given.park_id.casefold()} if isinstance(given, Park) else ids_of(str(given))
        yield at, given, bool(ids & names)
        names |= ids


def _growing(path: Path) -> TextIO:
    """Open a table whose lines are in the file as soon as they are written."""
    return path.open("w", buffering=1, encoding="utf-8-sig", newline="")


def _in_order(done: Iterable[tuple[Task, Result | None, str]]) -> Iterator[Result]:
    """Sort results, which arrive as they finish, into the order of the parks."""
    held: dict[int, Result] = {}
    turn = 0
    for (at, given, _), result, end in done:
        held[at] = result or (
            folders.Outcome(_name_of(given), "failed", 0.0, f"the process that ran the park died ({end})"),
            [],
        )
        while turn in held:
            yield held.pop(turn)
            turn += 1


def _run(
    task: Task,
    *,
    folder: Path,
    scenarios: Mapping[str, Scenario],
    ensemble: Mapping[str, int],
    as_of: int,
    before: int,
    neutral: int,
    keep_members: bool,
) -> Result:
    """Run one park and publish its folder atomically."""
    # Deferred: runs of notebooks write their tables in other processes.
    from pathway_models.batch import results

    _, given, is_doubled = task
    park_id, begin = _name_of(given), time.perf_counter()
    if is_doubled:
        cause = "stands twice among the parks; name it once, or give its table an id of its own"
        return folders.Outcome(park_id, "refused", 0.0, cause), []
    status, cause, lines = "done", "", []
    unfinished, final = folders.partial_folder(folder, park_id), folders.park_folder(folder, park_id)
    folders.remove(unfinished)
    try:
        park = given if isinstance(given, Park) else pw.read_park(str(given))
        if wrong := peaks.refusal(before, as_of, park.last_observed_year, ensemble["until"]):
            return folders.Outcome(park_id, "refused", round(time.perf_counter() - begin, 2), wrong), []
        draws = pw.sample(park, scenarios, **ensemble, assumptions=pw.read_assumptions(as_of=as_of))
        pathways = pw.project(park, scenarios, draws, keep="totals")
        years = {"before": before, "neutral": neutral}
        read = pw.find_peaks(pathways, before=before)
        held = pw.survey(park, scenarios, draws, probabilities=(), before=before, drivers="hold").peaks
        found = {"held": held, "steps": pw.first_steps(park, scenarios, draws, read)}
        results.write_results(unfinished, park, scenarios, pathways, read, **years, members=keep_members, **found)
        lines = (unfinished / "summary.csv").read_text(encoding="utf-8-sig").splitlines(keepends=True)
        unfinished.rename(final)
    except InputError as error:
        status, cause = "refused", str(error.faults[0])
    except Exception as error:  # an error of one park must not stop the others
        status, cause = "failed", f"{type(error).__name__}: {error}".splitlines()[0]
    folders.remove(unfinished)
    return folders.Outcome(park_id, status, round(time.perf_counter() - begin, 2), cause), lines
