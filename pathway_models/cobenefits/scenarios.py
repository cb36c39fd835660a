"""Air pollutants beside CO2, by scenario, member and year: docs/cobenefits.md has the equations and their sources.

Cuts of CO2 and pollutants by lever, and the unit costs of both.

Shapley shares add up in every member; each lever alone is given beside them.  Unit costs are per tonne of CO2, per
pollution equivalent, and per both together.
"""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from pathway_models.cobenefits import records
from pathway_models.core import PathwayError
from pathway_models.decisions.attribution import coalition, drawn_orders, families_of, names_of, players_of, share_out
from pathway_models.decisions.package_cost import package_cost
from pathway_models.engine import projecting, sampling
from pathway_models.engine.package_tree import package_tree
from pathway_models.engine.packages import PackageEngine
from pathway_models.engine.pollution import Pollution, coefficients_of, fires_of, member_factors
from pathway_models.intake.pollutants import read_pollutants
from pathway_models.kernels.costs import levelised
from pathway_models.kernels.emissions import KG_PER_T, carbon_weight
from pathway_models.records import NO_MEASURES, Costs, Draws, Measure, Park, Scenario
from pathway_models.records.pollutants import Coefficient, Fire, Pollutant, PollutantFactors

#: Most background numbers named in a refusal.
NAMED = 4


