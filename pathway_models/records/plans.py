"""Plans beside a record: committed projects and given paths of drivers of a park, targets of its nation; carriers."""

from dataclasses import dataclass, field

from pathway_models.core import RecordError

#: Quantities of a project's loads, in canonical units: TJ, units of output, activity of its sector.
LOADS = ("energy", "product", "value_added")
#: Drivers whose path can be given, and kinds of statements of a target.
DRIVERS = ("activity", "intensity", "share", "grid_factor", "heat_factor", "output")
#: Drivers that are the mean factor of a purchased carrier, with that carrier.
FACTORS = {"grid_factor": "electricity", "heat_factor": "heat"}
KINDS = ("level", "growth", "change")
#: Driver of scenarios alone: CO2 per energy of all carriers, relative to the last observed year.
CARBON = "co2_per_energy"
#: Kind of a target that lies on the baseline: up to its year the driver is left free.
FREE = "free"
#: Futures of a nation's power, ``docs/methods.md``, section 2; the first is the default.
GRID_FUTURES = ("slow", "policy")
SLOW, POLICY = GRID_FUTURES
#: Latest year of a plan.
LATEST = 2100
#: Quantities of national targets: emissions, or energy, per value added; net emissions against their own peak.
QUANTITIES = ("co2_intensity", "energy_intensity", "below_peak")
#: Name for all sectors whose activity is economic.
ALL_SECTORS = "all"


@dataclass(frozen=True)
class Carrier:
    """An energy carrier: its names, its group, and the fuel of the official tables it maps to."""

    carrier: str
    name_zh: str
    name_en: str
    group: str
    fuel_cn: str


@dataclass(frozen=True)
class Load:
    """One load of a project at full size; negative for what closes.

    Parameters
    ----------
    quantity : str
        One of `LOADS`.
    item : str
        Carrier or process; empty for value added.
    value : float
        TJ/yr, units of output a year, or million CNY/yr.
    """

    quantity: str
    item: str
    value: float

    def __post_init__(self) -> None:
        if self.quantity not in LOADS:
            raise RecordError(f"load {self.quantity!r} is not one of {LOADS}")


@dataclass(frozen=True)
class Project:
    """A committed project.

    Parameters
    ----------
    name, sector : str
    start : int
        First year with a load, without delay.
    loads : tuple of Load
    ramp_years : int
        Years to the full load, the first one included.
    probability : float
        Of being realised, above 0 and at most 1.
    delay_likely, delay_longest : float
        Mode and upper end of a triangular delay from 0 on, years.
    source : str
    """

    name: str
    sector: str
    start: int
    loads: tuple[Load, ...]
    ramp_years: int = 1
    probability: float = 1.0
    delay_likely: float = 0.0
    delay_longest: float = 0.0
    source: str = ""

    def __post_init__(self) -> None:
        if self.ramp_years < 1 or not 0 < self.probability <= 1 or not 0 <= self.delay_likely <= self.delay_longest:
            raise RecordError(
                f"project {self.name}: expected ramp_years of 1 or more, a probability above 0 and at most 1,"
                " and 0 <= delay_likely <= delay_longest"
            )

    @property
    def chance_stream(self) -> str:
        """Name of the uniform draw that decides whether it is realised."""
        return f"project:{self.name}:goes_ahead"

    @property
    def delay_stream(self) -> str:
        """Name of the uniform draw of its delay."""
        return f"project:{self.name}:delay"

    @property
    def follows_sector(self) -> bool:
        """True if it states value added alone, so that energy and output follow the sector."""
        return all(load.quantity == "value_added" for load in self.loads)

    @property
    def has_load(self) -> bool:
        """True if any of its loads is not zero."""
        return any(load.value != 0.0 for load in self.loads)


@dataclass(frozen=True)
class DriverTarget:
    """One given value of a driver.

    Parameters
    ----------
    driver : str
        One of `DRIVERS`.
    sector : str
        Sector id, `ALL_SECTORS`, or empty for `FACTORS`.
    item : str
        Carrier of a share, process of an output, else empty.
    year : int
    kind : str
        One of `KINDS`.
    value : float
        Level in canonical units (`FACTORS`: tCO2/TJ), growth a year, or change against ``base_year``.
    spread : float
        Standard deviation in the unit of ``value``; 0 is exact.
    base_year : int or None
        Of a change; the last observed year where None.
    source : str
    """

    driver: str
    sector: str
    item: str
    year: int
    kind: str
    value: float
    spread: float = 0.0
    base_year: int | None = None
    source: str = ""

    def __post_init__(self) -> None:
        if self.driver not in (*DRIVERS, CARBON) or self.kind not in (*KINDS, FREE) or self.spread < 0:
            raise RecordError(f"target {self.driver!r}, {self.kind!r}, spread {self.spread}: {DRIVERS}, {KINDS}, >= 0")

    @property
    def key(self) -> tuple[str, str, str]:
        """Driver, sector and item of the target."""
        return self.driver, self.sector, self.item

    @property
    def stream(self) -> str:
        """Name of the normal draw that shifts all targets of the driver."""
        return f"override:{':'.join(self.key)}"


