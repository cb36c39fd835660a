"""Reading what a projection assumes beside the park's own table: the one place that opens those files."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import cache
from pathlib import Path

from pathway_models.intake.correlations import read_correlations
from pathway_models.intake.factors import default_factor, factor_sets, read_carriers
from pathway_models.intake.paths import data_folder
from pathway_models.intake.targets import read_targets
from pathway_models.intake.trend_parameters import read_baselines
from pathway_models.intake.uncertainties import read_uncertainties
from pathway_models.records.assumptions import Assumptions, Carrier

#: Growth law of the baseline (`forecasting.laws`).
LAW = "damped_trend"


def read_assumptions() -> Assumptions:
    """Read the shipped assumptions: growth law, uncertainties, correlations, targets, carriers and their factors.

    Returns
    -------
    Assumptions
        One record a process and data folder; change it with `dataclasses.replace`.

    Raises
    ------
    InputError
        All faults of a file, by line.

    Examples
    --------
    >>> read_assumptions().law
    'damped_trend'
    """
    return _read(data_folder())


@cache
def _read(folder: Path) -> Assumptions:
    """The assumptions of a data folder, from which every reader below takes its files."""
    del folder
    carriers = read_carriers()
    read = Assumptions(
        law=LAW,
        baselines=read_baselines(),
        uncertainties=read_uncertainties(),
        correlations=read_correlations(),
        targets=read_targets(),
        carriers=carriers,
        default_factors={name: _factors(name, carriers.values()) for name in (*factor_sets(), "")},
    )
    return replace(read, shipped_hash=read.hash)


def _factors(factor_set: str, carriers: Iterable[Carrier]) -> dict[str, float]:
    """Factors of the carriers that have one, tCO2/TJ."""
    found = {carrier.carrier: default_factor(factor_set, carrier) for carrier in carriers}
    return {name: factor for name, factor in found.items() if factor is not None}
