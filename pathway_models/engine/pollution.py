"""Air pollutants of packages, exact by carrier: factors drawn by member, and the sums that packages scale.

A package changes every carrier of a group alike (`engine.batches.Accounts`), so that pollutants follow the tree of
packages as CO2 does.  Arrays are (pollutant, year, member).
"""

from collections.abc import Sequence

import numpy as np

from pathway_models.core import PathwayError
from pathway_models.engine import batches, chain, package_tree, projecting, sampling
from pathway_models.intake.factors.tables import find_fuel, read_carriers
from pathway_models.intake.pollutants import PER_FUEL
from pathway_models.kernels import emissions, quantiles
from pathway_models.records import Assumptions, Draws, Park, Scenario
from pathway_models.records.pollutants import Burner, Coefficient, Fire, PollutantFactors


def fires_of(park: Park, chosen: Sequence[Scenario], factors: PollutantFactors, assumptions: Assumptions) -> list[Fire]:
    """List every carrier that a sector burns in the record, or that a lever may bring into it.

    Raises
    ------
    PathwayError
        No equipment rule applies to one of them.
    """
    carriers, groups, _ = projecting.carrier_factors(park, chosen, assumptions)
    given = {name for scenario in chosen for measure in scenario.measures for name in measure.lever.gives_to}
    found, lacking = [], []
    for s, sector in enumerate(park.sectors):
        for c, (carrier, group) in enumerate(zip(carriers, groups, strict=True)):
            used = carrier in given or (c < len(park.carriers) and park.energy[s, c].any())
            if group in batches.BURNT and used:
                rule = factors.rule(sector, carrier, group)
                if rule is None:
                    lacking.append(f"{carrier} in {sector}")
                else:
                    found.append(Fire(s, c, carrier, group, rule))
    if lacking:
        raise PathwayError(f"{park.park_id}: no equipment for {', '.join(lacking)}; add a rule to your pollutants file")
    return found


def coefficients_of(fire: Fire, pollutant: str, factors: PollutantFactors) -> list[Coefficient]:
    """List the coefficients of one factor: of the burner, of the content per which it is stated, of each control.

    Raises
    ------
    PathwayError
        The content is not known.
    """
    own = factors.burners[fire.rule.burner].factors[pollutant]
    found = [own]
    if own.times:
        content = factors.content(own.times, fire.carrier_id, fire.group)
        if content is None:
            raise PathwayError(f"{own.times} content of {fire.carrier_id} is not known; add it to your pollutants file")
        found.append(content)
    removes = (factors.controls[name].removes for name in fire.rule.controls)
    return [*found, *(one[pollutant] for one in removes if pollutant in one)]


def draw_coefficient(one: Coefficient, draws: Draws) -> np.ndarray:
    """Draw a coefficient by member, from its own stream: (member,)."""
    uniform = sampling.stream(draws.seed, draws.park_id, f"pollutant:{one.name}").random(draws.members)
    return quantiles.triangular(uniform, one.corners.low, one.corners.mode, one.corners.high)


def member_factors(
    park: Park, fires: Sequence[Fire], pollutants: Sequence[str], factors: PollutantFactors, draws: Draws
) -> np.ndarray:
    """Draw pollutants per energy: (pollutant, member, sector, carrier), t/TJ; zero where nothing is burnt."""
    count = max((fire.carrier for fire in fires), default=0) + 1
    found = np.zeros((len(pollutants), draws.members, len(park.sectors), max(count, len(park.carriers))))
    for p, pollutant in enumerate(pollutants):
        for fire in fires:
            own, *others = coefficients_of(fire, pollutant, factors)
            size, unit = PER_FUEL[own.unit]
            removed = [draw_coefficient(one, draws) for one in (others[1:] if own.times else others)]
            content = draw_coefficient(others[0], draws) if own.times else 1.0
            burner = factors.burners[fire.rule.burner]
            energy = _tj_per_unit(park, burner, unit, fire.carrier_id)
            per_fuel = size * draw_coefficient(own, draws)
            found[p, :, fire.sector, fire.carrier] = emissions.burner_factor(per_fuel, energy, removed, content)
    return found


