"""Recomputation of a park from the record of its run, checked against the results the run stored."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pathway_models as pw
from pathway_models.core.errors import BatchError
from pathway_models.runs.store import parameters_of, parks_of, scenarios_of

if TYPE_CHECKING:
    from pathway_models.exports.iamc import ParkResults

#: Largest relative difference from the stored table, which has six significant digits.
TOLERANCE = 1e-5


def compute_again(folder: Path, park_id: str) -> ParkResults:
    """Compute a park of a run again, with all members.

    Raises
    ------
    BatchError
        The result differs from the run's: data or program have changed since.
    """
    from pathway_models.exports.iamc import ParkResults

    parameters = parameters_of(folder)
    _refuse_altered(folder, park_id)
    park, scenarios = pw.read_park(parks_of(folder, [park_id])[park_id]), scenarios_of(folder)
    chosen = {name: parameters[name] for name in ("members", "seed", "until")}
    assumed = pw.read_assumptions(as_of=parameters.get("as_of"))
    pathways = pw.project(park, scenarios, pw.sample(park, scenarios, **chosen, assumptions=assumed))
    found = ParkResults(park, pathways, pw.find_peaks(pathways, before=int(parameters["before"])))
    _check(folder / park_id / "pathways.csv", found)
    return found


def _refuse_altered(folder: Path, park_id: str) -> None:
    """Refuse a park whose tables are not those that the run wrote: what is read from them would be told as its own."""
    from pathway_models.batch.running import altered_results

    changed = [name for name in altered_results(folder, park_id) if (folder / park_id / name).is_file()]
    if changed:
        listed = ", ".join(changed)
        raise BatchError(f"{folder / park_id}: not as the run wrote it: {listed}; run the park again")


def _check(stored: Path, found: ParkResults) -> None:
    import numpy as np
    import pandas as pd

    from pathway_models.batch.results import pathway_quantiles
    from pathway_models.runs.tables import whole

    if not stored.is_file():
        raise BatchError(f"{stored} is missing; run the park again")
    now = pathway_quantiles(found.pathways)
    with whole(stored):
        then = pd.read_csv(stored, encoding="utf-8-sig")
    columns = [name for name in now if name.endswith("_tco2")]
    same = len(then) == len(now) and set(columns) <= set(then)
    same = same and np.allclose(then[columns], now[columns], rtol=TOLERANCE, atol=1e-6)
    if not same:
        raise BatchError(
            f"{stored}: computed again, the pathways are not those of the run: data or program have changed since; "
            "run the park again"
        )
