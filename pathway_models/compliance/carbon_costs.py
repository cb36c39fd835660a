"""Cost of allowances and of border adjustment over an ensemble, P05 to P95 (docs/accounts.md, 7).

Carbon budgets of a plan period by stated rules, and the probability of overrunning them (docs/accounts.md, 7).
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace

import numpy as np

from pathway_models.baseline.bridges import factor_errors
from pathway_models.compliance import judging, records
from pathway_models.core import PathwayError
from pathway_models.engine import projecting, sampling
from pathway_models.intake import costs, register
from pathway_models.intake.rules import read_account, read_carbon_costs
from pathway_models.records import Account, Bilingual, Draws, Park, Pathways, Scenario

#: Year of carbon neutrality in the notice.
NEUTRAL = 2060
#: Cut of CO2 per value added required by the 15th five-year plan over 2026-2030.
CUT = 0.17
#: Rules based on a plan or target of one country: its name, and its key for `intake.register.has_rule`.
NATIONAL = {
    "intensity": Bilingual("the cut of the 15th five-year plan", "“十五五”碳强度降幅"),
    "neutral": Bilingual("neutrality in 2060", "2060年碳中和目标"),
}
RULES_OF = {"intensity": "intensity_targets", "neutral": "peak_years"}


def holds_in(country: str, rule: str) -> bool:
    """Tell whether a rule is not based on another country's plans or years."""
    return rule not in RULES_OF or register.has_rule(country, RULES_OF[rule])


def carbon_budget(
    pathways: Pathways, rule: str = "intensity", *, first: int = 2026, last: int = 2030, cut: float = CUT
) -> records.CarbonBudget:
    """Compute a budget and compare an ensemble with it.

    Parameters
    ----------
    pathways : Pathways
        The first scenario is the reference: its median is the base where the base year is not observed, and its median
        activity is the growth that the rule ``"intensity"`` allows.
    rule : {"intensity", "hold", "neutral"}
        ``intensity``: base x activity over that of the base year x (1 - cut)^((y - base) / n), n years in the period;
        ``hold``: the base in every year; ``neutral``: a straight line from the base to zero in 2060.
    first, last : int
        Plan period; the year before it is the base.
    cut : float
        Cut of CO2 per value added over the period, a share; the 15th five-year plan requires 0.17 over 2026-2030.

    Raises
    ------
    PathwayError
        No such rule; the period is empty, begins before the record does, or goes beyond the horizon; the rule needs
        activity and only totals were kept.
    """
    base = first - 1
    wrong = []
    if rule not in records.RULE_WORDS:
        wrong.append(f"rule {rule!r}: expected one of {', '.join(records.RULE_WORDS)}")
    if not int(pathways.years[0]) <= base < last <= int(pathways.years[-1]):
        wrong.append(f"period {first}-{last}: expected years from {pathways.years[0] + 1} to {pathways.years[-1]}")
    if not 0 <= cut < 1:
        wrong.append(f"cut = {cut}: expected a share from 0 to below 1")
    if rule == "intensity" and "activity" not in pathways.memo_items:
        wrong.append("the rule 'intensity' needs activity, and only totals were kept")
    if wrong:
        raise PathwayError(f"{pathways.park_id}: " + "; ".join(wrong))
    at = base - int(pathways.years[0])
    inside = slice(at + 1, at + 1 + last - base)
    years, total = pathways.years[inside], pathways.total()
    start = float(np.median(total[0, :, at]))
    steps = years - base
    if rule == "hold":
        allowed = np.full(years.size, start)
    elif rule == "neutral":
        allowed = start * np.maximum(NEUTRAL - years, 0) / (NEUTRAL - base)
    else:
        activity = pathways.memo_items["activity"][0]
        growth = np.median(activity[:, inside] / activity[:, at : at + 1], axis=0)
        allowed = start * growth * (1.0 - cut) ** (steps / years.size)
    is_observed = base <= pathways.last_observed_year
    return records.CarbonBudget(
        pathways.identity, rule, years, allowed, total[..., inside], pathways.scenarios, base, is_observed
    )


NO_PRODUCT = Bilingual(
    "cannot be determined: the park does not make one product only, so it cannot be counted by tonnes of product",
    "无法判断：园区并非只生产单一产品，无法按产品吨数核算",
)


def allowance_cost(
    years: np.ndarray,
    emissions: np.ndarray,
    output: np.ndarray,
    price: np.ndarray,
    benchmark: Mapping[int, float],
) -> records.CarbonCost:
    """Price covered emissions in excess of their free allocation.

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

    Returns
    -------
    CarbonCost
        CNY/yr.

    Raises
    ------
    PathwayError
        A year lies before all rules, or needs a benchmark that is not given.
    """
    ets, free = read_carbon_costs().ets, np.empty(emissions.shape)
    for at, year in enumerate(map(int, years)):
        rule = ets.of(year)
        if rule is None:
            raise PathwayError(f"{year}: no allocation rule before {min(one.first for one in ets.allocation)}")
        if rule.rule == "equals_emissions":
            free[..., at] = emissions[..., at]
            continue
        earlier = [known for known in benchmark if known <= year]
        if not earlier:
            raise PathwayError(
                f"{year}: allocation by intensity needs a benchmark in tCO2 per tonne; give one for {year}"
            )
        free[..., at] = benchmark[max(earlier)] * output[..., at]
    return records.CarbonCost(years, (emissions - free) * price, "CNY/yr")


