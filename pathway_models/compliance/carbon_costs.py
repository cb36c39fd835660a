"""Cost of allowances and of border adjustment over an ensemble, P05 to P95 (docs/accounts.md, 7)."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

import numpy as np

from pathway_models.baseline.bridges import factor_errors
from pathway_models.compliance.projected import by_account, grid_of, not_projected
from pathway_models.compliance.records import CarbonCost
from pathway_models.core.errors import PathwayError
from pathway_models.engine.projecting import assumed_by, project
from pathway_models.engine.sampling import SHARED, stream
from pathway_models.intake.costs import read_costs
from pathway_models.intake.rules.carbon_costs import CarbonCostRules, read_carbon_costs
from pathway_models.intake.rules.profiles import read_account
from pathway_models.records.accounts import Account, Bilingual
from pathway_models.records.draws import Draws
from pathway_models.records.levers import Scenario
from pathway_models.records.park import Park

NO_PRODUCT = Bilingual(
    "cannot be said: the park does not make one product alone, by whose tonnes it could be counted",
    "无法判断：园区并非只生产单一产品，无法按产品吨数核算",
)


def allowance_cost(
    years: np.ndarray,
    emissions: np.ndarray,
    output: np.ndarray,
    price: np.ndarray,
    benchmark: Mapping[int, float],
    rules: CarbonCostRules | None = None,
) -> CarbonCost:
    """Price what covered emissions exceed their free allocation by.

    Parameters
    ----------
    years : (Y,) int
    emissions : (scenario, member, Y), tCO2/yr
        Direct, of the covered enterprises.
    output : (member, Y) or (scenario, member, Y), t/yr
    price : (member, Y) or (Y,), CNY/tCO2
    benchmark : mapping year -> float
        tCO2 per tonne of output; a year without one takes that of the year before.  No shipped default: the published
        plans were not read.
    rules : CarbonCostRules, optional

    Returns
    -------
    CarbonCost
        CNY/yr.

    Raises
    ------
    PathwayError
        A year lies before all rules, or needs a benchmark that is not given.
    """
    rules = rules or read_carbon_costs()
    free = np.empty(emissions.shape)
    for at, year in enumerate(map(int, years)):
        rule = rules.ets.of(year)
        if rule is None:
            raise PathwayError(f"{year}: no allocation rule before {min(one.first for one in rules.ets.allocation)}")
        if rule.rule == "equals_emissions":
            free[..., at] = emissions[..., at]
            continue
        earlier = [known for known in benchmark if known <= year]
        if not earlier:
            raise PathwayError(
                f"{year}: allocation by intensity needs a benchmark in tCO2 per tonne; give one for {year}"
            )
        free[..., at] = benchmark[max(earlier)] * output[..., at]
    return CarbonCost(years, (emissions - free) * price, "CNY/yr")


def border_cost(
    years: np.ndarray,
    embedded: np.ndarray,
    exported: np.ndarray,
    *,
    free_benchmark: float = 0.0,
    paid_at_home: float = 0.0,
    default_values: bool = False,
    rules: CarbonCostRules | None = None,
) -> CarbonCost:
    """Price the emissions embedded in goods sold to the European Union.

    Parameters
    ----------
    years : (Y,) int
    embedded : (scenario, member, Y), tCO2 per tonne of product
        From the account ``product``.
    exported : (Y,), t/yr
        Sold to the Union.
    free_benchmark : float
        tCO2 per tonne that European makers still get free.
    paid_at_home : float
        EUR/tCO2 already paid.
    default_values : bool
        Whether default values are declared, with their mark-up, and not verified ones.
    rules : CarbonCostRules, optional

    Returns
    -------
    CarbonCost
        EUR/yr at the price last seen, constant.  # ASSUME: no path of the certificate price is known.

    Raises
    ------
    PathwayError
        A number is negative.
    """
    rules = rules or read_carbon_costs()
    if min(free_benchmark, paid_at_home, float(np.min(exported))) < 0:
        raise PathwayError("free_benchmark, paid_at_home and exported: expected 0 or more")
    border = rules.cbam
    mark_up = np.array([border.marked_up(int(year)) if default_values else 0.0 for year in years])
    counted = np.maximum(embedded * (1.0 + mark_up) - free_benchmark, 0.0)
    price = np.where(years >= border.certificates_sold_from - 1, max(border.price.value - paid_at_home, 0.0), 0.0)
    return CarbonCost(years, counted * exported * price, "EUR/yr")


def carbon_costs(
    park: Park,
    scenarios: Iterable[Scenario],
    draws: Draws,
    *,
    benchmark: Mapping[int, float],
    exported: float = 0.0,
    free_benchmark: float = 0.0,
    default_values: bool = False,
) -> tuple[dict[str, CarbonCost], dict[str, Bilingual]]:
    """Price allowances and border adjustment of a park over an ensemble.

    Parameters
    ----------
    park : Park
    scenarios : iterable of Scenario
    draws : Draws
        Of these scenarios.
    benchmark : mapping year -> float
        tCO2 a tonne of product that is allocated free.
    exported : float
        Tonnes a year sold to the European Union; border adjustment is left out where it is 0.
    free_benchmark, default_values
        As in `border_cost`.

    Returns
    -------
    costs, reasons : dict
        ``allowances`` from the first year with a rule on, and ``border`` where anything is exported: the cost, or why
        it cannot be said.

    Notes
    -----
    ASSUME: the allowance price is that of ``data/costs.yml``, drawn once a member.
    """
    scenarios = list(scenarios)
    known = {one.scenario_id: one for one in scenarios}
    pathways = project(park, scenarios, draws)
    ahead = pathways.years > park.last_observed_year
    years, product = pathways.years[ahead], read_account("product")
    output = output_ahead(park, scenarios, draws, product)
    covered, found, reasons = read_account("ets"), {}, {}
    if reason := not_projected(park, pathways.sources, covered) or (None if output is not None else NO_PRODUCT):
        reasons["allowances"] = reason
    else:
        grid = grid_of(park, draws, pathways.scenarios, known)
        drawn = stream(draws.seed, SHARED, "cost:carbon_price").random(draws.members)
        price = 1e6 * read_costs().carbon_price.draw(drawn, years)
        ruled = years >= min(one.first for one in read_carbon_costs().ets.allocation)
        emissions, made = by_account(park, pathways, grid, covered)[..., ahead], output[..., ahead]
        found["allowances"] = allowance_cost(
            years[ruled], emissions[..., ruled], made[..., ruled], price[..., ruled], benchmark
        )
    if exported and output is None:
        reasons["border"] = NO_PRODUCT
    elif exported:
        grid = grid_of(park, draws, pathways.scenarios, known)
        embedded = by_account(park, pathways, grid, product)[..., ahead] / output[..., ahead]
        sold = np.full(years.size, exported)
        found["border"] = border_cost(
            years, embedded, sold, free_benchmark=free_benchmark, default_values=default_values
        )
    return found, reasons


def output_ahead(park: Park, scenarios: Iterable[Scenario], draws: Draws, account: Account) -> np.ndarray | None:
    """Project the output of a park that makes one product alone: (scenario, member, year), t/yr; else None.

    Structure takes output off, other levers none: the process emissions under structure alone, over their factor.
    """
    if len(park.sectors) > 1 or [process.name in account.products for process in park.processes] != [True]:
        return None
    bare = [
        replace(one, measures=tuple(m for m in one.measures if m.lever.acts.part == "structure")) for one in scenarios
    ]
    pathways = project(park, bare, draws)
    errors = factor_errors(park, draws.normals, slice(None), assumed_by(draws, None).uncertainties.factor_errors)
    made = pathways.emissions[:, :, pathways.sources.index("process")]
    made = made / (park.process_factors[0, -1] * errors["process"])
    made[..., pathways.years <= park.last_observed_year] = park.outputs[0]
    return made
