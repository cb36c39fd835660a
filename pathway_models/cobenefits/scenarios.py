"""Air pollutants beside CO2, by scenario, member and year: docs/cobenefits.md has the equations and their sources."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from pathway_models.cobenefits.basis import Basis, lay_basis
from pathway_models.core.errors import PathwayError, ScenarioError
from pathway_models.engine.package_tree import package_tree
from pathway_models.engine.packages import NOTHING, PackageEngine
from pathway_models.engine.pollution import Pollution
from pathway_models.kernels.pollutants import cross_elasticity, equivalents, quadrant
from pathway_models.records.draws import Draws
from pathway_models.records.levers import Scenario
from pathway_models.records.park import Identified, Park, ParkIdentity
from pathway_models.records.pollutants import PollutantFactors

#: Range shown with every mean.
RANGE = (0.05, 0.95)


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
        Factors, what is not known, what is background, what was calibrated.
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
        """Position of a scenario.

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
        """Column of a year.

        Raises
        ------
        PathwayError
            The year is not there.
        """
        if year not in self.years:
            raise PathwayError(f"year {year}: co-benefits reach from {self.years[0]} to {self.years[-1]}")
        return int(year - self.years[0])

    def apeq(self) -> np.ndarray:
        """Pollution equivalents: (scenario, member, year), thousands a year."""
        return equivalents(self.emissions, self.basis.equivalents, axis=1)

    def cut(self, scenario: str) -> tuple[np.ndarray, np.ndarray]:
        """What a scenario cuts of CO2 (tCO2/yr) and of equivalents (thousands a year): (member, year) each."""
        at, apeq = self.index(scenario), self.apeq()
        return self.co2[self.reference] - self.co2[at], apeq[self.reference] - apeq[at]

    def elasticity(self, scenario: str) -> np.ndarray:
        """Cross-elasticity of pollutants to CO2: (member, year); NaN where no CO2 is cut."""
        carbon, pollution = self.cut(scenario)
        return cross_elasticity(pollution, self.apeq()[self.reference], carbon, self.co2[self.reference])

    def quadrants(self, scenario: str, year: int) -> np.ndarray:
        """Share of members on an axis and in each quadrant: (5,), adding up to one."""
        carbon, pollution = (values[:, self.at(year)] for values in self.cut(scenario))
        return np.bincount(quadrant(carbon, pollution), minlength=5) / carbon.size

    def table(self, year: int = 2035, *, lang: str = "en") -> list[dict[str, object]]:
        """One row a scenario: pollutants, equivalents and CO2 of a year, what is cut, and the elasticity.

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
        row |= elastic_range(elastic)
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
    """Mean over the central members and the 5-95 % range over all."""
    low, high = np.quantile(values, RANGE)
    return {name: float(values @ weights), f"{name}_p05": float(low), f"{name}_p95": float(high)}


def elastic_range(values: np.ndarray) -> dict[str, float | None]:
    """Median and range of the elasticity over members that cut CO2, and the share of those that do not."""
    usable = values[~np.isnan(values)]
    low, middle, high = np.quantile(usable, (RANGE[0], 0.5, RANGE[1])).tolist() if usable.size else (None, None, None)
    none = 1.0 - usable.size / values.size
    return {"elasticity_p50": middle, "elasticity_p05": low, "elasticity_p95": high, "no_elasticity": none}


def cobenefits(
    park: Park,
    scenarios: Mapping[str, Scenario] | Iterable[Scenario],
    draws: Draws,
    *,
    factors: PollutantFactors | None = None,
    pollutants: Iterable[str] | None = None,
    allow_background: bool = False,
    until: int | None = None,
) -> Cobenefits:
    """Work out air pollutants and CO2 of scenarios in the same draws.

    Parameters
    ----------
    park : Park
    scenarios : mapping or iterable of Scenario
        One without levers is added where there is none.
    draws : Draws
        Made by `sample` for this park and (at least) these scenarios.
    factors : PollutantFactors, optional
        The shipped ones by default; see `read_pollutants`.
    pollutants : iterable of str, optional
        All by default.
    allow_background : bool
        Consent to factors that are background knowledge; without it pollutants that need one are not known.
    until : int, optional
        Last year; as far as the draws reach by default.

    Raises
    ------
    PathwayError
        No pollutant can be told without consent, or the draws do not fit.
    """
    chosen = list(scenarios.values()) if isinstance(scenarios, Mapping) else list(scenarios)
    if all(scenario.measures for scenario in chosen):
        chosen = [NOTHING, *chosen]
    basis = lay_basis(park, chosen, draws, factors, pollutants, allow_background)
    engine = PackageEngine(park, chosen, draws, until=until)
    emissions, co2 = run(engine, basis, chosen)
    return Cobenefits(
        identity=park.identity,
        scenarios=tuple(chosen),
        reference=next(at for at, one in enumerate(chosen) if not one.measures),
        basis=basis,
        years=np.append(park.years, engine.years[1:]),
        last_observed_year=park.last_observed_year,
        emissions=emissions,
        co2=co2,
        weights=engine.central(),
        seed=draws.seed,
    )


def run(engine: PackageEngine, basis: Basis, packages: list[Scenario]) -> tuple[np.ndarray, np.ndarray]:
    """Pollutants (package, pollutant, member, year) and CO2 (package, member, year) of some packages, record first."""
    tree, known = package_tree(packages), engine.park.years.size
    count = known + engine.years.size - 1
    emissions = np.empty((tree.cases.shape[0], len(basis.pollutants), engine.draws.members, count))
    co2 = np.empty((tree.cases.shape[0], engine.draws.members, count))
    emissions[..., :known] = basis.observed
    for batch in engine.batches():
        members = batch.members
        pollution = Pollution(batch, basis.factors[:, members], basis.rest[:, members], basis.rest_years)
        co2[:, members, :known] = batch.observed.T
        for case in batch.cases(tree):
            emissions[case.index, :, members, known:] = pollution.of(case).transpose(0, 2, 1)
            co2[case.index, members, known:] = case.total.T
    return emissions[tree.case_of], co2[tree.case_of]
