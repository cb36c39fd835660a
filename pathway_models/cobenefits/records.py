"""Records of co-benefits: factors, pollutants by scenario, shares of levers, unit costs."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from pathway_models.core import PathwayError, ScenarioError
from pathway_models.kernels.emissions import cross_elasticity, equivalents, quadrant
from pathway_models.records import Identified, Park, ParkIdentity, Scenario
from pathway_models.records.pollutants import Coefficient, Fire, Pollutant, PollutantFactors

#: Range shown with every mean.
RANGE = (0.05, 0.95)
READINGS = ("shapley", "alone")
#: Period that sums over all projected years.
CUMULATIVE = "cumulative"
Period = int | str


def measured_values(park: Park, key: str) -> np.ndarray:
    """Return a park's own measured emissions of a pollutant: (year,), t; NaN where there is none."""
    given = park.pollutants.get(key)
    return np.full(park.years.size, np.nan) if given is None else np.asarray(given, float)


@dataclass(frozen=True)
class Calibration:
    """Change that a measured value made to the factors.

    Parameters
    ----------
    year : int
    measured : float, t/yr
    ratio : float
        Median over members of the measured value over that by factors; far from one, the assumed equipment is not the
        park's.
    rest : float, t/yr
        Median of emissions that are not from fuel.
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
        Those with usable factors.
    factors : (pollutant, member, sector, carrier), t/TJ
    observed : (pollutant, member, year), t/yr
        Measured where measured, else by the factors.
    rest : (pollutant, member), t/yr
        Part of a measured value that is not from fuel, in its year.
    rest_years : (pollutant,) int
        Column of that year.
    unknown : mapping pollutant -> tuple of Coefficient
        Pollutants that need consent, with the background numbers they need.
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


@dataclass(frozen=True, eq=False)
class Cobenefits(Identified):
    """Pollutants and CO2 of a park's scenarios in the same members.

    Parameters
    ----------
    identity : ParkIdentity
    scenarios : tuple of Scenario
    reference : int
        Position of the scenario without levers.
    basis : Basis
        Factors, unknown pollutants, background numbers, calibration.
    years : (Y,) int
        Observed years first.
    last_observed_year : int
    emissions : (scenario, pollutant, member, year), t/yr
    co2 : (scenario, member, year), tCO2/yr
    weights : (member,)
        Of the members in means (the central 90 %).
    seed : int
    """

    identity: ParkIdentity
    scenarios: tuple[Scenario, ...]
    reference: int
    basis: Basis
    years: np.ndarray
    last_observed_year: int
    emissions: np.ndarray
    co2: np.ndarray
    weights: np.ndarray
    seed: int

    def index(self, scenario: str) -> int:
        """Find the position of a scenario.

        Raises
        ------
        ScenarioError
            It is not among them.
        """
        names = [one.scenario_id for one in self.scenarios]
        if scenario not in names:
            raise ScenarioError(f"no scenario {scenario!r} among these co-benefits; there are {', '.join(names)}")
        return names.index(scenario)

    def at(self, year: int) -> int:
        """Find the column of a year.

        Raises
        ------
        PathwayError
            The year is not there.
        """
        if year not in self.years:
            raise PathwayError(f"year {year}: co-benefits reach from {self.years[0]} to {self.years[-1]}")
        return int(year - self.years[0])

    def apeq(self) -> np.ndarray:
        """Convert pollutants to pollution equivalents: (scenario, member, year), thousands a year."""
        return equivalents(self.emissions, self.basis.equivalents, axis=1)

    def cut(self, scenario: str) -> tuple[np.ndarray, np.ndarray]:
        """Compute a scenario's cuts of CO2 (tCO2/yr) and of equivalents (thousands a year): (member, year) each."""
        at, apeq = self.index(scenario), self.apeq()
        return self.co2[self.reference] - self.co2[at], apeq[self.reference] - apeq[at]

    def elasticity(self, scenario: str) -> np.ndarray:
        """Compute the cross-elasticity of pollutants to CO2: (member, year); NaN where no CO2 is cut."""
        carbon, pollution = self.cut(scenario)
        return cross_elasticity(pollution, self.apeq()[self.reference], carbon, self.co2[self.reference])

    def quadrants(self, scenario: str, year: int) -> np.ndarray:
        """Count the share of members on an axis and in each quadrant: (5,), adding up to one."""
        carbon, pollution = (values[:, self.at(year)] for values in self.cut(scenario))
        return np.bincount(quadrant(carbon, pollution), minlength=5) / carbon.size

    def table(self, year: int = 2035, *, lang: str = "en") -> list[dict[str, object]]:
        """List one row a scenario: pollutants, equivalents and CO2 of a year, cuts and elasticity.

        Means are over the central members; ``p05`` and ``p95`` over all.
        """
        return [self._row(at, self.at(year), lang) for at in range(len(self.scenarios))]

    def _row(self, at: int, y: int, lang: str) -> dict[str, object]:
        scenario = self.scenarios[at]
        row: dict[str, object] = {
            "scenario": scenario.scenario_id,
            "name": scenario.name_zh if lang == "zh" else scenario.name_en,
            "co2_tco2": float(self.co2[at, :, y] @ self.weights),
        }
        for p, one in enumerate(self.basis.pollutants):
            row[f"{one.key}_t"] = float(self.emissions[at, p, :, y] @ self.weights)
        row["equivalents_thousand"] = float(self.apeq()[at, :, y] @ self.weights)
        carbon, pollution = (values[:, y] for values in self.cut(scenario.scenario_id))
        elastic = self.elasticity(scenario.scenario_id)[:, y]
        row |= spread("co2_cut_tco2", carbon, self.weights) | spread("equivalents_cut", pollution, self.weights)
        row |= elasticity_range(elastic)
        row["first_quadrant"] = float(self.quadrants(scenario.scenario_id, int(self.years[y]))[1])
        return row

    def __repr__(self) -> str:
        keys = ", ".join(one.key for one in self.basis.pollutants)
        unknown = f"; not known: {', '.join(self.basis.unknown)}" if self.basis.unknown else ""
        return (
            f"<Cobenefits {self.park_id}: {keys}{unknown}; {len(self.scenarios)} scenarios,"
            f" {self.weights.size} members, {self.years[0]}-{self.years[-1]},"
            f" {len(self.basis.background)} background numbers used>"
        )