def cobenefits(
    park: Park,
    scenarios: Mapping[str, Scenario] | Iterable[Scenario],
    draws: Draws,
    *,
    factors: PollutantFactors | None = None,
    pollutants: Iterable[str] | None = None,
    allow_background: bool = False,
    until: int | None = None,
) -> records.Cobenefits:
    """Compute air pollutants and CO2 of scenarios in the same draws.

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
        No pollutant can be computed without consent, or from a table without energy; or the draws do not fit.
    """
    if not park.has_energy:
        raise PathwayError(
            f"{park.park_id}: no energy by carrier is in the table, so that no air pollutant can be computed"
        )
    chosen = list(scenarios.values()) if isinstance(scenarios, Mapping) else list(scenarios)
    if all(scenario.measures for scenario in chosen):
        chosen = [NO_MEASURES, *chosen]
    basis = prepare_basis(park, chosen, draws, factors, pollutants, allow_background)
    engine = PackageEngine(park, chosen, draws, until=until)
    emissions, co2 = run(engine, basis, chosen)
    return records.Cobenefits(
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


def run(engine: PackageEngine, basis: records.Basis, packages: list[Scenario]) -> tuple[np.ndarray, np.ndarray]:
    """Project pollutants (package, pollutant, member, year) and CO2 (package, member, year), the record first."""
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


def prepare_basis(
    park: Park,
    chosen: list[Scenario],
    draws: Draws,
    given: PollutantFactors | None,
    wanted: Iterable[str] | None,
    allow_background: bool,
) -> records.Basis:
    """Select the pollutants with usable factors, draw the factors and calibrate them to measured values.

    Raises
    ------
    PathwayError
        A pollutant is unknown, or none can be computed without consent.
    """
    factors = given or read_pollutants()
    keys = tuple(factors.pollutants) if wanted is None else tuple(wanted)
    strange = [key for key in keys if key not in factors.pollutants]
    if strange:
        raise PathwayError(f"no pollutant {', '.join(strange)}; there are {', '.join(factors.pollutants)}")
    fires = fires_of(park, chosen, factors, projecting.assumed_by(draws, None))
    doubtful = {key: _doubtful(fires, factors.pollutants[key], factors) for key in keys}
    unknown = {} if allow_background else {key: needs for key, needs in doubtful.items() if needs}
    told = [key for key in keys if key not in unknown]
    if not told:
        raise PathwayError(_refusal(park, unknown))
    by_member = member_factors(park, fires, told, factors, draws)
    pollutants = tuple(factors.pollutants[key] for key in told)
    fitted = _calibrate(park, pollutants, by_member)
    names = {one.name: one for key in told for one in doubtful[key]}
    return records.Basis(pollutants, *fitted[:4], unknown, tuple(names.values()), fitted[4], tuple(fires), factors)


def _doubtful(fires: list[Fire], pollutant: Pollutant, factors: PollutantFactors) -> tuple[Coefficient, ...]:
    used = [one for fire in fires for one in coefficients_of(fire, pollutant.key, factors)]
    return tuple({one.name: one for one in (*used, pollutant.equivalent) if one.doubtful}.values())


def _refusal(park: Park, unknown: Mapping[str, tuple[Coefficient, ...]]) -> str:
    names = list(dict.fromkeys(one.name for needs in unknown.values() for one in needs))
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return (
        f"{park.park_id}: {', '.join(unknown)} need background numbers ({', '.join(names[:NAMED])}{more})."
        " Consent with allow_background=True (--allow-background), or give your own in a file (--factors)"
    )


def _calibrate(
    park: Park, pollutants: tuple[Pollutant, ...], factors: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, dict[str, records.Calibration]]:
    """Scale factors to measured values; return factors, observed emissions, rest, its year and the calibrations.

    ASSUME: the last measured year stands for the equipment of all years to come.
    """
    factors = factors.copy()
    burnt = np.einsum("pmsc,scy->pmy", factors[..., : len(park.carriers)], park.energy)
    rest, columns = np.zeros(factors.shape[:2]), np.full(len(pollutants), park.years.size - 1)
    done: dict[str, records.Calibration] = {}
    activity = park.activity[[kind != "population" for kind in park.activity_kinds]].sum(axis=0)
    for p, one in enumerate(pollutants):
        measured = records.measured_values(park, one.key)
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
        done[one.key] = records.Calibration(int(park.years[at]), level, of_fuel, float(np.median(rest[p])))
    return factors, burnt, rest, columns, done


#: Coalitions evaluated at a time, so that memory does not grow with their number.
TOGETHER = 64


def lever_cobenefits(
    park: Park,
    scenario: Scenario,
    draws: Draws,
    *,
    by: str = "lever",
    periods: Sequence[int] = (2030, 2035),
    factors: PollutantFactors | None = None,
    pollutants: Iterable[str] | None = None,
    allow_background: bool = False,
    until: int | None = None,
    orders: int = 15,
) -> records.LeverCobenefits:
    """Attribute a scenario's cuts of CO2 and pollutants to its levers or families.

    Parameters
    ----------
    park, scenario, draws
    by : {"lever", "family"}
    periods : sequence of int
        Years kept by member; the sum over all years is always added.
    factors, pollutants, allow_background, until
        As in `cobenefits`.
    orders : int
        Sampled orders, each taken both ways, where there are more than ten players.

    Raises
    ------
    ScenarioError
        The scenario has no measures, or ``by`` is unknown.
    PathwayError
        A period is not projected, or no pollutant can be computed without consent.
    """
    players = players_of(scenario, by)
    basis = prepare_basis(park, [scenario], draws, factors, pollutants, allow_background)
    engine = PackageEngine(park, scenario, draws, until=until)
    years = engine.years[1:]
    strange = [year for year in periods if year not in years]
    if strange:
        raise PathwayError(f"periods {strange}: projected years are {years[0]} to {years[-1]}")
    measures = list(players.values())
    reach = _CoalitionEmissions(engine, basis, measures, [int(year - years[0]) for year in periods])
    shared = share_out(reach, drawn_orders(draws, len(players), orders))
    names_en, names_zh = names_of(players, by)
    (single, yearly), (alone_single, _) = reach.split(-shared.shares), reach.split(-shared.alone)
    without, reached = reach.split(np.stack([shared.without, shared.reached]))[0]
    return records.LeverCobenefits(
        identity=park.identity, scenario=scenario.scenario_id, players=tuple(players), names_en=names_en,
        names_zh=names_zh, families=families_of(players, by), basis=basis,
        years=years, periods=(*periods, records.CUMULATIVE), shares=single + 0.0,
        alone=alone_single + 0.0, yearly=yearly + 0.0, without=without, reached=reached,
        standard_error=None if shared.standard_error is None else reach.split(shared.standard_error)[1],
        weights=reach.weights,
    )  # fmt: skip


class _CoalitionEmissions:
    """Emissions of coalitions: single members in the periods, then means by year, in one row a coalition."""

    def __init__(
        self, engine: PackageEngine, basis: records.Basis, measures: list[tuple[Measure, ...]], columns: list[int]
    ) -> None:
        self.engine, self.basis, self.measures, self.columns = engine, basis, measures, columns
        self.weights, self.known = engine.central(), engine.park.years.size
        self.quantities = 1 + len(basis.pollutants)

    def __call__(self, members: np.ndarray) -> np.ndarray:
        rows = []
        for start in range(0, len(members), TOGETHER):
            packages = [coalition(self.measures, inside) for inside in members[start : start + TOGETHER]]
            emitted, co2 = run(self.engine, self.basis, packages)
            levels = np.concatenate([co2[:, None], emitted], axis=1)[..., self.known :]
            single = np.concatenate([levels[..., self.columns], levels.sum(axis=-1, keepdims=True)], axis=-1)
            means = np.einsum("cqmy,m->cqy", levels, self.weights)
            rows.append(np.hstack([single.reshape(len(packages), -1), means.reshape(len(packages), -1)]))
        return np.concatenate(rows)

    def split(self, values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Split rows into (row, quantity, period, member) and (row, quantity, year)."""
        looked, count = len(self.columns) + 1, self.weights.size
        single = self.quantities * looked * count
        by_member = values[:, :single].reshape(-1, self.quantities, count, looked).swapaxes(-1, -2)
        return by_member, values[:, single:].reshape(len(values), self.quantities, -1)


def single_levers(scenario: Scenario) -> list[Scenario]:
    """Build a scenario without levers, and one for every measure of a scenario by itself."""
    alone = [Scenario(m.lever.lever_id, m.lever.name_en, m.lever.name_zh, measures=(m,)) for m in scenario.measures]
    return [NO_MEASURES, *alone]


def unit_costs(
    park: Park,
    found: records.Cobenefits,
    draws: Draws,
    costs: Costs,
    *,
    tax_rate: float | None = None,
    rate: float | None = None,
) -> list[records.UnitCost]:
    """Compute unit abatement costs of all scenarios with levers.

    Parameters
    ----------
    park : Park
    found : Cobenefits
        Computed with ``draws``.
    draws : Draws
    costs : Costs
    tax_rate : float, optional
        CNY per equivalent, the province's; without one the statutory range is drawn evenly.
    rate : float, optional
        Real discount rate; that of the costs by default.

    Raises
    ------
    PathwayError
        The tax rate is not above zero.
    """
    if tax_rate is not None and tax_rate <= 0:
        raise PathwayError(f"tax_rate = {tax_rate}: expected CNY per equivalent above zero")
    projected = found.years > found.last_observed_year
    years = found.years[projected]
    corners = found.basis.used.tax_rate.corners
    # ASSUME: without the province's rate every rate that the law allows is as likely as any other.
    uniform = sampling.stream(draws.seed, sampling.SHARED, "pollutant:tax_rate").random(draws.members)
    taxes = np.full(draws.members, tax_rate) if tax_rate else corners.low + uniform * (corners.high - corners.low)
    price = costs.carbon_price.draw(
        sampling.stream(draws.seed, sampling.SHARED, "cost:carbon_price").random(draws.members), years
    )
    weight = carbon_weight(1e6 * price, taxes[:, None])
    done = []
    for scenario in found.scenarios:
        if not scenario.measures:
            continue
        money = package_cost(park, scenario, draws, costs, until=int(years[-1]), rate=rate)
        value = 1e6 * money.present_value()
        carbon, pollution = (cut[:, projected] for cut in found.cut(scenario.scenario_id))
        units = (carbon, KG_PER_T * pollution, KG_PER_T * (pollution + weight * carbon))
        per = (levelised(value, cut @ money.discount) for cut in units)
        done.append(
            records.UnitCost(scenario.scenario_id, scenario.name_en, scenario.name_zh, tuple(money.unknown), *per)
        )
    return done
