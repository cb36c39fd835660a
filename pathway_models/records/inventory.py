"""The emissions inventory of a park's observed years.

Accounts and indicator profiles as data: which rows of a ledger count, at which factor, against which limit.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from pathway_models.core import RecordError, Shown, arrays
from pathway_models.records.park import Identified, ParkIdentity


@dataclass(frozen=True, eq=False)
class Inventory(Identified, Shown):
    """Emissions by sector and source over the observed years, tCO2/yr.

    Parameters
    ----------
    identity : ParkIdentity
    years : (H,) int
    rows : (R,) tuple of (sector, source, scope)
        Labels of the rows of ``emissions``: sector id, carrier or process id, scope 1 or 2.
    emissions : (R, H), tCO2/yr
    factor_ids : (R,) str
        The factor behind each row.
    location_based : (H,), tCO2/yr
        Purchased electricity including its green part at the grid factor.
    sinks : (H,), tCO2/yr
        Beside the total, never inside it.
    """

    identity: ParkIdentity
    years: np.ndarray
    rows: tuple[tuple[str, str, int], ...]
    emissions: np.ndarray
    factor_ids: tuple[str, ...]
    location_based: np.ndarray
    sinks: np.ndarray

    def __post_init__(self) -> None:
        super().__post_init__()
        years = arrays.rising_years(f"{self.park_id}: years", self.years)
        put = object.__setattr__
        put(self, "years", years)
        shape = (len(self.rows), years.size)
        put(self, "emissions", arrays.frozen_array("emissions", self.emissions, shape))
        put(self, "location_based", arrays.frozen_array("location_based", self.location_based, (years.size,)))
        put(self, "sinks", arrays.frozen_array("sinks", self.sinks, (years.size,)))

    def total(self) -> np.ndarray:
        """Sum of all sources, scope 1 and market-based scope 2, (H,) tCO2/yr."""
        return self.emissions.sum(axis=0)

    def scope(self, scope: int) -> np.ndarray:
        """Sum of one scope, (H,) tCO2/yr."""
        return self.emissions[[row[2] == scope for row in self.rows]].sum(axis=0)

    def by_sector(self) -> dict[str, np.ndarray]:
        """Sum by sector: sector id to (H,) tCO2/yr, in the order of the rows."""
        names = dict.fromkeys(row[0] for row in self.rows)
        return {name: self.emissions[[row[0] == name for row in self.rows]].sum(axis=0) for name in names}

    def __repr__(self) -> str:
        total = self.total()
        return (
            f"<Inventory {self.park_id}: {len(self.rows)} sources, {self.years[0]}-{self.years[-1]}\n"
            f"  total {total[0] / 1e4:,.1f} -> {total[-1] / 1e4:,.1f} 万tCO2/yr,"
            f" scope 2 {self.scope(2)[-1] / max(abs(total[-1]), 1e-9):.0%} in {self.years[-1]}>"
        )


#: Kinds of ledger rows that an account has a rule for.
ROW_KINDS = (
    "fuel", "conversion", "process", "fixed", "captured", "electricity", "green_electricity", "sold_electricity",
    "heat", "sold_heat", "sinks",
)  # fmt: skip
#: Origins of the factor of a kind: the park's own row, zero, the electricity row of the same sector, the grid without
#: market-traded non-fossil power, or a value of the rule.
FACTORS = ("own", "zero", "of_electricity", "residual", "given")
VERDICTS = ("met", "not_met", "cannot_say")


@dataclass(frozen=True)
class Bilingual:
    """One text in both languages."""

    en: str
    zh: str

    def told(self, lang: str) -> str:
        """Return the text in a language."""
        return self.zh if lang == "zh" else self.en


@dataclass(frozen=True)
class RowRule:
    """Rule by which an account counts one kind of row.

    Parameters
    ----------
    factor : {"own", "zero", "of_electricity", "residual", "given"}
    value : float or None
        Of a given factor, tCO2/TJ.
    """

    factor: str
    value: float | None = None

    def __post_init__(self) -> None:
        if self.factor not in FACTORS or (self.value is None) == (self.factor == "given"):
            raise RecordError(f"factor {self.factor!r} with value {self.value}: one of {FACTORS}, a value with 'given'")


@dataclass(frozen=True)
class Account:
    """A set of rules that turns a ledger into a total.

    Parameters
    ----------
    account_id : str
    name : Bilingual
    source, confidence : str
    rows : mapping kind -> RowRule
        Kinds that count; each kind is listed here or in ``left_out``.
    left_out : mapping kind -> Bilingual
        Kinds that do not count, with the reason.
    sectors : tuple of str
        Sectors that count; all where empty.
    products : tuple of str
        Outputs of processes for which results are also given per tonne; none where empty.
    residual : mapping year -> float
        Ratio of the factor without market-traded non-fossil power to the mean factor of the grid.
    residual_in : str
        ISO code of the country of that grid; empty where there is no such ratio.
    country : str
        ISO code of the country whose rule the account is; empty where it applies everywhere.
    """

    account_id: str
    name: Bilingual
    source: str
    confidence: str
    rows: Mapping[str, RowRule]
    left_out: Mapping[str, Bilingual] = field(default_factory=dict)
    sectors: tuple[str, ...] = ()
    products: tuple[str, ...] = ()
    residual: Mapping[int, float] = field(default_factory=dict)
    residual_in: str = ""
    country: str = ""

    def __post_init__(self) -> None:
        doubled = set(self.rows) & set(self.left_out)
        lacking = set(ROW_KINDS) - {"sinks"} - set(self.rows) - set(self.left_out)
        unknown = (set(self.rows) | set(self.left_out)) - set(ROW_KINDS)
        if doubled or lacking or unknown:
            raise RecordError(
                f"{self.account_id}: twice {sorted(doubled)}, without rule {sorted(lacking)}, unknown {sorted(unknown)}"
            )

    def holds_in(self, country: str) -> bool:
        """Tell whether the account applies in a country."""
        return self.country in ("", country)

    def ratios_in(self, country: str) -> Mapping[int, float]:
        """Return the ratios of `residual` of a country; empty for any other country."""
        return self.residual if country == self.residual_in else {}


@dataclass(frozen=True)
class SizeClass:
    """A limit for parks of one size.

    Parameters
    ----------
    energy_from, energy_below : float
        Energy use in tce a year, lower end included, upper end not.
    limit : Limit
    """

    energy_from: float
    energy_below: float
    limit: "Limit"


@dataclass(frozen=True)
class Limit:
    """A threshold: at most or at least a value in the unit of the indicator."""

    value: float
    is_upper: bool

    def is_met(self, value: float) -> bool:
        """Tell whether a value meets the limit; a value at the limit does."""
        return value <= self.value if self.is_upper else value >= self.value


@dataclass(frozen=True)
class IndicatorRule:
    """One indicator of a profile.

    Parameters
    ----------
    indicator_id : str
    name : Bilingual
    formula : str
        Name of a quantity (`inventory.indicators.FORMULAS`); ``"unavailable"`` where a table cannot give it.
    unit, kind, confidence : str
        ``kind`` is ``"obligatory"``, ``"guiding"`` or ``"optional"`` (one of a group).
    limit : Limit or None
        For parks of every size.
    classes : tuple of SizeClass
        In place of ``limit``.
    text : Bilingual or None
        The requirement in words, where it is no plain limit.
    no_class, missing : Bilingual or None
        Reasons for parks outside all classes, and for a formula that is unavailable.
    one_of : str
        Numbers of the indicators of which one is enough.
    only_where_growing : bool
        Whether the limit holds only for years in which value added grew.
    """

    indicator_id: str
    name: Bilingual
    formula: str
    unit: str
    kind: str
    confidence: str
    limit: Limit | None = None
    classes: tuple[SizeClass, ...] = ()
    text: Bilingual | None = None
    no_class: Bilingual | None = None
    missing: Bilingual | None = None
    one_of: str = ""
    only_where_growing: bool = False


@dataclass(frozen=True)
class Reading:
    """One reading of an ambiguous rule: the energy that a kilowatt hour counts for in total energy use.

    Parameters
    ----------
    reading_id : str
    name : Bilingual
    tj_per_mwh : float
    """

    reading_id: str
    name: Bilingual
    tj_per_mwh: float


@dataclass(frozen=True)
class Profile:
    """An indicator system in one version.

    Parameters
    ----------
    profile_id : str
    name : Bilingual
    source : str
    valid_from : int
        First year to which it may be applied.
    country : str
        ISO code; parks of other countries are not assessed.
    account : str
        Account of the emissions.
    indicators : tuple of IndicatorRule
    readings : tuple of Reading
        All readings of an ambiguous rule; one, with the calorific value, of a clear one.
    text_not_seen : Bilingual or None
        Reason why nothing can be assessed, where the text of the system was not seen.
    """

    profile_id: str
    name: Bilingual
    source: str
    valid_from: int
    country: str
    account: str
    indicators: tuple[IndicatorRule, ...]
    readings: tuple[Reading, ...]
    text_not_seen: Bilingual | None = None