def spread(name: str, values: np.ndarray, weights: np.ndarray) -> dict[str, float]:
    """Summarise by the mean over the central members and the 5-95 % range over all."""
    low, high = np.quantile(values, RANGE)
    return {name: float(values @ weights), f"{name}_p05": float(low), f"{name}_p95": float(high)}


def elasticity_range(values: np.ndarray) -> dict[str, float | None]:
    """Summarise the elasticity over members that cut CO2, and the share of those that do not."""
    usable = values[~np.isnan(values)]
    low, middle, high = np.quantile(usable, (RANGE[0], 0.5, RANGE[1])).tolist() if usable.size else (None, None, None)
    none = 1.0 - usable.size / values.size
    return {"elasticity_p50": middle, "elasticity_p05": low, "elasticity_p95": high, "no_elasticity": none}


@dataclass(frozen=True, eq=False)
class LeverCobenefits(Identified):
    """Shares of levers or families in a scenario's cuts; quantity 0 is CO2 (tCO2), the others pollutants (t).

    Parameters
    ----------
    identity : ParkIdentity
    scenario : str
    players, names_en, names_zh, families : (n,) str
    basis : Basis
    years : (Y,) int
        Projected years.
    periods : tuple
        Years kept by member, and `CUMULATIVE`.
    shares, alone : (player, quantity, period, member)
        Cuts; positive is good.
    yearly : (player, quantity, year)
        Shapley shares, mean over the central members.
    without, reached : (quantity, period, member)
        Without levers and with all.
    standard_error : (player, quantity, year) or None
        Of sampled yearly shares; None where every coalition was evaluated.
    weights : (member,)
    """

    identity: ParkIdentity
    scenario: str
    players: tuple[str, ...]
    names_en: tuple[str, ...]
    names_zh: tuple[str, ...]
    families: tuple[str, ...]
    basis: Basis
    years: np.ndarray
    periods: tuple[Period, ...]
    shares: np.ndarray
    alone: np.ndarray
    yearly: np.ndarray
    without: np.ndarray
    reached: np.ndarray
    standard_error: np.ndarray | None
    weights: np.ndarray

    def coordinates(self, period: Period, reading: str = "shapley") -> tuple[np.ndarray, np.ndarray]:
        """Compute co-control coordinates: CO2 cut (tCO2) and equivalents cut (thousands), (player, member) each.

        Raises
        ------
        PathwayError
            There is no such period or reading.
        """
        values = self._reading(reading)[:, :, self._period(period)]
        return values[:, 0], equivalents(values[:, 1:], self.basis.equivalents, axis=1)

    def elasticity(self, period: Period, reading: str = "shapley") -> np.ndarray:
        """Compute the cross-elasticity of each lever: (player, member); NaN where it cuts no CO2."""
        carbon, pollution = self.coordinates(period, reading)
        level = self.without[:, self._period(period)]
        return cross_elasticity(pollution, equivalents(level[1:], self.basis.equivalents), carbon, level[0])

    def equivalents_by_year(self) -> np.ndarray:
        """Compute the mean equivalents that each lever cuts: (player, year), thousands a year."""
        return equivalents(self.yearly[:, 1:], self.basis.equivalents, axis=1)

    def table(self, period: Period = 2035, reading: str = "shapley", *, lang: str = "en") -> list[dict[str, object]]:
        """List one row a lever: CO2, pollutants and equivalents cut with ranges, quadrant and elasticity."""
        carbon, pollution = self.coordinates(period, reading)
        elastic, values = self.elasticity(period, reading), self._reading(reading)[:, :, self._period(period)]
        rows = []
        for n, player in enumerate(self.players):
            row: dict[str, object] = {"player": player, "name": (self.names_zh if lang == "zh" else self.names_en)[n]}
            row |= spread("co2_cut_tco2", carbon[n], self.weights)
            row |= {
                f"{p.key}_cut_t": float(values[n, at] @ self.weights) for at, p in enumerate(self.basis.pollutants, 1)
            }
            row |= spread("equivalents_cut", pollution[n], self.weights) | elasticity_range(elastic[n])
            shares = np.bincount(quadrant(carbon[n], pollution[n]), minlength=5) / carbon.shape[1]
            rows.append(row | {"quadrant": int(shares.argmax()), "quadrant_share": float(shares.max())})
        return rows

    def _period(self, period: Period) -> int:
        if period not in self.periods:
            known = ", ".join(map(str, self.periods))
            raise PathwayError(f"no lever shares for {period!r}; there are {known}: name it in periods=")
        return self.periods.index(period)

    def _reading(self, reading: str) -> np.ndarray:
        if reading not in READINGS:
            raise PathwayError(f"no reading {reading!r}; there are {', '.join(READINGS)}")
        return self.shares if reading == "shapley" else self.alone

    def __repr__(self) -> str:
        kind = "exact" if self.standard_error is None else "sampled"
        return f"<LeverCobenefits {self.park_id}, {self.scenario}: {len(self.players)} players, {kind}>"


