"""Projected years read by an account, and the probability of meeting the core indicator (docs/accounts.md, 5)."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

import numpy as np

from pathway_models.baseline.bridges import factor_errors
from pathway_models.baseline.plans import baseline_paths, factor_history
from pathway_models.baseline.scenario_drivers import driven
from pathway_models.compliance.judging import CORE, comply
from pathway_models.compliance.records import AccountsAhead, CoreAhead
from pathway_models.core.errors import PathwayError
from pathway_models.core.units import TJ_PER_MWH, TJ_PER_TCE
from pathway_models.engine.projecting import NOTHING, assumed_by
from pathway_models.intake.register import country_of
from pathway_models.intake.rules.profiles import read_account, read_profile
from pathway_models.inventory.accounts import energy_use, last_ratio, take_account, take_ledger
from pathway_models.records.accounts import Account, Bilingual, IndicatorRule, Profile, SizeClass
from pathway_models.records.assumptions import Assumptions
from pathway_models.records.draws import Draws
from pathway_models.records.levers import Scenario
from pathway_models.records.park import Park
from pathway_models.records.pathways import SOURCES, Pathways

#: Sources of a pathway and the kind of ledger row each continues.
KIND_OF_SOURCE = {
    "coal": "fuel", "oil": "fuel", "gas": "fuel", "other_fuel": "fuel", "capture_heat": "fuel", "process": "process",
    "captured": "captured", "electricity": "electricity", "capture_electricity": "electricity", "heat": "heat",
    # What a table does not tell apart stands among the processes of its ledger.
    "undivided": "process",
}  # fmt: skip


def grid_paths(park: Park, draws: Draws, assumptions: Assumptions | None = None) -> np.ndarray:
    """Return the factor of purchased electricity over all years, its error included, tCO2/TJ: (member, year)."""
    assumed = assumed_by(draws, assumptions)
    paths = baseline_paths(park, draws, slice(None), assumed)
    errors = factor_errors(park, draws.normals, slice(None), assumed.uncertainties.factor_errors)
    known = factor_history(park)
    grid = known[-1] * paths.grid
    grid[:, : known.size] = known
    return grid * errors["electricity"]


def grid_of(
    park: Park, draws: Draws, names: Iterable[str], scenarios: Mapping[str, Scenario] | None,
    assumptions: Assumptions | None = None,
) -> np.ndarray:  # fmt: skip
    """Return the factor of purchased electricity of scenarios: (scenario, member, year), or as `grid_paths`.

    Parameters
    ----------
    park : Park
    draws : Draws
    names : iterable of str
        Scenarios of the pathways.
    scenarios : mapping of Scenario, optional
        Their drivers and future of the grid; without them, and where none gives any, all share one course.
    assumptions : Assumptions, optional
    """
    assumed, found = assumed_by(draws, assumptions), {}
    chosen = [scenarios[name] if scenarios is not None else NOTHING for name in names]
    for one in chosen:
        if (one.drivers, one.grid) not in found:
            found[one.drivers, one.grid] = grid_paths(driven(park, one, assumed.issue_year), draws, assumed)
    return next(iter(found.values())) if len(found) == 1 else np.stack([found[one.drivers, one.grid] for one in chosen])


def by_account(park: Park, pathways: Pathways, grid: np.ndarray, account: Account) -> np.ndarray:
    """Read pathways by an account.

    Parameters
    ----------
    park : Park
    pathways : Pathways
        By source.
    grid : (member, year) or (scenario, member, year), tCO2/TJ
        From `grid_of`, of the same draws.
    account : Account

    Returns
    -------
    (scenario, member, year), tCO2/yr
        Observed years as `take_account` has them.

    Raises
    ------
    PathwayError
        Only totals were kept; the account is another country's; or it is of some branches alone, and the park has
        others, which pathways do not tell apart.
    """
    if reason := not_projected(park, pathways.sources, account):
        raise PathwayError(reason.en)
    sources = {name: pathways.emissions[:, :, at] for at, name in enumerate(pathways.sources)}
    total = counted(sources, pathways.memo_items["location_based"], grid, pathways.years, account, park.country)
    total[..., pathways.years <= pathways.last_observed_year] = take_account(take_ledger(park), account).total()
    return total


def not_projected(park: Park, sources: tuple[str, ...], account: Account) -> Bilingual | None:
    """Say why projected years of a park cannot be read by an account; None where they can."""
    name, park_id = account.name, park.park_id
    if set(sources) - set(SOURCES):
        return Bilingual(f"{park_id}: an account needs emissions by source, and only totals were kept",
                         f"{park_id}：按口径核算需要分排放源数据，而运行只保存了总量")  # fmt: skip
    if not account.holds_in(park.country):
        home, here = country_of(account.country), country_of(park.country)
        return Bilingual(f"{name.en}: a rule of {home.name_en}, and {park_id} stands in {here.name_en}",
                         f"{name.zh}：为{home.name_zh}规则，而{park_id}位于{here.name_zh}")  # fmt: skip
    sectors = {sector for sector, _, kind in take_ledger(park).rows if kind != "sinks"}
    if account.sectors and not sectors <= set(account.sectors):
        covered = sorted(sectors & set(account.sectors))
        return Bilingual(
            f"{name.en}: cannot be said of years ahead, where pathways do not tell branches apart (covered:"
            f" {', '.join(covered) or 'none'}, of {len(sectors)})",
            f"{name.zh}：未来年份无法判断，路径不区分行业（覆盖：{'、'.join(covered) or '无'}，"
            f"共{len(sectors)}个行业）",
        )
    return None


def counted(
    sources: Mapping[str, np.ndarray], location_based: np.ndarray, grid: np.ndarray, years: np.ndarray,
    account: Account, country: str,
) -> np.ndarray:  # fmt: skip
    """Add projected sources up by the rules of an account.

    Sources of pathways are groups of carriers: what the account says of fuels holds for all of them; balances, fixed
    carbon and sales follow the processes they stand with.

    Parameters
    ----------
    sources : mapping source -> (..., member, year), tCO2/yr
    location_based : (..., member, year), tCO2/yr
        All electricity, green or not, at the factor of the grid.
    grid : (member, year), tCO2/TJ
    years : (year,) int
    account : Account
    country : str
        Where the park stands.

    Returns
    -------
    (..., member, year), tCO2/yr

    Notes
    -----
    ASSUME: sectors buy electricity at one factor, the park's mean.
    """
    total = np.zeros(np.shape(location_based))
    for source, emissions in sources.items():
        rule = account.rows.get(KIND_OF_SOURCE[source])
        if rule is None:
            continue
        if rule.factor == "given":
            # Tonnes at the grid's factor back into TJ, and out again at the factor of the rule.
            emissions = np.divide(emissions, grid, out=np.zeros(np.shape(emissions)), where=grid > 0) * rule.value
        elif rule.factor == "residual":
            known = account.ratios_in(country)
            emissions = emissions * np.array([last_ratio(known, int(year)) for year in years])
        total += emissions
    green = account.rows.get("green_electricity")
    if green is not None and green.factor == "of_electricity":
        total += location_based - sources["electricity"] - sources["capture_electricity"]
    return total


def accounts_ahead(
    park: Park, pathways: Pathways, draws: Draws, accounts: Iterable[Account], assumptions: Assumptions | None = None,
    *, scenarios: Mapping[str, Scenario] | None = None,
) -> AccountsAhead:  # fmt: skip
    """Read pathways by several accounts; each total keeps the name of its own.

    Parameters
    ----------
    park : Park
    pathways : Pathways
    draws : Draws
        Those of the pathways.
    accounts : iterable of Account
    assumptions : Assumptions, optional
    scenarios : mapping of Scenario, optional
        Those of the pathways, where some give drivers or a future of the grid.
    """
    grid = grid_of(park, draws, pathways.scenarios, scenarios, assumptions)[..., : pathways.years.size]
    totals, not_said = {}, {}
    for account in accounts:
        if reason := not_projected(park, pathways.sources, account):
            not_said[account.account_id] = reason
        else:
            totals[account.account_id] = by_account(park, pathways, grid, account)
    return AccountsAhead(park.identity, pathways.scenarios, pathways.years, pathways.status, totals, not_said)


def energy_by_reading(pathways: Pathways, grid: np.ndarray, tj_per_mwh: float) -> np.ndarray:
    """Compute energy use with electricity at a coefficient, TJ: (scenario, member, year).

    Green and grey electricity together are what the account by location holds, over the grid's factor.
    """
    return energy_at(pathways.memo_items["energy"], pathways.memo_items["location_based"], grid, tj_per_mwh)


def energy_at(energy: np.ndarray, location_based: np.ndarray, grid: np.ndarray, tj_per_mwh: float) -> np.ndarray:
    """Compute energy use with electricity at a coefficient, TJ, of arrays (..., member, year)."""
    power = np.divide(location_based, grid, out=np.zeros(np.shape(location_based)), where=grid > 0)
    return energy + power * (tj_per_mwh / TJ_PER_MWH - 1.0)


def share_beside(park: Park, tj_per_mwh: float) -> float:
    """Compute feedstock and on-site renewable power of the last year over the energy that pathways carry.

    ASSUME: both keep this ratio in the years ahead.
    """
    used = float(park.energy[..., -1].sum())
    counted_too = replace(park, memo_items={}) if park.memo_items else park
    beside = float(energy_use(park, tj_per_mwh)[-1] - energy_use(counted_too, tj_per_mwh)[-1])
    return beside / used if used > 0 else 0.0


def core_ahead(
    park: Park, pathways: Pathways, draws: Draws, profile: Profile | str = "zero_carbon_910",
    assumptions: Assumptions | None = None, *, scenarios: Mapping[str, Scenario] | None = None,
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
    scenarios : mapping of Scenario, optional
        Those of the pathways, where some give drivers or a future of the grid.

    Raises
    ------
    PathwayError
        The profile has no core indicator, or the pathways cannot be read by its account.
    """
    if not isinstance(profile, Profile):
        profile = read_profile(profile)
    rule = core_of(park, profile)
    grid = grid_of(park, draws, pathways.scenarios, scenarios, assumptions)[..., : pathways.years.size]
    emitted = by_account(park, pathways, grid, read_account(profile.account))
    shape = (len(profile.readings), *emitted.shape)
    values, met, has_limit = np.empty(shape), np.zeros(shape, dtype=bool), np.zeros(shape, dtype=bool)
    for at, reading in enumerate(profile.readings):
        beside = pathways.memo_items["energy"] * share_beside(park, reading.tj_per_mwh)
        tce = (energy_by_reading(pathways, grid, reading.tj_per_mwh) + beside) / TJ_PER_TCE
        values[at], met[at], has_limit[at] = judged(rule, emitted, tce)
    names = tuple(one.reading_id for one in profile.readings)
    return CoreAhead(park.identity, profile, pathways.scenarios, pathways.years, names, values, met, has_limit)


