"""Accounts and indicator profiles from ``data/accounts`` and ``data/profiles``, or from files of one's own."""

from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import Field

from pathway_models.core.errors import Fault, InputError, RecordError
from pathway_models.core.files import Stamp, data_folder, stamped
from pathway_models.core.units import CONVERSIONS, TJ_PER_MWH, TJ_PER_TCE
from pathway_models.core.yaml_files import Strict, validated
from pathway_models.records.accounts import (
    ROW_KINDS,
    Account,
    Bilingual,
    IndicatorRule,
    Limit,
    Profile,
    Reading,
    RowRule,
    SizeClass,
)


class _Text(Strict):
    en: str = Field(min_length=1)
    zh: str = Field(min_length=1)

    def record(self) -> Bilingual:
        return Bilingual(self.en, self.zh)


class _Row(Strict):
    factor: Literal["own", "zero", "of_electricity", "residual", "given"]
    value: float | None = Field(None, ge=0, allow_inf_nan=False)
    unit: Literal["tCO2/MWh", "tCO2/TJ", "tCO2/GJ"] = "tCO2/TJ"


class _Residual(Strict):
    average: float = Field(gt=0, allow_inf_nan=False)
    without_traded: float = Field(gt=0, allow_inf_nan=False)
    confidence: str
    note: str = ""


Kind = Literal[*ROW_KINDS]


class _Account(Strict):
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


class _Class(Strict):
    energy_from_tce: float = Field(ge=0)
    energy_below_tce: float = float("inf")
    at_most: float | None = None
    at_least: float | None = None


class _Indicator(Strict):
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


class _Reading(Strict):
    electricity_kgce_per_kwh: float = Field(gt=0, lt=1)
    en: str
    zh: str


class _Profile(Strict):
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
    return tuple(sorted(path.stem for path in (data_folder() / "accounts").glob("*.yml")))


def profile_ids() -> tuple[str, ...]:
    """List the shipped profiles."""
    return tuple(sorted(path.stem for path in (data_folder() / "profiles").glob("*.yml")))


def read_account(account: str | Path) -> Account:
    """Read an account, by id or from a file of one's own.

    Raises
    ------
    InputError
        There is no such account, or the file breaks its form; all faults at once.
    """
    return _account(*stamped(_path(account, "accounts", account_ids())))


def read_profile(profile: str | Path) -> Profile:
    """Read an indicator profile, by id or from a file of one's own.

    Raises
    ------
    InputError
        There is no such profile, or the file breaks its form; all faults at once.
    """
    return _profile(*stamped(_path(profile, "profiles", profile_ids())))


def _path(name: str | Path, folder: str, known: tuple[str, ...]) -> Path:
    if str(name) in known:
        return data_folder() / folder / f"{name}.yml"
    path = Path(name)
    if path.suffix.lower() not in (".yml", ".yaml"):
        expected = f"one of {', '.join(known)}, or a .yml file"
        raise InputError([Fault(str(name), "name", str(name), expected, "choose one of them", code="no_rules")])
    return path


@cache
def _account(path: Path, _: Stamp) -> Account:
    content = validated(path, _Account)[0]
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


def _rule(row: _Row) -> RowRule:
    if row.value is None:
        return RowRule(row.factor)
    times = 1 / TJ_PER_MWH if row.unit == "tCO2/MWh" else CONVERSIONS[row.unit][1]
    return RowRule(row.factor, row.value * times)


@cache
def _profile(path: Path, _: Stamp) -> Profile:
    content, lines = validated(path, _Profile)
    if faults := list(_faults(path, content, lines)):
        raise InputError(faults)
    readings = tuple(
        Reading(key, Bilingual(one.en, one.zh), one.electricity_kgce_per_kwh * TJ_PER_TCE)
        for key, one in content.readings.items()
    )
    calorific = Reading("calorific", Bilingual("calorific value", "当量值"), TJ_PER_MWH)
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
    """Collect what the form alone cannot say: doubled ids, two limits at once, an account that does not exist."""
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


def _limit(at_most: float | None, at_least: float | None) -> Limit | None:
    if at_most is not None:
        return Limit(at_most, is_upper=True)
    return None if at_least is None else Limit(at_least, is_upper=False)


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
            SizeClass(size.energy_from_tce, size.energy_below_tce, limit)
            for size in one.classes
            if (limit := _limit(size.at_most, size.at_least)) is not None
        ),
        text=one.text and one.text.record(),
        no_class=one.no_class and one.no_class.record(),
        missing=one.missing and one.missing.record(),
        one_of=one.one_of,
        only_where_growing=one.only_where_growing,
    )
