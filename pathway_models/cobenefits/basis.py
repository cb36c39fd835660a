"""What co-benefits rest on: factors by member, consent to background knowledge, and a park's own measured values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from pathway_models.core.errors import PathwayError
from pathway_models.engine.pollution import Fire, coefficients_of, fires_of, member_factors
from pathway_models.engine.projecting import assumed_by
from pathway_models.intake.pollutants import read_pollutants
from pathway_models.records.draws import Draws
from pathway_models.records.levers import Scenario
from pathway_models.records.park import Park
from pathway_models.records.pollutants import Coefficient, Pollutant, PollutantFactors


@dataclass(frozen=True)
class Calibration:
    """How a measured value changed the factors.

    Parameters
    ----------
    year : int
    measured : float, t/yr
    ratio : float
        Median over members of the measured value over what the factors gave; far from one, the equipment that was
        assumed is not the park's.
    rest : float, t/yr
        Median of what is not fuel.
    """

    year: int
    measured: float
    ratio: float
    rest: float


@dataclass(frozen=True, eq=False)
class Basis:
    """Factors of a park's pollutants by member.

    Parameters
    ----------
    pollutants : tuple of Pollutant
        Those that can be told.
    factors : (pollutant, member, sector, carrier), t/TJ
    observed : (pollutant, member, year), t/yr
        Measured where measured, else by the factors.
    rest : (pollutant, member), t/yr
        What of a measured value is not fuel, in its year.
    rest_years : (pollutant,) int
        Column of that year.
    unknown : mapping pollutant -> tuple of Coefficient
        Pollutants that need consent, and to what.
    background : tuple of Coefficient
        Background numbers that were used.
    calibrated : mapping pollutant -> Calibration
    fires : tuple of Fire
    used : PollutantFactors
    """

    pollutants: tuple[Pollutant, ...]
    factors: np.ndarray
    observed: np.ndarray
    rest: np.ndarray
    rest_years: np.ndarray
    unknown: Mapping[str, tuple[Coefficient, ...]]
    background: tuple[Coefficient, ...]
    calibrated: Mapping[str, Calibration]
    fires: tuple[Fire, ...]
    used: PollutantFactors

    @property
    def equivalents(self) -> np.ndarray:
        """Weight of one pollution equivalent: (pollutant,), kg."""
        return np.array([one.equivalent.corners.mode for one in self.pollutants])


def lay_basis(
    park: Park,
    chosen: list[Scenario],
    draws: Draws,
    given: PollutantFactors | None,
    wanted: Iterable[str] | None,
    allow_background: bool,
) -> Basis:
    """Choose the pollutants that can be told, draw their factors and calibrate them to measured values.

    Raises
    ------
    PathwayError
        A pollutant is not known by name, or none can be told without consent.
    """
    factors = given or read_pollutants()
    keys = tuple(factors.pollutants) if wanted is None else tuple(wanted)
    strange = [key for key in keys if key not in factors.pollutants]
    if strange:
        raise PathwayError(f"no pollutant {', '.join(strange)}; there are {', '.join(factors.pollutants)}")
    fires = fires_of(park, chosen, factors, assumed_by(draws, None))
    doubtful = {key: _doubtful(fires, factors.pollutants[key], factors) for key in keys}
    unknown = {} if allow_background else {key: needs for key, needs in doubtful.items() if needs}
    told = [key for key in keys if key not in unknown]
    if not told:
        raise PathwayError(_refusal(park, unknown))
    by_member = member_factors(park, fires, told, factors, draws)
    pollutants = tuple(factors.pollutants[key] for key in told)
    fitted = _calibrate(park, pollutants, by_member)
    names = {one.name: one for key in told for one in doubtful[key]}
    return Basis(pollutants, *fitted[:4], unknown, tuple(names.values()), fitted[4], tuple(fires), factors)


def _doubtful(fires: list[Fire], pollutant: Pollutant, factors: PollutantFactors) -> tuple[Coefficient, ...]:
    used = [one for fire in fires for one in coefficients_of(fire, pollutant.key, factors)]
    return tuple({one.name: one for one in (*used, pollutant.equivalent) if one.doubtful}.values())


def _refusal(park: Park, unknown: Mapping[str, tuple[Coefficient, ...]]) -> str:
    names = dict.fromkeys(one.name for needs in unknown.values() for one in needs)
    return (
        f"{park.park_id}: {', '.join(unknown)} need numbers that are background knowledge ({', '.join(names)}). Consent"
        " with allow_background=True (--allow-background), or give your own in a file (--factors)"
    )


def measured_values(park: Park, key: str) -> np.ndarray:
    """A park's own measured emissions of a pollutant: (year,), t; NaN where there is none."""
    given = park.pollutants.get(key)
    return np.full(park.years.size, np.nan) if given is None else np.asarray(given, float)


def _calibrate(
    park: Park, pollutants: tuple[Pollutant, ...], factors: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, dict[str, Calibration]]:
    """Factors, observed emissions, rest and its year, and what was done, pollutant by pollutant.

    ASSUME: the last measured year stands for the equipment of all years to come.
    """
    factors = factors.copy()
    burnt = np.einsum("pmsc,scy->pmy", factors[..., : len(park.carriers)], park.energy)
    rest, columns = np.zeros(factors.shape[:2]), np.full(len(pollutants), park.years.size - 1)
    done: dict[str, Calibration] = {}
    activity = park.activity[[kind != "population" for kind in park.activity_kinds]].sum(axis=0)
    for p, one in enumerate(pollutants):
        measured = measured_values(park, one.key)
        where = np.flatnonzero(~np.isnan(measured))
        if not where.size:
            continue
        at = int(where[-1])
        modelled, level = burnt[p, :, at].copy(), float(measured[at])
        # ASSUME: a measured value belongs to fuel, save VOC beyond what fuel gives, which solvents explain.
        if one.rest == "activity":
            rest[p] = np.maximum(level - modelled, 0.0)
        fires = modelled > 0
        ratio = np.where(fires, (level - rest[p]) / np.where(fires, modelled, 1.0), 1.0)
        factors[p] *= ratio[:, None, None]
        burnt[p] = burnt[p] * ratio[:, None] + rest[p][:, None] * (activity / activity[at])
        burnt[p][:, where] = measured[where]
        columns[p] = at
        of_fuel = float(np.median(level / modelled[fires])) if fires.any() else float("nan")
        done[one.key] = Calibration(int(park.years[at]), level, of_fuel, float(np.median(rest[p])))
    return factors, burnt, rest, columns, done
