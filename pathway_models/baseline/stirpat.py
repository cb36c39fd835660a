"""STIRPAT as a driver form beside Kaya: ln I = a + sum of b_i ln X_i, on drivers of the study's own naming."""

from collections.abc import Mapping, Sequence

import numpy as np

from pathway_models.core.errors import PathwayError
from pathway_models.records.plans import CARBON, DriverPath


def stirpat_level(
    constant: float, elasticities: Mapping[str, float], drivers: Mapping[str, Sequence[float]]
) -> np.ndarray:
    """Compute emissions of every year from the levels of all drivers.

    Parameters
    ----------
    constant : float
        a of the equation.
    elasticities : mapping driver -> b
    drivers : mapping driver -> (T,) levels above zero
        In the units in which the study fitted its equation.

    Returns
    -------
    (T,) ndarray
        Emissions in the unit of the study.

    Raises
    ------
    PathwayError
        A driver has no elasticity, an elasticity no driver, a level is not above zero.
    """
    _refuse_unmatched(elasticities, drivers)
    logs = [np.log(np.asarray(drivers[name], dtype=float)) * b for name, b in elasticities.items()]
    return np.exp(constant + np.sum(logs, axis=0))


def stirpat_drivers(
    elasticities: Mapping[str, float], drivers: Mapping[str, Sequence[float]], base_year: int, source: str = ""
) -> tuple[DriverPath, ...]:
    """Turn levels of drivers into the driver paths of a scenario, so that the ordinary engine follows STIRPAT.

    The constant falls out of growth: emissions start where the park's own record ends.  Activity and energy intensity
    are held, all growth of emissions is that of CO2 per energy, because the elasticities do not say what of it is
    activity and what is not.

    Parameters
    ----------
    elasticities : mapping driver -> b
    drivers : mapping driver -> (T,) levels above zero
        Of the base year and each year after it.
    base_year : int
        Last year of the record.
    source : str

    Returns
    -------
    tuple of DriverPath
        One period a year of CO2 per energy, the other terms held at zero growth.

    Raises
    ------
    PathwayError
        As in :func:`stirpat_level`.

    Examples
    --------
    >>> paths = stirpat_drivers({"gdp": 0.5}, {"gdp": [1.0, 1.21]}, 2020)
    >>> round(paths[-1].value, 6)
    10.0
    """
    levels = stirpat_level(0.0, elasticities, drivers)
    last = base_year + levels.size - 1
    # ASSUME: STIRPAT moves the whole of a park's emissions in proportion; its mix of carriers stays.
    held = [
        DriverPath(name, "", "", base_year + 1, last, "growth", 0.0, "%/yr", 0.0, source)
        for name in ("gdp", "energy_per_gdp")
    ]
    rates = 100.0 * (levels[1:] / levels[:-1] - 1.0)
    moved = [
        DriverPath(CARBON, "", "", year, year, "growth", float(rate), "%/yr", 0.0, source)
        for year, rate in enumerate(rates, base_year + 1)
    ]
    return (*held, *moved)


def _refuse_unmatched(elasticities: Mapping[str, float], drivers: Mapping[str, Sequence[float]]) -> None:
    faults = [f"{name} has no elasticity" for name in drivers if name not in elasticities]
    faults += [f"{name} has no levels" for name in elasticities if name not in drivers]
    for name, levels in drivers.items():
        if not (np.asarray(levels, dtype=float) > 0).all():
            faults.append(f"{name}: levels must be above zero")
    if len({len(levels) for levels in drivers.values()}) > 1:
        faults.append("drivers have different numbers of years")
    if faults:
        raise PathwayError("STIRPAT: " + "; ".join(faults))
