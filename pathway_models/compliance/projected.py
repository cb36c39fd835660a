"""Projected years read by an account, and the probability of meeting the core indicator (docs/accounts.md, 5)."""

from __future__ import annotations

import numpy as np

from pathway_models.baseline.bridges import factor_errors
from pathway_models.baseline.plans import baseline_paths, grid_history, grid_now
from pathway_models.compliance.judging import CORE
from pathway_models.compliance.records import CoreAhead
from pathway_models.core.errors import PathwayError
from pathway_models.core.units import TJ_PER_MWH, TJ_PER_TCE
from pathway_models.engine.projecting import assumed_by
from pathway_models.intake.rules.profiles import read_account, read_profile
from pathway_models.inventory.accounts import take_account, take_ledger
from pathway_models.records.accounts import Account, IndicatorRule, Profile
from pathway_models.records.assumptions import Assumptions
from pathway_models.records.draws import Draws
from pathway_models.records.park import Park
from pathway_models.records.pathways import SOURCES, Pathways

#: Sources of a pathway and the kind of ledger row each continues.
KIND_OF_SOURCE = {
    "coal": "fuel", "oil": "fuel", "gas": "fuel", "other_fuel": "fuel", "capture_heat": "fuel", "process": "process",
    "captured": "captured", "electricity": "electricity", "capture_electricity": "electricity", "heat": "heat",
}  # fmt: skip


def grid_paths(park: Park, draws: Draws, assumptions: Assumptions | None = None) -> np.ndarray:
    """Return the factor of purchased electricity over all years, its error included, tCO2/TJ: (member, year)."""
    assumed = assumed_by(draws, assumptions)
    paths = baseline_paths(park, draws, slice(None), assumed)
    errors = factor_errors(park, draws.normals, slice(None), assumed.uncertainties.factor_errors)
    known = grid_history(park)
    grid = grid_now(park) * paths.grid
    grid[:, : known.size] = known
    return grid * errors["electricity"]


def by_account(park: Park, pathways: Pathways, grid: np.ndarray, account: Account) -> np.ndarray:
    """Read pathways by an account.

    Parameters
    ----------
    park : Park
    pathways : Pathways
        By source.
    grid : (member, year), tCO2/TJ
        From `grid_paths`, of the same draws.
    account : Account

    Returns
    -------
    (scenario, member, year), tCO2/yr
        Observed years as `take_account` has them.  Sources of pathways are groups of carriers: what the account says
        of fuels holds for all of them; balances, fixed carbon and sales follow the processes they stand with.

    Raises
    ------
    PathwayError
        Only totals were kept, or the account is of some branches alone, which pathways do not tell apart.

    Notes
    -----
    ASSUME: sectors buy electricity at one factor, the park's mean.
    """
    if set(pathways.sources) - set(SOURCES):
        raise PathwayError(f"{park.park_id}: an account needs emissions by source, and only totals were kept")
    if account.sectors or account.per_product:
        raise PathwayError(f"{account.account_id}: pathways do not tell branches apart; read it for observed years")
    total = np.zeros((len(pathways.scenarios), pathways.members, pathways.years.size))
    known = pathways.years <= pathways.last_observed_year
    for at, source in enumerate(pathways.sources):
        rule = account.rows.get(KIND_OF_SOURCE[source])
        if rule is None:
            continue
        emissions = pathways.emissions[:, :, at]
        if rule.factor == "given":
            # Tonnes at the grid's factor back into TJ, and out again at the factor of the rule.
            emissions = emissions / grid * rule.value
        elif rule.factor == "residual":
            ratio = [account.residual.get(int(year), last_ratio(account, int(year))) for year in pathways.years]
            emissions = emissions * np.array(ratio)
        total += emissions
    green = account.rows.get("green_electricity")
    if green is not None and green.factor == "of_electricity":
        bought = pathways.emissions[:, :, [name in ("electricity", "capture_electricity") for name in pathways.sources]]
        total += pathways.memo_items["location_based"] - bought.sum(axis=2)
    total[..., known] = take_account(take_ledger(park), account).total()
    return total


def last_ratio(account: Account, year: int) -> float:
    """Return the residual ratio of the last year that has one; 1 before the first.

    ASSUME: the ratio of the last published pair holds on.
    """
    earlier = [known for known in account.residual if known <= year]
    return account.residual[max(earlier)] if earlier else 1.0


def energy_by_reading(pathways: Pathways, grid: np.ndarray, tj_per_mwh: float) -> np.ndarray:
    """Compute energy use with electricity at a coefficient, TJ: (scenario, member, year).

    Green and grey electricity together are what the account by location holds, over the grid's factor.
    """
    energy = pathways.memo_items["energy"]
    power = pathways.memo_items["location_based"] / grid
    return energy + power * (tj_per_mwh / TJ_PER_MWH - 1.0)


def core_ahead(
    park: Park, pathways: Pathways, draws: Draws, profile: Profile | str = "zero_carbon_910",
    assumptions: Assumptions | None = None,
) -> CoreAhead:  # fmt: skip
    """Compute the core indicator of a profile by scenario, member and year.

    Parameters
    ----------
    park : Park
    pathways : Pathways
        By source.
    draws : Draws
        Those of the pathways.
    profile : Profile or str
    assumptions : Assumptions, optional

    Raises
    ------
    PathwayError
        The profile has no core indicator, or the pathways cannot be read by its account.
    """
    if not isinstance(profile, Profile):
        profile = read_profile(profile)
    rule = next((one for one in profile.indicators if one.formula == CORE), None)
    if rule is None:
        raise PathwayError(f"{profile.profile_id}: no indicator of CO2 per energy use to look ahead for")
    grid = grid_paths(park, draws, assumptions)[:, : pathways.years.size]
    emitted = by_account(park, pathways, grid, read_account(profile.account))
    shape = (len(profile.readings), *emitted.shape)
    values, met, has_limit = np.empty(shape), np.zeros(shape, dtype=bool), np.zeros(shape, dtype=bool)
    for at, reading in enumerate(profile.readings):
        tce = energy_by_reading(pathways, grid, reading.tj_per_mwh) / TJ_PER_TCE
        values[at] = np.divide(emitted, tce, out=np.full(emitted.shape, np.inf), where=tce > 0)
        met[at], has_limit[at] = _judged(rule, values[at], tce)
    names = tuple(one.reading_id for one in profile.readings)
    return CoreAhead(park.identity, profile, pathways.scenarios, pathways.years, names, values, met, has_limit)


def _judged(rule: IndicatorRule, values: np.ndarray, tce: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Hold values against the limit of each member's own size class."""
    if not rule.classes:
        limit = rule.limit
        if limit is None:
            return np.zeros(values.shape, dtype=bool), np.zeros(values.shape, dtype=bool)
        return (values <= limit.value if limit.is_upper else values >= limit.value), np.ones(values.shape, dtype=bool)
    met, has_limit = np.zeros(values.shape, dtype=bool), np.zeros(values.shape, dtype=bool)
    for size in rule.classes:
        inside = (tce >= size.energy_from) & (tce < size.energy_below)
        has_limit |= inside
        met |= inside & (values <= size.limit.value if size.limit.is_upper else values >= size.limit.value)
    return met, has_limit
