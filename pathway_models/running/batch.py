"""All parks: checked first, run in parallel, failures kept to themselves."""

from __future__ import annotations

import multiprocessing
import shutil
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from pathlib import Path

from pathway_models.foundations.errors import BatchError, Fault, InputError, PathwayError
from pathway_models.intake.library import read_scenarios
from pathway_models.intake.parks import read_park, table_of
from pathway_models.running.execution import Outcome, check_parameters, run_park
from pathway_models.running.provenance import describe_run, write_json


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

    def parameters(self) -> dict[str, object]:
        """Parameters of the notebook that are the same for all parks."""
        scenarios = list(self.scenarios or read_scenarios())
        same = {name: getattr(self, name) for name in ("members", "seed", "until", "before", "lang")}
        return {"scenarios": scenarios, **same}


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
        return all(outcome.status == "done" for outcome in self.ordered())


def park_id_of(park: str) -> str:
    """Folder name of a park given by id or by path."""
    return Path(park).stem if park.endswith((".csv", ".xlsx")) else park


def run_parks(request: Request, folder: Path, report: Callable[[Outcome], None] = lambda outcome: None) -> Run:
    """Run the batch notebook for every park asked for.

    Parameters
    ----------
    request : Request
    folder : Path
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
    parameters = _checked(request)
    folder.mkdir(parents=True, exist_ok=True)
    run = Run(request, folder)
    ready = []
    for park in request.parks:
        cause = _refusal(park)
        if cause:
            run.outcomes[park_id_of(park)] = Outcome(park_id_of(park), "refused", 0.0, cause)
            report(run.outcomes[park_id_of(park)])
        else:
            ready.append(park)
    tables = [table_of(park) for park in ready]
    write_json(folder / "run.json", describe_run({"parks": list(request.parks), **parameters}, tables))
    try:
        for outcome in _outcomes(ready, folder, parameters, request):
            run.outcomes[outcome.park_id] = outcome
            report(outcome)
    except KeyboardInterrupt:
        pass
    for partial in folder.glob(".*.partial"):
        shutil.rmtree(partial, ignore_errors=True)
    return run


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
    read_scenarios().pick(list(request.scenarios))
    unknown = [fault for park in request.parks for fault in _unknown(park)]
    if unknown:
        raise BatchError("\n".join(str(fault) for fault in unknown))
    parameters = request.parameters()
    check_parameters({**parameters, "park": names[0], "out": ""})
    return parameters


def _unknown(park: str) -> tuple[Fault, ...]:
    """Faults of a park that is not there at all; faults of its table are another matter."""
    try:
        table_of(park)
    except InputError as error:
        return error.faults
    return ()


def _refusal(park: str) -> str:
    """Why a park's table cannot be run, in one line; empty when it can."""
    try:
        read_park(park)
    except InputError as error:
        more = f" (and {len(error.faults) - 1} more faults; see 'pathways check')" if len(error.faults) > 1 else ""
        return f"{error.faults[0]}{more}"
    except PathwayError as error:
        return str(error)
    return ""


def _outcomes(parks: Sequence[str], folder: Path, parameters: dict[str, object], request: Request) -> Iterator[Outcome]:
    """Outcomes as they come; where a process dies, the parks it took along get one of their own each."""
    lost: list[str] = []
    yield from _pooled(parks, folder, parameters, request, request.workers, lost)
    for park in lost:
        dead: list[str] = []
        yield from _pooled([park], folder, parameters, request, 1, dead)
        for name in dead:
            cause = "the process that ran the notebook died (out of memory, or killed from outside)"
            yield Outcome(park_id_of(name), "failed", 0.0, cause)


def _pooled(
    parks: Sequence[str],
    folder: Path,
    parameters: dict[str, object],
    request: Request,
    workers: int,
    lost: list[str],
) -> Iterator[Outcome]:
    """Outcomes of parks run in a pool of fresh processes; parks whose process died go to ``lost``."""
    spawn = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(max_workers=min(workers, max(len(parks), 1)), mp_context=spawn)
    waiting: dict[Future[Outcome], str] = {}
    try:
        for park in parks:
            given = {**parameters, "park": park}
            waiting[pool.submit(run_park, park_id_of(park), folder, given, request.timeout)] = park
        for future in as_completed(waiting):
            try:
                yield future.result()
            except BrokenProcessPool:
                lost.append(waiting[future])
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
