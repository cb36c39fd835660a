"""Many parks through the engine, tables only: no notebook, no figure, memory bounded however many parks there are."""

from __future__ import annotations

import csv
import multiprocessing
import shutil
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TextIO

from pathway_models.findings.peaks import find_peaks
from pathway_models.foundations.errors import BatchError, InputError
from pathway_models.intake.library import read_scenarios
from pathway_models.intake.parks import read_park
from pathway_models.intake.register import table_of
from pathway_models.projection.projecting import project
from pathway_models.projection.sampling import sample
from pathway_models.records.levers import Scenario
from pathway_models.records.park import Park
from pathway_models.running.jobs import Outcome
from pathway_models.running.provenance import describe_run, write_json
from pathway_models.running.results import write_results
from pathway_models.running.store import StoredRun, open_run
from pathway_models.running.summary import STATUS_COLUMNS

#: Parks handed out ahead of the one whose result is waited for, a worker.
AHEAD = 4
Given = Park | str | Path


@dataclass(frozen=True)
class Job:
    """What every park is run with; as the options of ``pathways run``."""

    folder: Path
    scenarios: Mapping[str, Scenario]
    members: int
    seed: int
    until: int
    before: int
    neutral: int
    keep_members: bool


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
    workers: int = 2,
    keep_members: bool = True,
    report: Callable[[Outcome], None] = lambda outcome: None,
) -> StoredRun:
    """Run parks and write their tables; ``summary.csv`` and ``status.csv`` grow by each park as it comes out.

    Parameters
    ----------
    parks : iterable of Park, str or Path
        Records, ids of the register or paths of tables; taken as they are needed, so that a generator may make them.
    folder : str or Path
        Of the run: must be new or empty.
    scenarios : mapping of Scenario, optional
        All shipped ones by default.
    members, seed, until, before, neutral : int
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
    chosen = dict(read_scenarios() if scenarios is None else scenarios)
    job = Job(folder, chosen, members, seed, until, before, neutral, keep_members)
    asked = {name: getattr(job, name) for name in ("members", "seed", "until", "before", "neutral", "keep_members")}
    record = {"scenarios": list(chosen), **asked}
    write_json(folder / "run.json", describe_run({"parks": [], **record}, []))
    seen: dict[str, Path] = {}
    with _growing(folder / "status.csv") as status, _growing(folder / "summary.csv") as summary:
        status.write(",".join(STATUS_COLUMNS) + "\n")
        for outcome, lines in _outcomes(_noted(parks, seen), job, workers):
            row = (outcome.park_id, outcome.status, f"{outcome.seconds:.2f}", outcome.cause)
            csv.writer(status, lineterminator="\n").writerow(row)
            summary.write("".join(lines[1:] if summary.tell() else lines))
            status.flush()
            summary.flush()
            report(outcome)
    write_json(folder / "run.json", describe_run({"parks": list(seen), **record}, seen.values()))
    return open_run(folder)


def name_of(given: Given) -> str:
    """Folder name of a park given as a record, by id or by path."""
    if isinstance(given, Park):
        return given.park_id
    return Path(given).stem if str(given).endswith((".csv", ".xlsx")) else str(given)


def _noted(parks: Iterable[Given], seen: dict[str, Path]) -> Iterator[Given]:
    """The parks as they are taken; of each only its name and its table stay in memory."""
    for given in parks:
        try:
            table = Path() if isinstance(given, Park) else table_of(str(given))
        except InputError:
            table = Path()  # told with its faults when its turn comes
        seen[given.park_id if isinstance(given, Park) else str(given)] = table
        yield given


def _growing(path: Path) -> TextIO:
    return path.open("w", encoding="utf-8-sig", newline="")


def _outcomes(parks: Iterable[Given], job: Job, workers: int) -> Iterator[tuple[Outcome, list[str]]]:
    """Outcomes in the order of the parks, a few of which are ahead; a process that dies costs its park alone."""
    source, waiting, names = iter(parks), deque[tuple[Given, Future]](), set[str]()
    pool = _pool(job, workers)
    try:
        while True:
            for given in islice(source, AHEAD * workers - len(waiting)):
                name = name_of(given)
                waiting.append((given, _named_twice(name) if name in names else _submitted(pool, given)))
                names.add(name)
            if not waiting:
                return
            given, future = waiting.popleft()
            try:
                yield future.result()
            except BrokenProcessPool:
                pool.shutdown(wait=True, cancel_futures=True)
                yield _alone(given, job)
                pool = _pool(job, workers)
                waiting = deque((one, told if _is_told(told) else _submitted(pool, one)) for one, told in waiting)
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _pool(job: Job, workers: int) -> ProcessPoolExecutor:
    spawn = multiprocessing.get_context("spawn")
    return ProcessPoolExecutor(max_workers=workers, mp_context=spawn, initializer=_begin, initargs=(job,))


def _submitted(pool: ProcessPoolExecutor, given: Given) -> Future:
    try:
        return pool.submit(_run, given)
    except BrokenProcessPool as error:
        broken: Future = Future()
        broken.set_exception(error)
        return broken


def _named_twice(name: str) -> Future:
    told: Future = Future()
    told.set_result((Outcome(name, "refused", 0.0, "stands twice among the parks; name it once"), []))
    return told


def _is_told(future: Future) -> bool:
    return future.done() and not future.cancelled() and future.exception() is None


def _alone(given: Given, job: Job) -> tuple[Outcome, list[str]]:
    """A park that was waited for when a process died, in a process of its own: the others had no part in it."""
    with _pool(job, 1) as pool:
        try:
            return pool.submit(_run, given).result()
        except BrokenProcessPool:
            cause = "the process that ran the park died (out of memory, or killed from outside)"
            return Outcome(name_of(given), "failed", 0.0, cause), []


_JOB: list[Job] = []


def _begin(job: Job) -> None:
    _JOB[:] = [job]


def _run(given: Given) -> tuple[Outcome, list[str]]:
    """Run one park: its folder appears whole or not at all."""
    (job,), begin = _JOB, time.perf_counter()
    park_id, status, cause = name_of(given), "done", ""
    partial, final, lines = job.folder / f".{park_id}.partial", job.folder / park_id, []
    shutil.rmtree(partial, ignore_errors=True)
    try:
        lines = _write(given, job, partial)
        partial.rename(final)
    except InputError as error:
        status, cause = "refused", str(error.faults[0])
    except Exception as error:  # whatever breaks one park must not break the others
        status, cause = "failed", f"{type(error).__name__}: {error}".splitlines()[0]
    shutil.rmtree(partial, ignore_errors=True)
    return Outcome(park_id, status, round(time.perf_counter() - begin, 2), cause), lines


def _write(given: Given, job: Job, folder: Path) -> list[str]:
    """Project a park and write its tables; the lines of its summary with their header."""
    park = given if isinstance(given, Park) else read_park(str(given))
    draws = sample(park, job.scenarios, members=job.members, seed=job.seed, until=job.until)
    pathways = project(park, job.scenarios, draws, keep="totals")
    peaks = find_peaks(pathways)
    years = {"before": job.before, "neutral": job.neutral}
    write_results(folder, park, job.scenarios, pathways, peaks, **years, members=job.keep_members)
    return (folder / "summary.csv").read_text(encoding="utf-8-sig").splitlines(keepends=True)