@dataclass(frozen=True)
class Plans:
    """Committed projects and overrides of a park; falsy where there are none.

    Parameters
    ----------
    projects : tuple of Project
    targets : tuple of DriverTarget
    files : tuple of (name, SHA-256)
        Files they were read from.
    notes : tuple of str
        Shown with every result.
    factors : tuple of (process, sector, unit, factor)
        Processes that the projects bring in, tCO2 per unit.
    grid : str
        Future of purchased power, one of `GRID_FUTURES`; does not count as a plan.
    """

    projects: tuple[Project, ...] = ()
    targets: tuple[DriverTarget, ...] = ()
    files: tuple[tuple[str, str], ...] = ()
    notes: tuple[str, ...] = ()
    factors: tuple[tuple[str, str, str, float], ...] = ()
    grid: str = SLOW

    def __bool__(self) -> bool:
        return bool(self.projects or self.targets)

    def uniforms(self) -> tuple[str, ...]:
        """Return the names of the uniform draws: none for what is certain."""
        chances = [project.chance_stream for project in self.projects if project.probability < 1]
        return (*chances, *(project.delay_stream for project in self.projects if project.delay_longest > 0))

    def normals(self) -> tuple[str, ...]:
        """Return the names of the normal draws: none for exact targets."""
        return tuple(dict.fromkeys(target.stream for target in self.targets if target.spread > 0))

    def by_driver(self) -> dict[tuple[str, str, str], tuple[DriverTarget, ...]]:
        """Group targets by driver, sector and item, in order of year."""
        found: dict[tuple[str, str, str], list[DriverTarget]] = {}
        for target in sorted(self.targets, key=lambda one: one.year):
            found.setdefault(target.key, []).append(target)
        return {key: tuple(targets) for key, targets in found.items()}


#: Terms of the Kaya identity, with the driver of which each is a factor.
KAYA = {
    "population": "activity", "gdp_per_head": "activity", "gdp": "activity", "energy_per_gdp": "intensity",
    CARBON: CARBON,
}  # fmt: skip
#: Drivers of scenarios, in the order of docs/driver_scenarios.md.
SCENARIO_DRIVERS = (*DRIVERS, *KAYA)


@dataclass(frozen=True)
class DriverPath:
    """One period of one driver of a scenario, before it is bound to a park.

    Parameters
    ----------
    driver : str
        One of `SCENARIO_DRIVERS`.
    sector : str
        Sector id or `ALL_SECTORS`; empty for `FACTORS` and for Kaya terms.
    item : str
        Carrier or group of a share, process of an output, else empty.
    first, last : int
        Years of the period, both included.
    kind : str
        One of `KINDS`.
    value : float
        In ``unit``.
    unit : str
        As written; levels are converted when the path is bound to a park.
    spread : float
        Standard deviation in ``unit``.
    source : str
    place : str
        Line or cell it was read from.
    """

    driver: str
    sector: str
    item: str
    first: int
    last: int
    kind: str
    value: float
    unit: str
    spread: float = 0.0
    source: str = field(default="", compare=False)
    place: str = field(default="", compare=False)

    @property
    def key(self) -> tuple[str, str, str]:
        """Driver, sector and item of the period."""
        return self.driver, self.sector, self.item


@dataclass(frozen=True)
class Target:
    """A cut of an intensity between two years, or of net emissions against their peak.

    Parameters
    ----------
    target_id : str
        Shown after ``intensity:`` or ``below_peak:``.
    quantity : str
        One of `QUANTITIES`.
    base_year : int or None
        None for ``below_peak``: the base is the highest year up to ``year``.
    year : int
        Year of the target, and last year of its period.
    change : float
        Required change, as a share of the base year: -0.18 is a cut of 18 %.
    name_en, name_zh : str
    source : str
    confidence : str
        Of that source.
    first_year : int, optional
        First year of its period; unknown where the source names none.
    """

    target_id: str
    quantity: str
    base_year: int | None
    year: int
    change: float
    name_en: str
    name_zh: str
    source: str
    confidence: str = ""
    first_year: int | None = None

    def __post_init__(self) -> None:
        if self.quantity not in QUANTITIES:
            raise RecordError(f"{self.target_id}: quantity {self.quantity!r} is not one of {QUANTITIES}")
        if (self.base_year is None) is not (self.quantity == "below_peak"):
            raise RecordError(f"{self.target_id}: expected a base year for an intensity, and none for below_peak")
        if self.base_year is not None and not self.base_year < self.year:
            raise RecordError(f"{self.target_id}: {self.base_year}-{self.year}: expected the base year first")
        if not -1.0 <= self.change <= 1.0:
            raise RecordError(f"{self.target_id}: a change of {self.change}: expected a share, -0.18 for 18 % less")

    def is_over(self, issue_year: int) -> bool:
        """Tell whether its period ended before the issue year."""
        return self.year < issue_year
