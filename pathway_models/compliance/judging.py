"""Hold a park against an indicator profile; nothing is met on a missing input (docs/accounts.md, section 4)."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from pathway_models.compliance.records import Compliance, Judgement, Missing
from pathway_models.core.errors import ScenarioError
from pathway_models.core.units import TJ_PER_TCE
from pathway_models.intake.factors.tables import TRUSTED
from pathway_models.intake.register import country_of
from pathway_models.intake.rules.profiles import read_account, read_profile
from pathway_models.intake.workbook.layout import Entry, FormBlock, template_layout
from pathway_models.inventory.accounts import energy_use, take_account
from pathway_models.inventory.indicators import ADDED, FORMULAS
from pathway_models.records.accounts import IndicatorRule, Limit, Profile
from pathway_models.records.park import Park

#: The formula that readings of a profile bear on: emissions of its account over energy use.
CORE = "account_per_energy"
UNAVAILABLE = "unavailable"
#: Carriers that must be stated, with 0 where there is none, before the core indicator can be met.
STATED = (("energy", "electricity"), ("energy", "heat"))


def comply(
    park: Park, profile: Profile | str | Path = "zero_carbon_910", *, year: int | None = None,
    accept: Iterable[str] = (),
) -> Compliance:  # fmt: skip
    """Hold a park against every indicator of a profile.

    Parameters
    ----------
    park : Park
    profile : Profile, str or Path
        An id of `intake.rules.profiles.profile_ids`, or a profile file of one's own.
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
        profile = read_profile(profile)
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
        return float(take_account(self.park, read_account(self.profile.account)).total()[self._at])

    @cached_property
    def energy(self) -> dict[str, float]:
        """Energy use by reading, tce."""
        return {
            one.reading_id: float(energy_use(self.park, one.tj_per_mwh)[self._at]) / TJ_PER_TCE
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
            return self._cannot(rule, "the record is too short or has no economy", "记录过短或无经济数据")
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
        """Give the verdict; none on a missing input, which may be zero or anything else."""
        if missing:
            return self._cannot(rule, "inputs are missing", "缺少输入数据", values, told, missing)
        lower_bound = rule.formula in FORMULAS and FORMULAS[rule.formula].is_lower_bound
        if not is_met and lower_bound:
            return self._cannot(
                rule, "what the table shows is a lower bound", "数据表只能给出下限", values, told, missing
            )
        return Judgement(rule, self.year, values, told, "met" if is_met else "not_met")

    def _no_ground(self, rule: IndicatorRule) -> tuple[str, str] | None:
        """Find the reason why an indicator cannot be judged before any number is looked at."""
        if self.park.country != self.profile.country:
            home = country_of(self.profile.country)
            return (f"the profile holds in {home.name_en}", f"该指标体系仅适用于{home.name_zh}")
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
        """Find the limit for the park's size: energy use by the reading."""
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
    """Write a limit as a reader would, such as ``"<= 0.3"``."""
    return f"{'<=' if limit.is_upper else '>='} {limit.value:g}"


def place_of(park: Park, quantity: str, item: str, year: int) -> Missing:
    """Name where a park's table should state a quantity of a year.

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
