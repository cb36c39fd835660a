"""Uncertainties that are not fitted on panels: factors, the factor of purchased power, population."""

from collections.abc import Mapping
from dataclasses import dataclass

from pathway_models.records.levers import Triangle


@dataclass(frozen=True)
class GridFutures:
    """How the factor of purchased power goes on, beside the yearly decline of the slow future.

    Parameters
    ----------
    zero_by : Triangle
        Year in which the straight line of the policy future would reach zero.
    left : float
        Share of the factor at its beginning that the line never falls below.
    mean : float
        Mean factor of the nation that places are set against, tCO2/MWh.
    deviation, tilt : float
        Yearly standard deviation of the log around the nation's course of a place with the nation's mean factor, and
        the power of its relative factor that divides it.
    persistence : float
        Share of a departure that is left after a year.
    heat : float
        Decline of the factor of purchased heat over that of the nation's power, both in logs.
    """

    zero_by: Triangle
    left: float
    mean: float
    deviation: float
    tilt: float
    persistence: float
    heat: float


@dataclass(frozen=True)
class Uncertainties:
    """Uncertainties that are not fitted on panels.

    Parameters
    ----------
    factor_errors : mapping group -> float
        Standard deviation of the log of a constant factor that was seen in a source.
    factor_confidence : mapping mark -> float
        What multiplies it, by confidence mark.
    assumed_fuels : tuple of str
        Carriers that another fuel stands for.
    measured_factor_errors : mapping group -> float
        Standard deviation of the log of a factor the park measured itself.
    grid_regions : mapping province -> str
        Regional grid of 2012 of each province.
    grid_decline : Triangle
        Share per year in the slow future, one draw for all parks.
    grid_futures : GridFutures
    population : mapping name -> float
        ``noise`` and ``slope_error_sd`` of population, log.
    """

    factor_errors: Mapping[str, float]
    factor_confidence: Mapping[str, float]
    assumed_fuels: tuple[str, ...]
    measured_factor_errors: Mapping[str, float]
    grid_regions: Mapping[str, str]
    grid_decline: Triangle
    grid_futures: GridFutures
    population: Mapping[str, float]
