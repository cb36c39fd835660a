"""Peaks of an ensemble: the written rule applied to every member."""

from __future__ import annotations

import numpy as np

from pathway_models.kernels.turning_points import PeakRule, turning_points
from pathway_models.records.park import ParkIdentity
from pathway_models.records.pathways import Pathways
from pathway_models.records.peaks import Peaks


def find_peaks(pathways: Pathways, rule: PeakRule | None = None) -> Peaks:
    """Find each member's peak of the total (scope 1 and market-based scope 2 after capture).

    Parameters
    ----------
    pathways : Pathways
    rule : PeakRule, optional
        Thresholds; the rule of ``docs/peak_rules.md`` by default.

    Returns
    -------
    Peaks
    """
    return peaks_of(
        pathways.total(),
        pathways.years,
        pathways.last_observed_year,
        identity=pathways.identity,
        scenarios=pathways.scenarios,
        seed=pathways.seed,
        rule=rule,
    )


def peaks_of(
    total: np.ndarray,
    years: np.ndarray,
    last_observed_year: int,
    *,
    identity: ParkIdentity | str,
    scenarios: tuple[str, ...],
    seed: int,
    rule: PeakRule | None = None,
) -> Peaks:
    """Find the peaks of totals that stand in no `Pathways`.

    Parameters
    ----------
    total : (scenario, member, year), tCO2/yr
    years : (year,) int
    last_observed_year : int
    identity, scenarios, seed
        What the peaks are of.
    rule : PeakRule, optional
    """
    first = int(years[0])
    points = turning_points(total, int(last_observed_year) - first, rule)
    return Peaks(
        identity=identity,
        scenarios=scenarios,
        years=years,
        last_observed_year=last_observed_year,
        year=first + points.index,
        status=points.status,
        value=points.value,
        plateau_first=first + points.plateau_first,
        plateau_last=first + points.plateau_last,
        seed=seed,
    )
