"""Runs that write tables only: no notebook, no figure, and memory that does not grow with the number of parks."""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import TextIO

import pathway_models as pw
from pathway_models.batch.results import write_results
from pathway_models.batch.scheduling import SpawnedWorker, Workers
from pathway_models.core import BatchError, InputError, files
from pathway_models.intake.parks import ids_of
from pathway_models.intake.register import table_of
from pathway_models.records import Park, Scenario
from pathway_models.records.peaks import refusal
from pathway_models.runs import folders, provenance, store
from pathway_models.runs.tables import STATUS_COLUMNS

Given = Park | str | Path
#: Position of a park among those given, what was given, and whether one of its name came before.
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
        closing(Workers(partial(SpawnedWorker, run))) as processes,
        _growing(folder / "status.csv") as status,
        _growing(folder / "summary.csv") as summary,
    ):
        status.write(",".join(STATUS_COLUMNS) + "\n")
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
    """Yield the parks as they are needed; only their names and tables stay in memory."""
    names: set[str] = set()
    for at, given in enumerate(parks):
        try:
            table = Path() if isinstance(given, Park) else table_of(str(given))
        except InputError:
            table = Path()  # reported with its faults when its turn comes
        seen[given.park_id if isinstance(given, Park) else str(given)] = table
        ids = {given.park_id.casefold()} if isinstance(given, Park) else ids_of(str(given))
        yield at, given, bool(ids & names)
        names |= ids


def _growing(path: Path) -> TextIO:
    """Open a table whose lines are in the file as soon as they are written."""
    return path.open("w", buffering=1, encoding="utf-8-sig", newline="")


def _in_order(results: Iterable[tuple[Task, Result | None, str]]) -> Iterator[Result]:
    """Sort results, which come as they are ready, into the order of the parks."""
    held: dict[int, Result] = {}
    turn = 0
    for (at, given, _), result, end in results:
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
    """Run one park: its folder appears whole or not at all."""
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
        if wrong := refusal(before, as_of, park.last_observed_year, ensemble["until"]):
            return folders.Outcome(park_id, "refused", round(time.perf_counter() - begin, 2), wrong), []
        draws = pw.sample(park, scenarios, **ensemble, assumptions=pw.read_assumptions(as_of=as_of))
        pathways = pw.project(park, scenarios, draws, keep="totals")
        years = {"before": before, "neutral": neutral}
        peaks = pw.find_peaks(pathways, before=before)
        held = pw.survey(park, scenarios, draws, probabilities=(), before=before, drivers="hold").peaks
        found = {"held": held, "steps": pw.first_steps(park, scenarios, draws, peaks)}
        write_results(unfinished, park, scenarios, pathways, peaks, **years, members=keep_members, **found)
        lines = (unfinished / "summary.csv").read_text(encoding="utf-8-sig").splitlines(keepends=True)
        unfinished.rename(final)
    except InputError as error:
        status, cause = "refused", str(error.faults[0])
    except Exception as error:  # whatever breaks one park must not break the others
        status, cause = "failed", f"{type(error).__name__}: {error}".splitlines()[0]
    folders.remove(unfinished)
    return folders.Outcome(park_id, status, round(time.perf_counter() - begin, 2), cause), lines
