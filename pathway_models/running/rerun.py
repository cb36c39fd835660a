"""A park of a run computed again from the run's own record, and held against what the run stored."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pathway_models.foundations.errors import BatchError, Fault, InputError

if TYPE_CHECKING:
    from pathway_models.presenting.exports import Found
    from pathway_models.records.levers import Scenarios

#: Largest relative difference from the stored table, which has six significant digits.
TOLERANCE = 1e-5
#: Parameters without which a run cannot be computed again.
NEEDED = ("parks", "scenarios", "members", "seed", "until", "before")


def read_record(folder: Path) -> dict[str, Any]:
    """Read the record of a run, ``run.json``.

    Raises
    ------
    InputError
        The folder holds no run, or its record is cut short.
    """
    path = folder / "run.json"
    if not path.is_file():
        expected = "the folder of a run, with run.json"
        raise InputError([Fault(str(folder), "run", "", expected, "give the folder that 'run' printed", code="no_run")])
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
    except ValueError:
        record = None
    if not isinstance(record, dict):
        raise InputError([_unreadable(folder, "a whole record of a run")])
    return record


def parameters_of(folder: Path) -> dict[str, Any]:
    """Read what a run was asked for: parks, scenarios, members, seed, years.

    Raises
    ------
    InputError
        The folder holds no run, or its record lacks some of it: another version has written it.
    """
    parameters = read_record(folder).get("parameters", {})
    missing = [name for name in NEEDED if name not in parameters]
    if missing:
        raise InputError([_unreadable(folder, f"a record with the parameters {', '.join(missing)}")])
    return parameters


def _unreadable(folder: Path, expected: str) -> Fault:
    remedy = "run the parks again into a new folder"
    return Fault(str(folder / "run.json"), "record", "", expected, remedy, code="run_record")


def parks_of(folder: Path, wanted: Sequence[str] = ()) -> dict[str, str]:
    """Parks of a run that came out: id to what the run was given, id or path.

    Raises
    ------
    InputError
        A park asked for is not in the run, or did not come out.
    """
    from pathway_models.running.jobs import park_id_of
    from pathway_models.running.summary import read_status

    given = {park_id_of(park): park for park in parameters_of(folder)["parks"]}
    done = [outcome.park_id for outcome in read_status(folder) if outcome.status == "done"]
    missing = [park for park in wanted if park not in done]
    if missing or not done:
        expected = f"a park of the run that came out: {', '.join(done) or 'there is none'}"
        remedy = "see status.csv of the run"
        raise InputError(
            Fault(folder.name, "park", park, expected, remedy, code="park_not_in_run") for park in missing or [""]
        )
    return {park: given[park] for park in (wanted or done)}


def scenarios_of(folder: Path) -> Scenarios:
    """Scenarios of a run, from the library that is there now."""
    from pathway_models.intake.library import read_scenarios

    return read_scenarios().pick(list(parameters_of(folder)["scenarios"]))


def compute_again(folder: Path, park_id: str) -> Found:
    """Compute a park of a run again, members and all.

    Raises
    ------
    BatchError
        The result is not the run's: data or program have changed since.
    """
    from pathway_models.findings.peaks import find_peaks
    from pathway_models.intake.parks import read_park
    from pathway_models.presenting.exports import Found
    from pathway_models.projection.projecting import project
    from pathway_models.projection.sampling import sample

    parameters = parameters_of(folder)
    park, scenarios = read_park(parks_of(folder, [park_id])[park_id]), scenarios_of(folder)
    chosen = {name: parameters[name] for name in ("members", "seed", "until")}
    pathways = project(park, scenarios, sample(park, scenarios, **chosen))
    found = Found(park, pathways, find_peaks(pathways))
    _check(folder / park_id / "pathways.csv", found)
    return found


def _check(stored: Path, found: Found) -> None:
    import numpy as np
    import pandas as pd

    from pathway_models.running.results import pathway_quantiles

    if not stored.is_file():
        raise BatchError(f"{stored} is missing; run the park again")
    then, now = pd.read_csv(stored, encoding="utf-8-sig"), pathway_quantiles(found.pathways)
    columns = [name for name in now if name.endswith("_tco2")]
    same = len(then) == len(now) and set(columns) <= set(then)
    same = same and np.allclose(then[columns], now[columns], rtol=TOLERANCE, atol=1e-6)
    if not same:
        raise BatchError(
            f"{stored}: computed again, the pathways are not those of the run: data or program have changed since; "
            "run the park again"
        )
