"""Read rules: national targets, requirements of indicator systems, accounts, indicator profiles, carbon costs.

Targets are in ``factors/national_targets.csv``; requirements are those of HJ 274-2015 and of the zero-carbon parks of
2025 (NDRC 2025 no. 910); accounts and profiles are in ``data/accounts`` and ``data/profiles``, or in a user's files;
``data/carbon_costs.yml`` has dated rules and prices of allowances and border adjustment.
"""

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import Field

from pathway_models.core import Fault, InputError, RecordError, files, units, yaml_files
from pathway_models.intake.factors.tables import TRUSTED
from pathway_models.records import Account, Bilingual, IndicatorRule, Profile, inventory, plans

#: Indicators of cuts of an intensity between two years, or below the peak, with their quantities.
INDICATORS = {
    "单位GDP二氧化碳排放": "co2_intensity",
    "单位GDP二氧化碳排放(年度)": "co2_intensity",
    "单位GDP能耗": "energy_intensity",
    "单位GDP能耗(年度)": "energy_intensity",
    "全经济范围温室气体净排放量": "below_peak",
}
NAMES_EN = {"co2_intensity": "CO2 per GDP", "energy_intensity": "energy per GDP"}


def read_targets() -> tuple[plans.Target, ...]:
    """Read the nation's binding cuts of CO2 and energy per GDP, and below the peak, in the order of their years.

    Only rows whose wording was seen are read; superseded pledges have other names in the table.

    Returns
    -------
    tuple of Target

    Examples
    --------
    >>> [target.target_id for target in read_targets()]
    ['co2_2020_2025', 'energy_2020_2025', 'co2_2025_2026', 'co2_2005_2030', 'co2_2025_2030', 'net_2035']
    """
    return _targets(files.data_folder() / "factors" / "national_targets.csv")


@cache
def _targets(path: Path) -> tuple[plans.Target, ...]:
    found = []
    with path.open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            quantity = INDICATORS.get(row["indicator_cn"])
            if quantity is not None and row["confidence"] in TRUSTED:
                found.append(_below_peak(row) if quantity == "below_peak" else _intensity(row, quantity))
    # Stable: of one year and quantity, the first row of the table.
    return tuple(sorted(found, key=lambda target: (target.year, target.quantity)))


def _intensity(row: dict[str, str], quantity: str) -> plans.Target:
    first, last = int(row["base_year"]), int(row["target_year"])
    indicator, words = row["indicator_cn"].removesuffix("(年度)"), f"{_cut(row)} {first}-{last}"
    return plans.Target(
        target_id=f"{quantity.removesuffix('_intensity')}_{first}_{last}",
        quantity=quantity,
        base_year=first,
        year=last,
        change=float(row["high"]) / 100,
        name_en=f"{NAMES_EN[quantity]} {words}",
        name_zh=f"{indicator} {words.replace(' %', '%')}",
        source=row["source_document"],
        confidence=row["confidence"],
        first_year=int(row["period_first"]),
    )


def _below_peak(row: dict[str, str]) -> plans.Target:
    last, cut = int(row["target_year"]), _cut(row)
    return plans.Target(
        target_id=f"net_{last}",
        quantity="below_peak",
        base_year=None,
        year=last,
        change=float(row["high"]) / 100,
        name_en=f"net greenhouse gases {cut} from the peak in {last}",
        name_zh=f"{last}年温室气体净排放比峰值{cut.replace(' %', '%')}",
        source=row["source_document"],
        confidence=row["confidence"],
        first_year=int(row["period_first"]) if row["period_first"] else None,
    )


def _cut(row: dict[str, str]) -> str:
    """Write the required cut; of a range, its milder end."""
    return f"{float(row['high']) / 100:+.1%}".replace(".0%", "%").replace("%", " %")


@dataclass(frozen=True)
class Requirement:
    """One indicator of a system, as its table states it.

    Parameters
    ----------
    system : str
        Key of the source, ``hj274_2015`` or ``ndrc_2025_910``.
    name_zh : str
    text : str
        The requirement, in the words of the table.
    unit : str
    confidence : str
        Of the threshold, not of the name.
    """

    system: str
    name_zh: str
    text: str
    unit: str
    confidence: str

    @property
    def is_trusted(self) -> bool:
        """Tell whether the threshold was seen, so that values may be compared with it."""
        return self.confidence in TRUSTED


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


@cache
def _requirements(folder: Path) -> dict[str, Requirement]:
    found = {}
    for row in _rows(folder / "hj274_2015_indicators.csv"):
        parts = row["indicator_cn"], row["requirement"], row["unit"], row["confidence"]
        found[f"hj274:{row['no']}"] = Requirement(row["source_key"], *parts)
    for row in _rows(folder / "national_targets.csv"):
        if row["scope"] == "zero_carbon_park":
            text = f"{row['qualifier']} {row['high']}".strip()
            parts = row["indicator_cn"], text, row["unit"], row["confidence"]
            found[f"zero_carbon:{row['indicator_en']}"] = Requirement(row["source_key"], *parts)
    return found


