"""Tables that a park's run writes: equal bytes for equal seeds.

Recomputation of a park from the record of its run, checked against the stored results.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

import pathway_models as pw
from pathway_models import tables
from pathway_models.batch.answer_card import STEPS, write_steps
from pathway_models.core import BatchError
from pathway_models.gaps.analysis import gaps
from pathway_models.intake.assumptions import read_assumptions
from pathway_models.inventory.accounts import take_inventory
from pathway_models.kernels.quantiles import sorted_quantiles
from pathway_models.records import Inventory, Park, Pathways, Peaks, Scenario, Step
from pathway_models.runs import provenance, store
from pathway_models.runs.tables import MEMBERS, Columns, whole, write_columns, write_members

if TYPE_CHECKING:
    from pathway_models.exports.iamc import ParkResults

#: Largest relative difference from the stored table, which has six significant digits.
TOLERANCE = 1e-5


def compute_again(folder: Path, park_id: str) -> "ParkResults":
    """Recompute a park of a run, with all members.

    Raises
    ------
    BatchError
        The result differs from the run's: data or program have changed since.
    """
    from pathway_models.exports.iamc import ParkResults

    parameters = store.parameters_of(folder)
    _refuse_altered(folder, park_id)
    park, scenarios = pw.read_park(store.parks_of(folder, [park_id])[park_id]), store.scenarios_of(folder)
    chosen = {name: parameters[name] for name in ("members", "seed", "until")}
    assumed = pw.read_assumptions(as_of=parameters.get("as_of"))
    pathways = pw.project(park, scenarios, pw.sample(park, scenarios, **chosen, assumptions=assumed))
    found = ParkResults(park, pathways, pw.find_peaks(pathways, before=int(parameters["before"])))
    _check(folder / park_id / "pathways.csv", found)
    return found


def _refuse_altered(folder: Path, park_id: str) -> None:
    """Refuse a park with altered tables, whose values would be reported as the run's."""
    changed = [name for name in provenance.altered_results(folder, park_id) if (folder / park_id / name).is_file()]
    if changed:
        listed = ", ".join(changed)
        raise BatchError(f"{folder / park_id}: not as the run wrote it: {listed}; run the park again")


def _check(stored: Path, found: "ParkResults") -> None:
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


#: Quantiles of the pathways that are stored by year.
QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
#: Columns of ``levers.csv``, in the order of its rows; also where no scenario moves a lever.
LEVER_COLUMNS = (
    "scenario",
    "lever",
    "family",
    "setting",
    "parameter",
    "low",
    "mode",
    "high",
    "unit",
    "ramp",
    "start",
    "complete",
    "source",
)


def write_results(
    folder: str | Path,
    park: Park,
    scenarios: Mapping[str, Scenario],
    pathways: Pathways,
    peaks: Peaks,
    *,
    before: int = 2030,
    neutral: int = 2060,
    members: bool = True,
    held: Peaks | None = None,
    steps: Sequence[Step] | None = None,
) -> list[Path]:
    """Write a park's tables.

    Parameters
    ----------
    folder : str or Path
        Created if missing.
    park, scenarios, pathways, peaks
    before, neutral : int
        Year before which emissions shall peak, and in which they shall be net zero.
    members : bool
        Keep the members too.
    held : Peaks, optional
        Of the same draws if the drivers hold, for the columns of that reading.
    steps : sequence of Step, optional
        Effect of each measure of the best scenario by itself (`first_steps`).

    Returns
    -------
    list of Path
        ``summary.csv`` (one row a scenario), ``pathways.csv`` (quantiles of the total by scenario and
        year), ``gaps.csv`` (distance from every target), ``inventory.csv`` (by source), ``levers.csv`` (what
        the scenarios moved, with sources), ``forecast.json`` (headline and quantiles to come, sealed),
        ``first_steps.csv`` (measures by what each gains alone), ``members.parquet`` (peak and totals of every member).
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    inventory, found = take_inventory(park), gaps(park, pathways, peaks, before, neutral)
    rows = tables.summary_rows(park, peaks, pathways, found=found, inventory=inventory, held=held)
    columns = {
        "summary": _of_rows(rows),
        "pathways": _quantile_columns(pathways),
        "gaps": _of_rows(tables.gap_rows(found)),
        "inventory": _inventory_sources(inventory),
        "levers": _lever_settings(scenarios),
    }
    written = [write_columns(folder / f"{name}.csv", table) for name, table in columns.items()]
    assumed = read_assumptions(as_of=pathways.issue_year)
    known = assumed if assumed.label == pathways.assumptions else None
    written.append(
        provenance.write_forecast(
            folder / provenance.FORECAST, provenance.sealed_forecast(park, inventory, pathways, rows, known)
        )
    )
    if steps is not None:
        written.append(write_steps(folder / STEPS, park.park_id, steps))
    return [*written, write_members(folder / MEMBERS, pathways, peaks)] if members else written


def _of_rows(rows: Sequence[Mapping[str, object]]) -> Columns:
    return {name: [row[name] for row in rows] for name in rows[0]}


def _inventory_sources(inventory: Inventory) -> Columns:
    """List every source of the inventory by year, with scope and factor."""
    years = inventory.years.tolist()
    lines = [
        (inventory.park_id, year, *row, factor_id)
        for row, factor_id in zip(inventory.rows, inventory.factor_ids, strict=True)
        for year in years
    ]
    names = ("park_id", "year", "sector", "source", "scope", "factor_id")
    return dict(zip(names, zip(*lines, strict=True), strict=True)) | {
        "emissions_tco2": inventory.emissions.ravel().tolist()
    }


def _lever_settings(scenarios: Mapping[str, Scenario]) -> Columns:
    """List every lever parameter of the scenarios with its low, mode and high, ramp, unit and source."""
    rows = [
        (
            scenario.scenario_id,
            measure.lever.lever_id,
            measure.lever.family,
            measure.setting,
            name,
            *(corners.low, corners.mode, corners.high),
            measure.lever.units[name],
            *(measure.ramp.shape, measure.ramp.start, measure.ramp.complete),
            measure.lever.sources[name],
        )
        for scenario in scenarios.values()
        for measure in scenario.measures
        for name, corners in measure.lever.triangles(measure.setting).items()
    ]
    return {name: [row[at] for row in rows] for at, name in enumerate(LEVER_COLUMNS)}


def pathway_quantiles(pathways: Pathways) -> pd.DataFrame:
    """Compute mean and quantiles of the total by scenario and year, tCO2/yr; ``year_status`` as `Pathways.status`."""
    return pd.DataFrame(_quantile_columns(pathways))


def _quantile_columns(pathways: Pathways) -> Columns:
    total, count = pathways.total(), len(pathways.scenarios) * pathways.years.size
    levels = sorted_quantiles(np.sort(total, axis=1).transpose(0, 2, 1), QUANTILES)
    return {
        "park_id": [pathways.park_id] * count,
        "scenario": [name for name in pathways.scenarios for _ in range(pathways.years.size)],
        "year": pathways.years.tolist() * len(pathways.scenarios),
        "mean_tco2": total.mean(axis=1).ravel().tolist(),
        **{f"p{round(q * 100):02d}_tco2": level.ravel().tolist() for q, level in zip(QUANTILES, levels, strict=True)},
        "year_status": list(pathways.status) * len(pathways.scenarios),
    }
