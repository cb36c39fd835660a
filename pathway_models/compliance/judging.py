"""Judge a park by an indicator profile; no indicator is met on a missing input (docs/accounts.md, section 4).

Projected years read by an account, and the probability of meeting the core indicator (docs/accounts.md, 5).
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import numpy as np

from pathway_models.baseline import bridges, plans, scenario_drivers
from pathway_models.compliance.records import AccountsAhead, Compliance, CoreAhead, Judgement, Missing
from pathway_models.core import PathwayError, ScenarioError, units
from pathway_models.engine.projecting import assumed_by
from pathway_models.intake import register, rules
from pathway_models.intake.factors.tables import TRUSTED
from pathway_models.intake.workbook.layouts import Entry, FormBlock, template_layout
from pathway_models.inventory.accounts import energy_use, last_ratio, take_account, take_ledger
from pathway_models.inventory.indicators import ADDED, FORMULAS
from pathway_models.records import NO_MEASURES, Assumptions, Park, Scenario
from pathway_models.records.inventory import Account, Bilingual, IndicatorRule, Limit, Profile, SizeClass
from pathway_models.records.pathways import SOURCES, Draws, Pathways

#: Formula that the readings of a profile apply to: emissions of its account over energy use.
CORE = "account_per_energy"
UNAVAILABLE = "unavailable"
#: Carriers that must be stated, 0 included, before the core indicator can be met.
STATED = (("energy", "electricity"), ("energy", "heat"))


def comply(
    park: Park, profile: Profile | str | Path = "zero_carbon_910", *, year: int | None = None,
    accept: Iterable[str] = (),
) -> Compliance:  # fmt: skip
    """Judge a park by every indicator of a profile.

    Parameters
    ----------
    park : Park
    profile : Profile, str or Path
        An id of `intake.rules.profile_ids`, or the path of a user's profile.
    year : int, optional
        An observed year; the last one by default.
    accept : iterable of str
        Confidences to judge by beside those that were seen, e.g. ``("background",)``.

    Returns
    -------
    Compliance
        Nothing is judged of a park in another country than the profile's.

    Raises
    ------
    InputError
        There is no such profile.
    ScenarioError
        The year was not observed.
    """
    if not isinstance(profile, Profile):
        profile = rules.read_profile(profile)
    year = park.last_observed_year if year is None else year
    if year not in park.years:
        raise ScenarioError(f"{park.park_id}: {year} is not among the observed years {park.years[0]}-{park.years[-1]}")
    case = _Case(park, profile, year, frozenset(accept) | set(TRUSTED))
    return Compliance(park.identity, profile, year, tuple(map(case.judged, profile.indicators)))


@dataclass(frozen=True, eq=False)
class _Case:
    park: Park
    profile: Profile
    year: int
    accepted: frozenset[str]

    @cached_property
    def emitted(self) -> float:
        """By the account of the profile, tCO2/yr."""
        return float(take_account(self.park, rules.read_account(self.profile.account)).total()[self._at])

    @cached_property
    def energy(self) -> dict[str, float]:
        """Energy use by reading, tce."""
        return {
            one.reading_id: float(energy_use(self.park, one.tj_per_mwh)[self._at]) / units.TJ_PER_TCE
            for one in self.profile.readings
        }

    @property
    def _at(self) -> int:
        return self.year - int(self.park.years[0])

    def judged(self, rule: IndicatorRule) -> Judgement:
        """Judge one indicator."""
        if reason := self._no_ground(rule):
            return self._cannot(rule, *reason)
        values = self._values(rule)
        limits = {name: self._limit(rule, name) for name in values}
        missing = tuple(self._missing(rule))
        if not values:
            if missing:
                return self._cannot(rule, "inputs are missing", "缺少输入数据", missing=missing)
            return self._cannot(rule, "the record is too short or has no economic data", "记录过短或无经济数据")
        told = {name: told_limit(limit) for name, limit in limits.items() if limit}
        if len(told) < len(values):
            no_class = rule.no_class or rule.text
            reason = (no_class.en, no_class.zh) if no_class else ("no limit is stated", "未规定限值")
            return self._cannot(rule, *reason, values, told, missing)
        met = {limits[name].is_met(value) for name, value in values.items()}
        if len(met) > 1:
            return self._cannot(rule, "the readings of the rule differ in their verdict", "规则的不同解读结论不一致",
                                values, told, missing)  # fmt: skip
        return self._verdict(rule, met.pop(), values, told, missing)

    def _verdict(
        self, rule: IndicatorRule, is_met: bool, values: dict[str, float], told: dict[str, str],
        missing: tuple[Missing, ...],
    ) -> Judgement:  # fmt: skip
        """Give the verdict; none on a missing input, whose value is unknown."""
        if missing:
            return self._cannot(rule, "inputs are missing", "缺少输入数据", values, told, missing)
        lower_bound = rule.formula in FORMULAS and FORMULAS[rule.formula].is_lower_bound
        if not is_met and lower_bound:
            return self._cannot(rule, "the table gives only a lower bound", "数据表只能给出下限", values, told, missing)
        return Judgement(rule, self.year, values, told, "met" if is_met else "not_met")

    def _no_ground(self, rule: IndicatorRule) -> tuple[str, str] | None:
        """Find the reason, independent of numbers, why an indicator cannot be judged."""
        if self.park.country != self.profile.country:
            home = register.country_of(self.profile.country)
            return (f"the profile applies only in {home.name_en}", f"该指标体系仅适用于{home.name_zh}")
        if unseen := self.profile.text_not_seen:
            return unseen.en, unseen.zh
        if rule.formula == UNAVAILABLE or (rule.formula != CORE and rule.formula not in FORMULAS):
            return (rule.missing.en, rule.missing.zh) if rule.missing else (
                "the table does not ask for what this indicator needs", "数据表未采集该指标所需数据")  # fmt: skip
        if rule.confidence not in self.accepted:
            return ("the threshold was not seen in its source", "未见限值原文")
        return None

    def _values(self, rule: IndicatorRule) -> dict[str, float]:
        if rule.formula == CORE:
            if next(iter(self._lacks([("energy", "electricity")])), None):
                return {}
            return {name: self.emitted / tce for name, tce in self.energy.items() if tce > 0}
        values = FORMULAS[rule.formula].compute(self.park)
        if rule.only_where_growing and not self._grew():
            return {}
        return {"": values[self.year]} if self.year in values else {}

    def _grew(self) -> bool:
        at = self._at
        return at > 0 and bool(self.park.activity[:, at].sum() > self.park.activity[:, at - 1].sum())

    def _limit(self, rule: IndicatorRule, reading: str) -> Limit | None:
        """Find the limit of the park's size class, by energy use in the reading."""
        if not rule.classes:
            return rule.limit
        tce = self.energy[reading]
        return next((size.limit for size in rule.classes if size.energy_from <= tce < size.energy_below), None)

    def _missing(self, rule: IndicatorRule) -> Iterator[Missing]:
        """List the inputs of the year that the table does not state."""
        needs = STATED if rule.formula == CORE else FORMULAS[rule.formula].needs
        for quantity, item in self._lacks(needs):
            yield place_of(self.park, quantity, item, self.year)

    def _lacks(self, needs: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
        for quantity, item in needs:
            if not self._states(quantity, item):
                yield quantity, item

    def _states(self, quantity: str, item: str) -> bool:
        """Tell whether the park, or any of its sectors, states a quantity for the year."""
        if (quantity, item) == ADDED and "value_added" in self.park.activity_kinds:
            return True
        keys = (key for key in (*self.park.origins, *self.park.memo_items) if (key[0], key[2]) == (quantity, item))
        return any(
            self.year in self.park.origins.get(key, {}) or self.year in self.park.memo_items.get(key, {})
            for key in keys
        )

    def _cannot(
        self, rule: IndicatorRule, en: str, zh: str, values: dict[str, float] | None = None,
        limits: dict[str, str] | None = None, missing: tuple[Missing, ...] = (),
    ) -> Judgement:  # fmt: skip
        return Judgement(rule, self.year, values or {}, limits or {}, "cannot_say", en, zh, missing)


def told_limit(limit: Limit) -> str:
    """Write a limit, such as ``"<= 0.3"``."""
    return f"{'<=' if limit.is_upper else '>='} {limit.value:g}"


def place_of(park: Park, quantity: str, item: str, year: int) -> Missing:
    """Locate the cell or line in which a park's table should state a quantity of a year.

    Workbooks of the template have it in a cell; CSV tables need a line.
    """
    layout = template_layout()
    entry = next((one for one in layout.entries().values() if (one.quantity, one.item) == (quantity, item)), None)
    words = entry.words() if entry else None
    en, zh = (words.en, words.zh) if words else (f"{quantity} {item}".strip(), f"{quantity} {item}".strip())
    if park.files and park.files[0][0].lower().endswith(".xlsx") and entry is not None:
        file, cell = park.files[0][0], _cell(entry)
        place = f"{file}, sheet {year}, {cell} (row {entry.key})"
        return Missing(place, f"{file}，工作表{year}，单元格{cell}（代码{entry.key}）", en, zh)
    unit = entry.unit if entry else ""
    name = park.files[0][0] if park.files else park.park_id
    line = f"{year},park,{quantity},{item}"
    return Missing(f"{name}, a line {line},<value>,{unit}", f"{name}，增加一行 {line},<数值>,{unit}", en, zh)


def _cell(entry: Entry) -> str:
    """Find the value cell of an entry as the template is written."""
    layout = template_layout()
    block = next(one for one in layout.blocks if isinstance(one, FormBlock))
    row = block.first_row
    for section in layout.sections:
        row += 1
        for one in section.entries:
            if one.key == entry.key:
                return f"{block.columns['value']}{row}"
            row += 1
    raise KeyError(entry.key)


#: Sources of a pathway and the kind of ledger row each continues.
KIND_OF_SOURCE = {
    "coal": "fuel", "oil": "fuel", "gas": "fuel", "other_fuel": "fuel", "capture_heat": "fuel", "process": "process",
    "captured": "captured", "electricity": "electricity", "capture_electricity": "electricity", "heat": "heat",
    # Emissions not split by a table are processes in its ledger.
    "undivided": "process",
}  # fmt: skip


def grid_paths(park: Park, draws: Draws, assumptions: Assumptions | None = None) -> np.ndarray:
    """Return the factor of purchased electricity over all years, its error included, tCO2/TJ: (member, year)."""
    assumed = assumed_by(draws, assumptions)
    paths = plans.baseline_paths(park, draws, slice(None), assumed)
    errors = bridges.factor_errors(park, draws.normals, slice(None), assumed.uncertainties.factor_errors)
    known = plans.factor_history(park)
    grid = known[-1] * paths.grid
    grid[:, : known.size] = known
    return grid * errors["electricity"]


def grid_of(park: Park, draws: Draws, names: Iterable[str], scenarios: Mapping[str, Scenario] | None) -> np.ndarray:
    """Return the factor of purchased electricity of scenarios: (scenario, member, year), or as `grid_paths`.

    Parameters
    ----------
    park : Park
    draws : Draws
    names : iterable of str
        Scenarios of the pathways.
    scenarios : mapping of Scenario, optional
        Their drivers and future of the grid; without them, and where none gives any, all share one path.
    """
    assumed, found = assumed_by(draws, None), {}
    chosen = [scenarios[name] if scenarios is not None else NO_MEASURES for name in names]
    for one in chosen:
        if (one.drivers, one.grid) not in found:
            found[one.drivers, one.grid] = grid_paths(
                scenario_drivers.driven(park, one, assumed.issue_year), draws, assumed
            )
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
        others, which pathways do not separate.
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
        home, here = register.country_of(account.country), register.country_of(park.country)
        return Bilingual(f"{name.en}: a rule of {home.name_en}, but {park_id} is in {here.name_en}",
                         f"{name.zh}：为{home.name_zh}规则，而{park_id}位于{here.name_zh}")  # fmt: skip
    sectors = {sector for sector, _, kind in take_ledger(park).rows if kind != "sinks"}
    if account.sectors and not sectors <= set(account.sectors):
        covered = sorted(sectors & set(account.sectors))
        return Bilingual(
            f"{name.en}: cannot be determined for years ahead, because pathways do not separate branches (covered:"
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
        Of the park.

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
    park: Park,
    pathways: Pathways,
    draws: Draws,
    accounts: Iterable[Account],
    *,
    scenarios: Mapping[str, Scenario] | None = None,
) -> AccountsAhead:
    """Read pathways by several accounts.

    Parameters
    ----------
    park : Park
    pathways : Pathways
    draws : Draws
        Those of the pathways.
    accounts : iterable of Account
    scenarios : mapping of Scenario, optional
        Those of the pathways, where some give drivers or a future of the grid.
    """
    grid = grid_of(park, draws, pathways.scenarios, scenarios)[..., : pathways.years.size]
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
    return energy + power * (tj_per_mwh / units.TJ_PER_MWH - 1.0)


def share_beside(park: Park, tj_per_mwh: float) -> float:
    """Compute feedstock and on-site renewable power of the last year over the energy that pathways carry.

    ASSUME: both keep this ratio in the years ahead.
    """
    used = float(park.energy[..., -1].sum())
    counted_too = replace(park, memo_items={}) if park.memo_items else park
    beside = float(energy_use(park, tj_per_mwh)[-1] - energy_use(counted_too, tj_per_mwh)[-1])
    return beside / used if used > 0 else 0.0


def core_ahead(
    park: Park,
    pathways: Pathways,
    draws: Draws,
    profile: Profile | str = "zero_carbon_910",
    *,
    scenarios: Mapping[str, Scenario] | None = None,
) -> CoreAhead:
    """Compute the core indicator of a profile by scenario, member and year.

    Parameters
    ----------
    park : Park
    pathways : Pathways
        By source.
    draws : Draws
        Those of the pathways.
    profile : Profile or str
    scenarios : mapping of Scenario, optional
        Those of the pathways, where some give drivers or a future of the grid.

    Raises
    ------
    PathwayError
        The profile has no core indicator, or the pathways cannot be read by its account.
    """
    if not isinstance(profile, Profile):
        profile = rules.read_profile(profile)
    rule = core_of(park, profile)
    grid = grid_of(park, draws, pathways.scenarios, scenarios)[..., : pathways.years.size]
    emitted = by_account(park, pathways, grid, rules.read_account(profile.account))
    shape = (len(profile.readings), *emitted.shape)
    values, met, has_limit = np.empty(shape), np.zeros(shape, dtype=bool), np.zeros(shape, dtype=bool)
    for at, reading in enumerate(profile.readings):
        beside = pathways.memo_items["energy"] * share_beside(park, reading.tj_per_mwh)
        tce = (energy_by_reading(pathways, grid, reading.tj_per_mwh) + beside) / units.TJ_PER_TCE
        values[at], met[at], has_limit[at] = judged(rule, emitted, tce)
    names = tuple(one.reading_id for one in profile.readings)
    return CoreAhead(park.identity, profile, pathways.scenarios, pathways.years, names, values, met, has_limit)


def core_of(park: Park, profile: Profile) -> IndicatorRule:
    """Return the core indicator of a profile, where projected years of a park can be judged by it.

    Raises
    ------
    PathwayError
        The profile has none, or the last observed year cannot be judged, with the reason.
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
    """Compare CO2 per energy use with the limit of each member's size class.

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