def read_requirements() -> dict[str, Requirement]:
    """Read the requirements by id, such as ``hj274:26`` or ``zero_carbon:clean energy share``."""
    return dict(_requirements(files.data_folder() / "factors"))


class _Text(yaml_files.Strict):
    en: str = Field(min_length=1)
    zh: str = Field(min_length=1)

    def record(self) -> Bilingual:
        return Bilingual(self.en, self.zh)


class _Row(yaml_files.Strict):
    factor: Literal["own", "zero", "of_electricity", "residual", "given"]
    value: float | None = Field(None, ge=0, allow_inf_nan=False)
    unit: Literal["tCO2/MWh", "tCO2/TJ", "tCO2/GJ"] = "tCO2/TJ"


class _Residual(yaml_files.Strict):
    average: float = Field(gt=0, allow_inf_nan=False)
    without_traded: float = Field(gt=0, allow_inf_nan=False)
    confidence: str
    note: str = ""


Kind = Literal[*inventory.ROW_KINDS]


class _Account(yaml_files.Strict):
    name: _Text
    source: str = Field(min_length=1)
    confidence: str
    rows: dict[Kind, _Row]
    left_out: dict[Kind, _Text] = Field(default_factory=dict)
    sectors: list[str] = Field(default_factory=list)
    products: list[str] = Field(default_factory=list)
    residual: dict[int, _Residual] = Field(default_factory=dict)
    residual_in: str = Field("", pattern="^([A-Z]{2})?$")
    country: str = Field("", pattern="^([A-Z]{2})?$")


class _Class(yaml_files.Strict):
    energy_from_tce: float = Field(ge=0)
    energy_below_tce: float = float("inf")
    at_most: float | None = None
    at_least: float | None = None


class _Indicator(yaml_files.Strict):
    id: str = Field(min_length=1)
    name: _Text
    formula: str = Field(min_length=1)
    unit: str
    kind: Literal["obligatory", "guiding", "optional"]
    confidence: str
    at_most: float | None = None
    at_least: float | None = None
    classes: list[_Class] = Field(default_factory=list)
    text: _Text | None = None
    no_class: _Text | None = None
    missing: _Text | None = None
    one_of: str = ""
    only_where_growing: bool = False


class _Reading(yaml_files.Strict):
    electricity_kgce_per_kwh: float = Field(gt=0, lt=1)
    en: str
    zh: str


class _Profile(yaml_files.Strict):
    name: _Text
    source: str = Field(min_length=1)
    valid_from: int = Field(ge=1990, le=2100)
    country: str = Field(pattern="^[A-Z]{2}$")
    account: str
    indicators: list[_Indicator] = Field(min_length=1)
    readings: dict[str, _Reading] = Field(default_factory=dict)
    text_not_seen: _Text | None = None


def account_ids() -> tuple[str, ...]:
    """List the shipped accounts."""
    return tuple(sorted(path.stem for path in (files.data_folder() / "accounts").glob("*.yml")))


def profile_ids() -> tuple[str, ...]:
    """List the shipped profiles."""
    return tuple(sorted(path.stem for path in (files.data_folder() / "profiles").glob("*.yml")))


def read_account(account: str | Path) -> Account:
    """Read an account, by id or from a user's file.

    Raises
    ------
    InputError
        There is no such account, or the file breaks its form; all faults at once.
    """
    return _account(*files.stamped(_path(account, "accounts", account_ids())))


def read_profile(profile: str | Path) -> Profile:
    """Read an indicator profile, by id or from a user's file.

    Raises
    ------
    InputError
        There is no such profile, or the file breaks its form; all faults at once.
    """
    return _profile(*files.stamped(_path(profile, "profiles", profile_ids())))


def _path(name: str | Path, folder: str, known: tuple[str, ...]) -> Path:
    if str(name) in known:
        return files.data_folder() / folder / f"{name}.yml"
    path = Path(name)
    if path.suffix.lower() not in (".yml", ".yaml"):
        expected = f"one of {', '.join(known)}, or a .yml file"
        raise InputError([Fault(str(name), "name", str(name), expected, "choose one of them", code="no_rules")])
    return path


@cache
def _account(path: Path, _: files.Stamp) -> Account:
    content = yaml_files.validated(path, _Account)[0]
    try:
        return Account(
            account_id=path.stem,
            name=content.name.record(),
            source=content.source,
            confidence=content.confidence,
            rows={kind: _rule(row) for kind, row in content.rows.items()},
            left_out={kind: text.record() for kind, text in content.left_out.items()},
            sectors=tuple(content.sectors),
            products=tuple(content.products),
            residual={year: pair.without_traded / pair.average for year, pair in content.residual.items()},
            residual_in=content.residual_in,
            country=content.country,
        )
    except RecordError as error:
        fault = Fault(path.name, "rows", str(error), "every kind of row counted or left out once", "correct the rows",
                      code="account_rows")  # fmt: skip
        raise InputError([fault]) from None


def _rule(row: _Row) -> inventory.RowRule:
    if row.value is None:
        return inventory.RowRule(row.factor)
    times = 1 / units.TJ_PER_MWH if row.unit == "tCO2/MWh" else units.CONVERSIONS[row.unit][1]
    return inventory.RowRule(row.factor, row.value * times)