def border_cost(
    years: np.ndarray,
    embedded: np.ndarray,
    exported: np.ndarray,
    *,
    free_benchmark: float = 0.0,
    paid_at_home: float = 0.0,
    default_values: bool = False,
) -> records.CarbonCost:
    """Price the emissions embedded in goods sold to the European Union.

    Parameters
    ----------
    years : (Y,) int
    embedded : (scenario, member, Y), tCO2 per tonne of product
        From the account ``product``.
    exported : (Y,), t/yr
        Sold to the Union.
    free_benchmark : float
        tCO2 per tonne that European producers are still allocated free.
    paid_at_home : float
        EUR/tCO2 already paid.
    default_values : bool
        Whether default values are declared, with their mark-up, and not verified ones.

    Returns
    -------
    CarbonCost
        EUR/yr at the price last seen, constant.  # ASSUME: no path of the certificate price is known.

    Raises
    ------
    PathwayError
        A number is negative.
    """
    if min(free_benchmark, paid_at_home, float(np.min(exported))) < 0:
        raise PathwayError("free_benchmark, paid_at_home and exported: expected 0 or more")
    border = read_carbon_costs().cbam
    mark_up = np.array([border.marked_up(int(year)) if default_values else 0.0 for year in years])
    counted = np.maximum(embedded * (1.0 + mark_up) - free_benchmark, 0.0)
    price = np.where(years >= border.certificates_sold_from - 1, max(border.price.value - paid_at_home, 0.0), 0.0)
    return records.CarbonCost(years, counted * exported * price, "EUR/yr")


def carbon_costs(
    park: Park,
    scenarios: Iterable[Scenario],
    draws: Draws,
    *,
    benchmark: Mapping[int, float],
    exported: float = 0.0,
    free_benchmark: float = 0.0,
    default_values: bool = False,
) -> tuple[dict[str, records.CarbonCost], dict[str, Bilingual]]:
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
        ``allowances`` from the first year with a rule on, and ``border`` where anything is exported: the cost, or the
        reason why there is none.

    Notes
    -----
    ASSUME: the allowance price is that of ``data/costs.yml``, drawn once a member.
    """
    scenarios = list(scenarios)
    known = {one.scenario_id: one for one in scenarios}
    pathways = projecting.project(park, scenarios, draws)
    ahead = pathways.years > park.last_observed_year
    years, product = pathways.years[ahead], read_account("product")
    output = output_ahead(park, scenarios, draws, product)
    covered, found, reasons = read_account("ets"), {}, {}
    if reason := judging.not_projected(park, pathways.sources, covered) or (None if output is not None else NO_PRODUCT):
        reasons["allowances"] = reason
    else:
        grid = judging.grid_of(park, draws, pathways.scenarios, known)
        drawn = sampling.stream(draws.seed, sampling.SHARED, "cost:carbon_price").random(draws.members)
        price = 1e6 * costs.read_costs().carbon_price.draw(drawn, years)
        ruled = years >= min(one.first for one in read_carbon_costs().ets.allocation)
        emissions, made = judging.by_account(park, pathways, grid, covered)[..., ahead], output[..., ahead]
        found["allowances"] = allowance_cost(
            years[ruled], emissions[..., ruled], made[..., ruled], price[..., ruled], benchmark
        )
    if exported and output is None:
        reasons["border"] = NO_PRODUCT
    elif exported:
        grid = judging.grid_of(park, draws, pathways.scenarios, known)
        embedded = judging.by_account(park, pathways, grid, product)[..., ahead] / output[..., ahead]
        sold = np.full(years.size, exported)
        found["border"] = border_cost(
            years, embedded, sold, free_benchmark=free_benchmark, default_values=default_values
        )
    return found, reasons


def output_ahead(park: Park, scenarios: Iterable[Scenario], draws: Draws, account: Account) -> np.ndarray | None:
    """Project the output of a park that makes one product alone: (scenario, member, year), t/yr; else None.

    Only structural levers reduce output: it is the process emissions under them alone, over their factor.
    """
    if len(park.sectors) > 1 or [process.name in account.products for process in park.processes] != [True]:
        return None
    bare = [
        replace(one, measures=tuple(m for m in one.measures if m.lever.acts.part == "structure")) for one in scenarios
    ]
    pathways = projecting.project(park, bare, draws)
    errors = factor_errors(
        park, draws.normals, slice(None), projecting.assumed_by(draws, None).uncertainties.factor_errors
    )
    made = pathways.emissions[:, :, pathways.sources.index("process")]
    made = made / (park.process_factors[0, -1] * errors["process"])
    made[..., pathways.years <= park.last_observed_year] = park.outputs[0]
    return made