def core_of(park: Park, profile: Profile) -> IndicatorRule:
    """Return the core indicator of a profile, where years ahead of a park can be held against it.

    Raises
    ------
    PathwayError
        The profile has none, or the last observed year cannot be said, with the reason.
    """
    rule = next((one for one in profile.indicators if one.formula == CORE), None)
    if rule is None:
        raise PathwayError(f"{profile.profile_id}: no indicator of CO2 per energy use to look ahead for")
    today = comply(park, profile)[rule.indicator_id]
    if not today.values:
        lacking = "".join(f"; {one.en}: {one.place}" for one in today.missing)
        raise PathwayError(f"{park.park_id}, {rule.name.en}: cannot be said, {today.reason_en}{lacking}")
    return rule


def judged(rule: IndicatorRule, emitted: np.ndarray, tce: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Hold CO2 per energy use against the limit of each member's own size class.

    Parameters
    ----------
    rule : IndicatorRule
    emitted : (...), tCO2/yr
    tce : (...)
        Energy use.

    Returns
    -------
    values, met, has_limit : (...)
        ``has_limit`` is False where the energy use lies in no class.
    """
    values = np.divide(emitted, tce, out=np.full(emitted.shape, np.inf), where=tce > 0)
    met, has_limit = np.zeros(values.shape, dtype=bool), np.zeros(values.shape, dtype=bool)
    anywhere = [SizeClass(0.0, np.inf, rule.limit)] if rule.limit is not None else []
    for size in rule.classes or anywhere:
        inside = (tce >= size.energy_from) & (tce < size.energy_below)
        has_limit |= inside
        met |= inside & (values <= size.limit.value if size.limit.is_upper else values >= size.limit.value)
    return values, met, has_limit