@cache
def _profile(path: Path, _: files.Stamp) -> Profile:
    content, lines = yaml_files.validated(path, _Profile)
    if faults := list(_faults(path, content, lines)):
        raise InputError(faults)
    readings = tuple(
        inventory.Reading(key, Bilingual(one.en, one.zh), one.electricity_kgce_per_kwh * units.TJ_PER_TCE)
        for key, one in content.readings.items()
    )
    calorific = inventory.Reading("calorific", Bilingual("calorific value", "当量值"), units.TJ_PER_MWH)
    return Profile(
        profile_id=path.stem,
        name=content.name.record(),
        source=content.source,
        valid_from=content.valid_from,
        country=content.country,
        account=content.account,
        indicators=tuple(map(_indicator, content.indicators)),
        readings=readings or (calorific,),
        text_not_seen=content.text_not_seen and content.text_not_seen.record(),
    )


def _faults(path: Path, content: _Profile, lines: dict) -> list[Fault]:
    """List faults beyond the form: duplicate ids, two limits at once, an unknown account."""
    faults = []
    ids = [one.id for one in content.indicators]
    for at, one in enumerate(content.indicators):
        place = f"line {lines[('indicators', at)]}, indicators.{at}"
        if ids.count(one.id) > 1:
            faults.append(Fault(path.name, place, one.id, "an id of its own", "rename one", code="doubled_id"))
        for limits in [one, *one.classes]:
            if limits.at_most is not None and limits.at_least is not None:
                faults.append(Fault(path.name, place, one.id, "at_most or at_least, not both", "drop one",
                                    code="two_limits"))  # fmt: skip
        if one.classes and (one.at_most is not None or one.at_least is not None):
            faults.append(Fault(path.name, place, one.id, "classes or one limit", "drop one", code="two_limits"))
    if content.account not in account_ids():
        faults.append(Fault(path.name, f"line {lines[('account',)]}, account", content.account,
                            f"one of {', '.join(account_ids())}", "choose one of them", code="no_rules"))  # fmt: skip
    return faults


def _limit(at_most: float | None, at_least: float | None) -> inventory.Limit | None:
    if at_most is not None:
        return inventory.Limit(at_most, is_upper=True)
    return None if at_least is None else inventory.Limit(at_least, is_upper=False)


def _indicator(one: _Indicator) -> IndicatorRule:
    return IndicatorRule(
        indicator_id=one.id,
        name=one.name.record(),
        formula=one.formula,
        unit=one.unit,
        kind=one.kind,
        confidence=one.confidence,
        limit=_limit(one.at_most, one.at_least),
        classes=tuple(
            inventory.SizeClass(size.energy_from_tce, size.energy_below_tce, limit)
            for size in one.classes
            if (limit := _limit(size.at_most, size.at_least)) is not None
        ),
        text=one.text and one.text.record(),
        no_class=one.no_class and one.no_class.record(),
        missing=one.missing and one.missing.record(),
        one_of=one.one_of,
        only_where_growing=one.only_where_growing,
    )


class Named(yaml_files.Strict):
    """A name in both languages."""

    en: str
    zh: str


class AllocationRule(yaml_files.Strict):
    """A rule of free allocation and the years it holds for."""

    first: int = Field(alias="from")
    last: int = Field(9999, alias="to")
    rule: Literal["equals_emissions", "benchmark"]
    en: str
    zh: str


class TradingRules(yaml_files.Strict):
    """The emissions trading market."""

    name: Named
    source: str
    confidence: str
    allocation: tuple[AllocationRule, ...] = Field(min_length=1)

    def of(self, year: int) -> AllocationRule | None:
        """Return the rule of a year; None before the first."""
        return next((one for one in self.allocation if one.first <= year <= one.last), None)


class Price(yaml_files.Strict):
    """A price and when it was seen."""

    value: float = Field(gt=0, allow_inf_nan=False)
    unit: Literal["EUR/tCO2"]
    period: str


class BorderRules(yaml_files.Strict):
    """The EU carbon border adjustment."""

    name: Named
    source: str
    confidence: str
    certificates_sold_from: int
    price: Price
    mark_up: dict[int, float]

    def marked_up(self, year: int) -> float:
        """Return the mark-up on default values in a year; constant after the last year named."""
        earlier = [known for known in self.mark_up if known <= year]
        return self.mark_up[max(earlier)] if earlier else 0.0


class CarbonCostRules(yaml_files.Strict):
    """All rules of the file."""

    ets: TradingRules
    cbam: BorderRules


def read_carbon_costs(path: str | Path | None = None) -> CarbonCostRules:
    """Read the rules; the shipped ones by default.

    Raises
    ------
    InputError
        The file breaks its form; all faults at once.
    """
    return _rules(*files.stamped(files.data_folder() / "carbon_costs.yml" if path is None else Path(path)))


@cache
def _rules(path: Path, _: files.Stamp) -> CarbonCostRules:
    return yaml_files.validated(path, CarbonCostRules)[0]
