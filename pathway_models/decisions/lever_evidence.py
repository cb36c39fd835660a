"""What the numbers of levers rest on: grade of each, share of assumptions, and how fast intensity falls under them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np

from pathway_models.decisions.attribution import attribute
from pathway_models.engine.projecting import project
from pathway_models.engine.sampling import sample
from pathway_models.records.assumptions import Assumptions
from pathway_models.records.levers import Lever, Scenario
from pathway_models.records.park import Park
from pathway_models.records.plans import DriverPath

#: Marks of `grade`.
ASSUMED, DERIVED, BACKGROUND, SEEN = "assumed", "derived", "background", "seen"
#: Drivers whose fall is abatement.
ABATING = ("intensity", "energy_per_gdp", "co2_per_energy", "grid_factor")
#: Years over which a decline is held.
HELD = 10


def grade(source: str, corner: str = "mode") -> str:
    """Grade a number by the text of its source.

    A source that begins with ``derived`` and goes on with ``ASSUME`` is derived at its most likely value and assumed
    at its ends.

    Examples
    --------
    >>> grade("derived: 1 / 2 (key); ASSUME: the ends"), grade("derived: 1 / 2 (key); ASSUME: the ends", "low")
    ('derived', 'assumed')
    """
    if source.startswith("derived"):
        return ASSUMED if corner != "mode" and "ASSUME" in source else DERIVED
    if source.startswith("background"):
        return BACKGROUND
    return ASSUMED if "ASSUME" in source or not source else SEEN


def lever_numbers(levers: Iterable[Lever]) -> list[dict[str, object]]:
    """List every number of some levers, a row a parameter and setting, with unit, grade and source.

    Returns
    -------
    list of dict
        ``lever, parameter, setting, low, mode, high, unit, grade, grade_of_ends, source``; ``setting`` is empty where
        all settings have the same values.
    """
    rows = []
    for lever in levers:
        given = [("", lever.parameters), *lever.settings.items()]
        for setting, values in given:
            for name, corners in values.items():
                source = lever.sources.get(name, "")
                row = {"lever": lever.lever_id, "parameter": name, "setting": setting}
                row |= {
                    "low": corners.low,
                    "mode": corners.mode,
                    "high": corners.high,
                    "unit": lever.units.get(name, ""),
                }
                rows.append(row | {"grade": grade(source), "grade_of_ends": grade(source, "low"), "source": source})
    return rows


def assumed_numbers(rows: Iterable[Mapping[str, object]]) -> tuple[int, int]:
    """Count the numbers that are assumed, and all; a corner equal to another is one number."""
    assumed = whole = 0
    for row in rows:
        ends = {row["low"], row["high"]} - {row["mode"]}
        whole += 1 + len(ends)
        assumed += (row["grade"] == ASSUMED) + (row["grade_of_ends"] == ASSUMED) * len(ends)
    return assumed, whole


def weighed_drivers(drivers: Iterable[DriverPath], until: int) -> list[tuple[str, float, str]]:
    """Weigh the drivers of a scenario by how far they lower emissions to a year: label, log change, grade."""
    found = []
    for path in drivers:
        years, span = min(path.last, until) - path.first + 1, path.last - path.first + 1
        if path.driver in ABATING and path.kind in ("growth", "change") and years > 0:
            yearly = np.log1p(path.value / 100.0) / (1 if path.kind == "growth" else span)
            found.append(
                (f"{path.driver} {path.first}-{min(path.last, until)}", float(-yearly * years), grade(path.source))
            )
    return found


def weighed_levers(
    park: Park, scenario: Scenario, year: int, members: int, seed: int, assumptions: Assumptions
) -> list[tuple[str, float, float]]:
    """Weigh the levers of a scenario by what they avoid in a year: lever, share of it, share of assumed numbers."""
    draws = sample(park, [scenario], members=members, seed=seed, assumptions=assumptions)
    shared = attribute(park, scenario, draws, by="lever", orders=20)
    tonnes = shared.shares[:, shared.column(year)]
    levers = {measure.lever.lever_id: measure for measure in scenario.measures}
    found = []
    for name, avoided in zip(shared.players, tonnes, strict=True):
        lever, setting = levers[name].lever, levers[name].setting
        rows = lever_numbers([lever])
        assumed, whole = assumed_numbers([row for row in rows if row["setting"] in ("", setting)])
        found.append((name, float(avoided / tonnes.sum()), assumed / whole))
    return found


def held_decline(values: np.ndarray) -> float:
    """Find the fastest mean yearly decline of a path over ten years, as a share a year.

    Parameters
    ----------
    values : (Y,)
        Above zero; NaN where nothing is known.

    Returns
    -------
    float
        NaN where no ten years are known at both ends.

    Examples
    --------
    >>> round(held_decline(0.97 ** np.arange(12.0)), 3)
    0.03
    """
    change = np.log(values[HELD:] / values[:-HELD]) / HELD
    known = change[np.isfinite(change)]
    return float(-np.expm1(known.min())) if known.size else float("nan")


def best_tenth(paths: Iterable[np.ndarray]) -> float:
    """Find the decline that the best tenth of some regions ever held for ten years, as a share a year."""
    held = np.array([held_decline(path) for path in paths])
    return float(np.quantile(held[np.isfinite(held)], 0.9))


def intensity_declines(
    park: Park, scenarios: Iterable[Scenario], members: int, seed: int, assumptions: Assumptions
) -> dict[str, float]:
    """Find the fastest decline of energy per activity that each scenario's median path holds for ten years."""
    chosen = list(scenarios)
    draws = sample(park, chosen, members=members, seed=seed, assumptions=assumptions)
    found = project(park, chosen, draws)
    money = found.memo_items.get("economy", found.memo_items["activity"])
    ahead = found.years >= found.last_observed_year
    intensity = np.median(found.memo_items["energy"] / money, axis=1)[:, ahead]
    return dict(zip(found.scenarios, map(held_decline, intensity), strict=True))