@dataclass(frozen=True, eq=False)
class UnitCost:
    """Unit abatement costs of one scenario, member by member; each carries the whole known cost.

    Parameters
    ----------
    scenario, name_en, name_zh : str
    unknown : tuple of str
        Levers whose cost is not known; where there is one, the scenario's cost is not known and the figures
        below are only its known part.
    per_carbon : (member,), CNY/tCO2
    per_equivalent : (member,), CNY per pollution equivalent
    per_combined : (member,), CNY per equivalent, CO2 counted at its worth in equivalents
        NaN where a member cuts nothing.
    """

    scenario: str
    name_en: str
    name_zh: str
    unknown: tuple[str, ...]
    per_carbon: np.ndarray
    per_equivalent: np.ndarray
    per_combined: np.ndarray

    @property
    def known(self) -> bool:
        """Tell whether the whole cost is known."""
        return not self.unknown

    def ranges(self) -> dict[str, tuple[float, float, float] | None]:
        """Summarise each unit cost by median and 5-95 %; None where the cost is not known or nothing is cut."""
        found: dict[str, tuple[float, float, float] | None] = {}
        for name in ("per_carbon", "per_equivalent", "per_combined"):
            values = getattr(self, name)
            usable = values[~np.isnan(values)]
            # A scenario that raises pollution in some members has no price per equivalent cut.
            told = self.known and usable.size == values.size
            found[name] = tuple(np.quantile(usable, (0.5, 0.05, 0.95)).tolist()) if told else None
        return found
