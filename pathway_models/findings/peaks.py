"""Peaks of an ensemble: the written rule applied to every member."""

from __future__ import annotations

from pathway_models.kernels.turning_points import PeakRule, turning_points
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
    last_observed = int(pathways.last_observed_year - pathways.years[0])
    points = turning_points(pathways.total(), last_observed, rule)
    first = pathways.years[0]
    return Peaks(
        park_id=pathways.park_id,
        scenarios=pathways.scenarios,
        years=pathways.years,
        last_observed_year=pathways.last_observed_year,
        year=first + points.index,
        status=points.status,
        value=points.value,
        plateau_first=first + points.plateau_first,
        plateau_last=first + points.plateau_last,
        seed=pathways.seed,
    )
