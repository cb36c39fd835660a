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


def read_record(folder: Path) -> dict[str, Any]:
    """The record of a run, ``run.json``.

    Raises
    ------
    InputError
        The folder holds no run.
    """
    path = folder / "run.json"
    if not path.is_file():
        expected = "the folder of a run, with run.json"
        raise InputError([Fault(str(folder), "run", "", expected, "give the folder that 'run' printed", code="no_run")])
    return json.loads(path.read_text(encoding="utf-8"))


def parks_of(folder: Path, wanted: Sequence[str] = ()) -> dict[str, str]:
    """Parks of a run that came out: id to what the run was given, id or path.

    Raises
    ------
    InputError
        A park asked for is not in the run, or did not come out.
    """
    from pathway_models.running.jobs import park_id_of
    from pathway_models.running.summary import read_status

    given = {park_id_of(park): park for park in read_record(folder)["parameters"]["parks"]}
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

    return read_scenarios().pick(list(read_record(folder)["parameters"]["scenarios"]))


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

    parameters = read_record(folder)["parameters"]
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

    then, now = pd.read_csv(stored, encoding="utf-8-sig"), pathway_quantiles(found.pathways)
    columns = [name for name in now if name.endswith("_tco2")]
    same = len(then) == len(now) and np.allclose(then[columns], now[columns], rtol=TOLERANCE, atol=1e-6)
    if not same:
        raise BatchError(
            f"{stored}: computed again, the pathways are not those of the run: data or program have changed since; "
            "run the park again"
        )
