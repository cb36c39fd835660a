"""Published scenario tables run through the ordinary engine, on a record of their own or on one of our regions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from pathway_models.core.errors import PathwayError
from pathway_models.engine.projecting import project
from pathway_models.engine.sampling import sample
from pathway_models.intake.assumptions import read_assumptions
from pathway_models.intake.library import read_scenarios
from pathway_models.intake.published import Study
from pathway_models.records.levers import Scenario
from pathway_models.records.park import NEEDED_CARRIERS, Park
from pathway_models.reproduction.comparison import Answer, Answers

#: Where all drivers are exact the members agree; two of them show it.
MEMBERS, SEED = 2, 20240401
#: Factor of the one carrier of a record of totals, tCO2/TJ; growth does not depend on it.
STAND_IN = 95.0
CARRIER = "coal"
SAME = "the engine compounds the rates of each period, as the study does"
FIRST_STEP = "the maximum is the base year: emissions fall from the first step on, which is no peak ahead"


def record_of_totals(name: str, years: Sequence[int], emissions: Sequence[float]) -> Park:
    """Make a region of a series of CO2 totals, for studies that give no inventory.

    # ASSUME: one sector and one carrier stand for the whole; under Kaya drivers this does not move the path.

    Parameters
    ----------
    name : str
    years : (H,) int
        Without gap, at least three.
    emissions : (H,), tCO2/yr
    """
    co2 = np.asarray(emissions, dtype=float)
    none = np.zeros_like(co2)
    carriers = (CARRIER, *NEEDED_CARRIERS)
    return Park(
        park_id=name, name_zh=name, name_en=name, kind="region", archetype="", province="", invented=False,
        years=np.asarray(years), sectors=("whole",), carriers=carriers, groups=carriers,
        activity=np.full((1, co2.size), 100.0), activity_kinds=("gdp",),
        energy=np.stack([co2 / STAND_IN, none, none])[None], factors=np.stack([none + STAND_IN, none, none])[None],
    )  # fmt: skip


@dataclass(frozen=True, eq=False)
class Driven:
    """What the engine made of scenarios, relative to the last observed year.

    Parameters
    ----------
    base_year : int
    emissions, activity, energy : DataFrame
        Rows years from the base year on, columns scenarios; base year = 1.
    spread : float
        Largest difference between members; rounding only where all drivers are exact.
    """

    base_year: int
    emissions: pd.DataFrame
    activity: pd.DataFrame
    energy: pd.DataFrame
    spread: float

    def peak_year(self, scenario: str, last: int) -> int:
        """Year of the highest emissions from the base year to ``last``, both included; the first of equal ones."""
        return int(self.emissions.loc[:last, scenario].idxmax())


def drive(park: Park, scenarios: Mapping[str, Scenario] | Sequence[Scenario], last: int) -> Driven:
    """Run scenarios from the end of a record, the issue year, and return the paths relative to it.

    Errors of factors move a member's level in the base year and later ones alike, so that they fall out.
    """
    chosen = list(scenarios.values() if isinstance(scenarios, Mapping) else scenarios)
    base = park.last_observed_year
    draws = sample(park, chosen, members=MEMBERS, seed=SEED, assumptions=read_assumptions(as_of=base))
    found = project(park, chosen, draws)
    start, end = base - int(found.years[0]), last - int(found.years[0]) + 1
    years = found.years[start:end]

    def relative(values: np.ndarray) -> np.ndarray:
        return values[:, :, start:end] / values[:, :, start : start + 1]

    paths = {
        "emissions": relative(found.total()),
        "activity": relative(found.memo_items["activity"]),
        "energy": relative(found.memo_items["energy"]),
    }
    names = [scenario.scenario_id for scenario in chosen]
    tables = {what: pd.DataFrame(path[:, 0].T, index=years, columns=names) for what, path in paths.items()}
    return Driven(base, **tables, spread=float(np.ptp(paths["emissions"], axis=1).max()))


def tabled_scenarios(study: Study) -> dict[str, Scenario]:
    """Read the driver scenarios that stand in the study's own table, as anybody reads one of their own."""
    path = study.folder / study.about.inputs["scenarios"]
    own = set(study.table("scenarios")["scenario"])
    return {name: scenario for name, scenario in read_scenarios(path).items() if name in own}


def answer_scenarios(study: Study) -> Answers:
    """Run a study's table of scenarios from its record of totals and answer peaks and yearly values.

    The record is the rows ``co2`` of ``inputs.csv`` (quantity, year, value), the scenarios are ``scenarios.csv`` in the
    columns of docs/driver_scenarios.md.  Answered are ``peak_year``, ``peak_value`` and ``co2_<year>``, in the unit of
    the record.  The paths run to the last year of the table; the base year counts as a possible peak.

    Raises
    ------
    PathwayError
        The record has fewer than three years or a gap, or a published scenario has no rows.
    """
    given = study.table()
    record = given[given["quantity"] == "co2"].sort_values("year")
    years = record["year"].astype(int).tolist()
    if len(years) < 3 or years != list(range(years[0], years[0] + len(years))):
        raise PathwayError(f"{study.study}: inputs.csv: rows co2 of three years or more without a gap, found {years}")
    scenarios = tabled_scenarios(study)
    strangers = sorted({estimate.scenario for estimate in study.estimates} - set(scenarios))
    if strangers or not scenarios:
        known = ", ".join(scenarios) or "none"
        raise PathwayError(
            f"{study.study}: scenarios.csv has no rows of {', '.join(strangers) or 'any'}; it has {known}"
        )
    last = max(path.last for scenario in scenarios.values() for path in scenario.drivers)
    found = drive(record_of_totals(study.study, years, record["value"]), scenarios, last)
    paths = found.emissions * float(record["value"].iloc[-1])
    values = {}
    for estimate in study.estimates:
        path, quantity = paths[estimate.scenario], estimate.quantity
        peak = found.peak_year(estimate.scenario, last)
        cause = FIRST_STEP if peak == found.base_year and quantity.startswith("peak") else SAME
        answers = {"peak_year": float(peak), "peak_value": float(path.max())}
        answers |= {f"co2_{year}": float(value) for year, value in path.items()}
        if quantity in answers:
            values[estimate.key] = Answer(answers[quantity], cause)
        else:
            values[estimate.key] = Answer(None, f"a table of scenarios gives no {quantity}; cannot be judged here")
    peaks = ", ".join(f"{name} {found.peak_year(name, last)}" for name in paths)
    return Answers(values, {"paths": paths.rename_axis("year")}, {"peaks": f"Highest years to {last}: {peaks}."})
