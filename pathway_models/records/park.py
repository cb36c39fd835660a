"""A park as the model sees it: activity, energy by sector and carrier, factors, processes."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from pathway_models.core import RecordError, Shown, arrays, units
from pathway_models.records.plans import Plans

#: Measures of a sector's activity.
ACTIVITY_KINDS = (
    "value_added", "gdp", "population", "energy_index", "emissions_index", "power_output", "steel_output",
    "cement_output", "pig_iron_output", "nonferrous_output",
)  # fmt: skip
#: Activity that is measured by energy or emissions themselves, where nothing else is known.
INDICES = ("energy_index", "emissions_index")
#: Items of emissions not known by carrier: from fuel alone, or from fuel and processes together.
UNDIVIDED = ("undivided_fuel", "undivided")
#: Kinds that are the output of one product: energy per output stays constant, as for an energy index.
OUTPUT_KINDS = ("power_output", "steel_output", "cement_output", "pig_iron_output", "nonferrous_output")
#: Canonical unit of each kind of activity.
ACTIVITY_UNITS = {
    "value_added": "million CNY",
    "gdp": "million CNY",
    "population": "persons",
    "energy_index": "TJ",
    "emissions_index": "tCO2",
    "power_output": "MWh",
    "steel_output": "t",
    "cement_output": "t",
    "pig_iron_output": "t",
    "nonferrous_output": "t",
}
#: Groups of carriers that are burnt to CO2.
FUELS = ("coal", "oil", "gas", "other_fuel")
#: Carriers every park has, so that a lever can bring them in and both electricity totals exist.
NEEDED_CARRIERS = ("electricity", "green_electricity")
#: How the note on years set aside begins.
ASIDE = "SET ASIDE"
#: Fewest observed years a trend can be read from.
LEAST_YEARS = 3


@dataclass(frozen=True)
class Process:
    """An industrial process that emits CO2 in proportion to its output.

    Parameters
    ----------
    name : str
        Process id, e.g. ``"clinker"``.
    sector : int
        Index of the sector it belongs to.
    unit : str
        Canonical unit of its output, ``"t"`` or ``"TJ"``.
    is_balance : bool
        True for carbon balances of energy transformation (``conversion_*``): book-keeping that may be
        negative and that no process lever or capture plant changes.
    """

    name: str
    sector: int
    unit: str
    is_balance: bool = False

    @property
    def is_undivided(self) -> bool:
        """True for emissions of a sector that are known as a whole only, not by carrier (docs/methods.md, 7)."""
        return self.name in UNDIVIDED


@dataclass(frozen=True)
class ParkIdentity:
    """Identity of the park of a record.

    Parameters
    ----------
    park_id : str
    name_zh, name_en : str
    kind : str
        ``"park"`` or ``"region"``.
    invented : bool or None
        True for demonstration parks; None where only the id is known.
    country : str
        ISO 3166 code; decides which rules apply (``data/countries.csv``).  Empty where only the id is known.
    """

    park_id: str
    name_zh: str = ""
    name_en: str = ""
    kind: str = ""
    invented: bool | None = None
    country: str = ""

    @classmethod
    def of(cls, given: "ParkIdentity | str") -> "ParkIdentity":
        """Return the identity itself, or make one from an id alone."""
        return cls(given) if isinstance(given, str) else given


class Identified:
    """A record of one park, identified by its first field, ``identity``."""

    identity: ParkIdentity

    def __post_init__(self) -> None:
        """Convert an id to an identity."""
        object.__setattr__(self, "identity", ParkIdentity.of(self.identity))

    @property
    def park_id(self) -> str:
        """Id of the park."""
        return self.identity.park_id


@dataclass(frozen=True)
class HeatSupply:
    """The factor of purchased heat, derived from the fuels of its supplier (docs/methods.md, section 2).

    Parameters
    ----------
    rule : str
        Allocation of the supplier's emissions to power and heat, a key of ``data/chp_rules.yml``; empty where the
        supplier makes heat alone.
    factors : mapping year -> float, tCO2/TJ
        By year stated; years after the record are the supplier's plans.
    """

    rule: str
    factors: Mapping[int, float]

    def of(self, years: np.ndarray) -> np.ndarray:
        """Return the factor by year: linear between the years stated, constant before the first and after the last."""
        known = sorted(self.factors)
        return np.interp(years, known, [self.factors[year] for year in known])


@dataclass(frozen=True)
class PlantYear:
    """One year of a plant that makes heat and power, with the share of its emissions allocated to heat.

    Parameters
    ----------
    fuel, heat, power : float, TJ
    emissions : float, tCO2
    heat_share : float
        0-1; the rest is allocated to power.
    """

    fuel: float
    emissions: float
    heat: float
    power: float
    heat_share: float

    def factor(self, item: str) -> float:
        """Return the factor of a product, ``heat`` or ``electricity``, tCO2/TJ; zero where the plant makes none."""
        made, share = (self.heat, self.heat_share) if item == "heat" else (self.power, 1.0 - self.heat_share)
        return self.emissions * share / made if made > 0 else 0.0


@dataclass(frozen=True)
class OwnPlant:
    """A combined plant inside the boundary, whose fuel is part of the park's (docs/methods.md, section 2).

    Parameters
    ----------
    rule : str
        Allocation of its emissions to heat and power, a key of ``data/chp_rules.yml``; empty where it makes one of
        them alone.
    years : mapping year -> PlantYear
        Observed years stated.
    """

    rule: str
    years: Mapping[int, PlantYear]

    def factor(self, item: str, year: int) -> float:
        """Return the factor of heat or power, tCO2/TJ: linear between the years stated, constant outside them."""
        known = [at for at in sorted(self.years) if self.years[at].factor(item) > 0]
        return float(np.interp(year, known, [self.years[at].factor(item) for at in known])) if known else 0.0

    def made(self, item: str, year: int) -> float:
        """Return the heat or power made, TJ: linear between the years stated, constant outside them."""
        known = sorted(self.years)
        amounts = [self.years[at].heat if item == "heat" else self.years[at].power for at in known]
        return float(np.interp(year, known, amounts))


@dataclass(frozen=True, eq=False)
class Park(Shown):
    """One park or region over its observed years, in canonical units.

    Parameters
    ----------
    park_id, name_zh, name_en, kind, archetype, province : str
        Identity; ``kind`` is ``"park"`` or ``"region"``.
    invented : bool
        True for demonstration parks: their numbers are made up.
    years : (H,) int
        Observed years, one by one.
    sectors : (S,) str
        Sector ids; ``("park",)`` when the table has no split.
    carriers, groups : (C,) str
        Carrier ids, and the group each belongs to (coal, oil, gas, other_fuel, biomass, hydrogen,
        electricity, green_electricity, heat, waste_heat, other_energy).
    activity : (S, H)
        Activity of each sector, in the unit of its kind.
    activity_kinds : (S,) str
        Per sector one of `ACTIVITY_KINDS`.
    energy : (S, C, H), TJ
        Energy use by carrier; electricity without its green part, which is a carrier of its own.
    factors : (S, C, H), tCO2/TJ
        Emission factors, constant or by year; zero for carriers without emissions.
    processes : (J,) Process
    outputs : (J, H)
        Output of each process in its unit.
    process_factors : (J, H), tCO2 per unit of output
    sinks : (H,), tCO2/yr
        Sequestration of the green areas; reported beside, never netted into scope 1.
    factor_set, grid_factor : str
        Choices of the factors, printed with every result.
    published_grid : mapping year -> float, tCO2/MWh
        Grid factors of the place chosen, also for years after the record; empty where one year, or the table itself,
        was chosen.
    notes : (N,) str
        Findings and assumptions that must be shown with every result.
    memo_items : mapping (quantity, sector, item) -> year -> value
        Items recorded beside the emissions, in canonical units: totals, areas, waste, pollutants.
    origins : mapping (quantity, sector, item) -> year -> place
        Line or cell of each value.
    activity_errors : mapping group -> float
        Standard deviation of the log of a group's activity data, from quality grades; empty where none are given.
    factor_errors : mapping group -> float
        Standard deviation of the log of a group's factor, from the confidence of the factors behind it
        (`intake.factors.spread`); a group that is not named has the size of ``uncertainties.yml``.
    one_off_years : (K,) int
        Observed years left out of the trend; set by `set_aside`.
    plans : Plans
        Committed projects and overrides on top of the baseline.
    uses : mapping (sector, carrier) -> use of energy -> share
        Uses of energy as the table states them; else those of the kind of the sector (``data/sectors.yml``).
    follows : mapping sector -> sector
        Sectors, such as an own power plant, whose activity follows that of another.
    heat_supply : HeatSupply, optional
        Given where the factor of purchased heat is derived from its supplier's fuels.
    own_plant : OwnPlant, optional
        Plant inside the boundary whose emissions are allocated to its heat and its power.
    country : str
        ISO 3166 code.

    Raises
    ------
    RecordError
        Labels and arrays do not fit, a year is missing, a value is not finite.
    """

    park_id: str
    name_zh: str
    name_en: str
    kind: str
    archetype: str
    province: str
    invented: bool
    years: np.ndarray
    sectors: tuple[str, ...]
    carriers: tuple[str, ...]
    groups: tuple[str, ...]
    activity: np.ndarray
    activity_kinds: tuple[str, ...]
    energy: np.ndarray
    factors: np.ndarray
    processes: tuple[Process, ...] = ()
    outputs: np.ndarray = field(default_factory=lambda: np.zeros((0, 0)))
    process_factors: np.ndarray = field(default_factory=lambda: np.zeros((0, 0)))
    sinks: np.ndarray | None = None
    factor_set: str = ""
    grid_factor: str = ""
    published_grid: Mapping[int, float] = field(default_factory=dict)
    price_year: int | None = None
    boundary: str = ""
    source: str = ""
    licence: str = ""
    notes: tuple[str, ...] = ()
    #: Names and SHA-256 of the files the record was read from.
    files: tuple[tuple[str, str], ...] = ()
    memo_items: Mapping[tuple[str, str, str], Mapping[int, float]] = field(default_factory=dict)
    origins: Mapping[tuple[str, str, str], Mapping[int, str]] = field(default_factory=dict)
    activity_errors: Mapping[str, float] = field(default_factory=dict)
    factor_errors: Mapping[str, float] = field(default_factory=dict)
    one_off_years: tuple[int, ...] = ()
    plans: Plans = field(default_factory=Plans)
    uses: Mapping[tuple[str, str], Mapping[str, float]] = field(default_factory=dict)
    follows: Mapping[str, str] = field(default_factory=dict)
    heat_supply: HeatSupply | None = None
    own_plant: OwnPlant | None = None
    country: str = units.HOME

    def __post_init__(self) -> None:
        years = arrays.rising_years(f"{self.park_id}: years", self.years)
        s, c, j, h = len(self.sectors), len(self.carriers), len(self.processes), years.size
        put = object.__setattr__
        put(self, "years", years)
        for name, shape in {
            "activity": (s, h),
            "energy": (s, c, h),
            "factors": (s, c, h),
        }.items():
            put(self, name, arrays.frozen_array(f"{self.park_id}: {name}", getattr(self, name), shape))
        for name in ("outputs", "process_factors"):
            values = getattr(self, name) if j else np.zeros((0, h))
            put(self, name, arrays.frozen_array(f"{self.park_id}: {name}", values, (j, h)))
        sinks = np.zeros(h) if self.sinks is None else self.sinks
        put(self, "sinks", arrays.frozen_array(f"{self.park_id}: sinks", sinks, (h,)))
        # Own copies as plain dicts: read-only views could not be sent to another process.
        for name in ("memo_items", "origins", "uses"):
            put(self, name, {key: dict(values) for key, values in getattr(self, name).items()})
        for name in ("activity_errors", "factor_errors", "follows"):
            put(self, name, dict(getattr(self, name)))
        put(self, "published_grid", dict(sorted(self.published_grid.items())))
        put(self, "one_off_years", tuple(sorted({int(year) for year in self.one_off_years})))
        self._check()

    @property
    def beside(self) -> Mapping:
        """`memo_items` under its name of 0.2.0; goes with the next release."""
        return self.memo_items

    def _check(self) -> None:
        if len(self.groups) != len(self.carriers) or len(self.activity_kinds) != len(self.sectors):
            raise RecordError(f"{self.park_id}: one group a carrier and one activity kind a sector are needed")
        for kind in self.activity_kinds:
            if kind not in ACTIVITY_KINDS:
                raise RecordError(f"{self.park_id}: activity kind {kind!r} is not one of {ACTIVITY_KINDS}")
        if (self.energy < 0).any():
            raise RecordError(f"{self.park_id}: energy use is negative somewhere; sold energy is not a use")
        if (self.activity <= 0).any():
            raise RecordError(f"{self.park_id}: activity must be above zero in every sector and year")
        if self.one_off_years and (wrong := one_off_problem(self.years, self.one_off_years)):
            raise RecordError(f"{self.park_id}: one-off years {list(self.one_off_years)}: {wrong}")
        leaders = set(self.follows.values())
        if not {*self.follows, *leaders} <= set(self.sectors) or leaders & set(self.follows):
            raise RecordError(f"{self.park_id}: follows {dict(self.follows)}: name sectors that follow none themselves")
        self._check_labels()

    def _check_labels(self) -> None:
        for duplicate in {name for name in self.carriers if self.carriers.count(name) > 1}:
            raise RecordError(f"{self.park_id}: carrier {duplicate!r} stands twice")
        for name in NEEDED_CARRIERS:
            if name not in self.carriers:
                raise RecordError(f"{self.park_id}: carrier {name!r} is needed, with zero use where there is none")
        for process in self.processes:
            if not 0 <= process.sector < len(self.sectors):
                raise RecordError(f"{self.park_id}: process {process.name!r} stands in no sector ({process.sector})")

    @property
    def identity(self) -> ParkIdentity:
        """Identity of the park, as in all its records."""
        return ParkIdentity(self.park_id, self.name_zh, self.name_en, self.kind, self.invented, self.country)

    @property
    def last_observed_year(self) -> int:
        """Last year with data."""
        return int(self.years[-1])

    @property
    def grid_to_come(self) -> dict[int, float]:
        """Ratio of grid factors published for years after the record to that of the last observed year, by year."""
        last = self.last_observed_year
        if not any(year > last for year in self.published_grid):
            return {}
        now = min(self.published_grid, key=lambda year: (abs(year - last), year))
        return {year: value / self.published_grid[now] for year, value in self.published_grid.items() if year > last}

    @property
    def pollutants(self) -> dict[str, np.ndarray]:
        """Measured air pollutants, t/yr: ``so2``, ``nox``, ``pm``, ``voc`` to (H,), NaN in years without a value."""
        return self._recorded("pollutant")

    @property
    def waste(self) -> dict[str, np.ndarray]:
        """Recorded waste, t/yr: ``solid_generated``, ``solid_used``, ``incinerated``, ``wastewater`` to (H,)."""
        return self._recorded("waste")

    def _recorded(self, wanted: str) -> dict[str, np.ndarray]:
        """Collect the memo items of one quantity for the whole park: item to (H,), NaN where not given."""
        return {
            item: np.array([values.get(int(year), np.nan) for year in self.years])
            for (quantity, owner, item), values in self.memo_items.items()
            if (quantity, owner) == (wanted, "park")
        }

    @property
    def kept(self) -> np.ndarray:
        """Mask of the observed years from which the trend is estimated: (H,) bool."""
        return ~np.isin(self.years, self.one_off_years)

    @property
    def is_undivided(self) -> bool:
        """True where some emissions are known by sector only, not by carrier."""
        return any(process.is_undivided for process in self.processes)

    @property
    def has_energy(self) -> bool:
        """True where the table states energy, or emissions that imply it."""
        return bool(self.energy.any())

    @property
    def tier(self) -> str:
        """Detail of the table: ``"rich"`` (sectors), ``"medium"`` (carriers) or ``"poor"`` (totals).

        A table without any energy is poor, by sector or not.
        """
        if not self.has_energy:
            return "poor"
        if len(self.sectors) > 1:
            return "rich"
        return "medium" if int((self.energy[0, :, -1] > 0).sum()) > 1 else "poor"

    def __repr__(self) -> str:
        made_up = ", INVENTED" if self.invented else ""
        return (
            f"<Park {self.park_id}: {self.name_en} ({self.kind}{made_up})\n"
            f"  {self.years[0]}-{self.years[-1]}, {len(self.sectors)} sectors x {len(self.carriers)} carriers,"
            f" {len(self.processes)} processes, tier {self.tier}\n"
            f"  factors {self.factor_set}, grid {self.grid_factor}{self._beyond_the_record()}>"
        )

    def _beyond_the_record(self) -> str:
        aside = f"\n  set aside: {', '.join(map(str, self.one_off_years))}" if self.one_off_years else ""
        projects, targets = len(self.plans.projects), len(self.plans.targets)
        return aside + (f"\n  plans: {projects} projects, {targets} targets of drivers" if self.plans else "")


def one_off_problem(years: np.ndarray, one_off: Iterable[int]) -> str:
    """Return the reason why years cannot be set aside; empty where they can.

    Parameters
    ----------
    years : (H,) int
        Observed years.
    one_off : iterable of int
    """
    unknown = sorted(set(one_off) - set(years.tolist()))
    if unknown:
        return f"{', '.join(map(str, unknown))} not among the observed years {years[0]}-{years[-1]}"
    left = int((~np.isin(years, list(one_off))).sum())
    return "" if left >= LEAST_YEARS else f"{left} years are left, expected at least {LEAST_YEARS}"


def set_aside(park: Park, years: Iterable[int]) -> Park:
    """Mark some observed years as one-off; the trend is estimated from the others.

    Parameters
    ----------
    park : Park
    years : iterable of int
        Replace those marked before; empty to use all years.

    Returns
    -------
    Park
        Inventories and observed values as they were (docs/baseline.md, section 8).

    Raises
    ------
    RecordError
        A year was not observed, or fewer than three are left.
    """
    others = tuple(note for note in park.notes if not note.startswith(ASIDE))
    aside = replace(park, one_off_years=tuple(years), notes=others)
    listed = ", ".join(map(str, aside.one_off_years))
    note = f"{ASIDE}: {listed} lend no growth to the trend. / {listed}年不计入趋势增速。"
    return replace(aside, notes=(*others, note)) if listed else aside