def _tj_per_unit(park: Park, burner: Burner, unit: str, carrier: str) -> float:
    """Look up the calorific value of a unit of fuel, TJ: the carrier's own, else the reference fuel's."""
    library = read_carriers()
    if unit == "TJ":
        return 1.0
    if unit == "t" and burner.tj_per_t is not None:
        return burner.tj_per_t
    for name in (carrier, burner.fuel):
        fuel = find_fuel(park.factor_set, library[name]) if name in library else None
        if fuel is not None and fuel.unit == unit:
            return fuel.tj_per_unit
    raise PathwayError(
        f"{park.park_id}: {park.factor_set} has no calorific value per {unit} for {carrier} or {burner.fuel}; state the"
        " burner's factors in kg/TJ"
    )


class Pollution:
    """Pollutants of a batch of members under any package.

    Parameters
    ----------
    batch : BatchEvaluator
    factors : (pollutant, member, sector, carrier), t/TJ
        Of the batch's members, carriers as in the batch.
    rest : (pollutant, member), t/yr
        Part of a measured value that is not from fuel, in its year.
    rest_years : (pollutant,) int
        Column of that year among all years.
    """

    def __init__(
        self, batch: package_tree.BatchEvaluator, factors: np.ndarray, rest: np.ndarray, rest_years: np.ndarray
    ) -> None:
        self.batch, self.books = batch.batch, batch.accounts
        frame = batch.batch.frame
        self.factors = np.zeros((factors.shape[0], len(frame.park.sectors), len(frame.carriers), batch.size))
        self.factors[:, :, : factors.shape[3]] = factors.transpose(0, 2, 3, 1)
        self.empty = np.zeros((factors.shape[0], *self.books.zero.shape))
        self.groups = [group for group in batches.BURNT if group in self.books.present]
        self.base = {(pool, g): self._base(pool, g) for pool, g in self.books.pool_energy if g in self.groups}
        activity = batch.batch.activity[self.books.sectors[batches.ECONOMIC]].sum(axis=0)  # (year, member)
        self.rest = rest[:, None] * (activity[None, self.books.years] / activity[rest_years][:, None])
        self._given: dict[tuple[batches.Pool, str, str], np.ndarray] = {}
        self._open_on: chain.StructureCase | None = None

    def _base(self, pool: batches.Pool, group: str) -> np.ndarray:
        cells = self.books.cells(pool, group)
        return sum((self.factors[:, s, c, None] * energy for s, c, energy in cells), self.empty)

    def given(self, pool: batches.Pool, carrier: str, group: str) -> np.ndarray:
        """Compute pollutants if each TJ of a pool's group became one TJ of a carrier: (pollutant, year, member)."""
        key = (pool, carrier, group)
        if key not in self._given:
            at = self.batch.frame.carriers.index(carrier)
            cells = self.books.cells(pool, group)
            self._given[key] = sum((self.factors[:, s, at, None] * energy for s, _, energy in cells), self.empty)
        return self._given[key]

    def _of_class(self, above: chain.StructureCase, k: int) -> np.ndarray:
        mix = above.of_mix.mix
        held = (base * mix.left.get(key, 1.0) for key, base in self.base.items() if key[0].k == k)
        total = sum(held, self.empty)
        for (pool, carrier, origin), share in mix.added.items():
            if pool.k == k and self.books.group_of[carrier] in batches.BURNT:
                total = total + share * self.given(pool, carrier, origin)
        return total

    def _open(self, above: chain.StructureCase) -> None:
        self._open_on = above
        parts = [
            (above.structure if k == batches.ECONOMIC else 1.0) * self._of_class(above, k) for k in self.books.classes
        ]
        self._burnt = sum(parts[1:], parts[0])
        self._energy = self.books.both(above.of_mix.energy, batches.BURNT, above.structure)
        # ASSUME: the part of a measured value not from fuel follows the economic sectors' activity and structure.
        self._rest = self.rest * above.structure

    def of(self, case: chain.PackageCase) -> np.ndarray:
        """Compute the pollutants of a package over the projected years: (pollutant, year, member), t/yr."""
        if case.of_structure is not self._open_on:
            self._open(case.of_structure)
        total = self._burnt * case.intensity
        if case.captures:
            used = self._energy > 0
            per_energy = np.where(used, self._burnt / np.where(used, self._energy, 1.0), 0.0)
            # ASSUME: the heat of capture burns the scenario's own mix; capture itself removes no pollutants.
            heat = sum(measure.lever.acts.heat(taken, at) for measure, at, taken in case.captures)
            total = total + per_energy * heat
        return total + self._rest
