"""Levers (mitigation measures), their settings and ramps; scenarios that combine them, and grids of packages."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import prod
from types import MappingProxyType

import numpy as np

from pathway_models.core import RecordError, ScenarioError, Shown
from pathway_models.levers import ORDER, find_action
from pathway_models.levers.action import ENERGY_USES, FEEDSTOCK, Action
from pathway_models.records.plans import GRID_FUTURES, SLOW, DriverPath

#: The seven families of the notice's section two, in the order in which they act.
FAMILIES = ("structure", "efficiency", "management", "substitution", "process", "ccus", "sinks")
RAMPS = ("linear", "s_curve", "step", "delay")


@dataclass(frozen=True)
class Triangle:
    """A triangular distribution by its low, mode and high value."""

    low: float
    mode: float
    high: float

    def __post_init__(self) -> None:
        if not self.low <= self.mode <= self.high:
            raise RecordError(f"expected low <= mode <= high, got {self.low}, {self.mode}, {self.high}")


@dataclass(frozen=True)
class Ramp:
    """Phase-in of a lever: 0 up to ``start``, 1 from ``complete`` on.

    Parameters
    ----------
    shape : {"linear", "s_curve", "step", "delay"}
        ``step`` jumps to 1 in ``complete``; ``delay`` stays at 0 for ``delay_years`` after
        ``start`` and is linear from there.
    start, complete : int
        Last year without effect, first year with the full effect.
    delay_years : int
        Only for ``delay``.
    """

    shape: str
    start: int
    complete: int
    delay_years: int = 0

    def __post_init__(self) -> None:
        if self.shape not in RAMPS:
            raise RecordError(f"ramp shape {self.shape!r} is not one of {RAMPS}")
        if self.start + self.delay_years >= self.complete:
            raise RecordError(
                f"ramp must be complete after it starts (and its delay): {self.start}+{self.delay_years}"
                f" >= {self.complete}"
            )


@dataclass(frozen=True)
class Choice:
    """Setting of one lever, and the years between which it phases in."""

    setting: str
    start: int
    complete: int


@dataclass(frozen=True)
class Lever:
    """One mitigation measure: its action, its size at each setting, its ramp, and its sources.

    Parameters
    ----------
    lever_id, family, name_en, name_zh : str
    action : str
        Name of an action of `pathway_models.levers`.
    takes_from : tuple of str
        Carrier groups a substitution or a capture acts on.
    gives_to : mapping of str to float
        Carriers that replace them, by share of the new energy.
    settings : mapping setting -> parameter -> Triangle
    parameters : mapping parameter -> Triangle
        Parameters that are the same at every setting.
    ramp : Ramp
    units, sources : mapping parameter -> str
        Unit, and bib key or ``ASSUME: ...`` of each parameter.
    rank : int
        Position in the library: levers that work on one part of the account act in this order in every scenario.
    sectors, uses : tuple of str
        Kinds of sectors that a substitution or a process measure is limited to, and uses of energy (processes that
        make feedstock, for a process measure); empty for all.
    block : str
        Levers of one block are set together; empty for a block of the lever itself, or of its family.
    """

    lever_id: str
    family: str
    name_en: str
    name_zh: str
    action: str
    settings: Mapping[str, Mapping[str, Triangle]]
    ramp: Ramp
    parameters: Mapping[str, Triangle] = field(default_factory=dict)
    takes_from: tuple[str, ...] = ()
    gives_to: Mapping[str, float] = field(default_factory=dict)
    units: Mapping[str, str] = field(default_factory=dict)
    sources: Mapping[str, str] = field(default_factory=dict)
    note: str = ""
    rank: int = 0
    sectors: tuple[str, ...] = ()
    uses: tuple[str, ...] = ()
    block: str = ""

    def __post_init__(self) -> None:
        if self.family not in FAMILIES:
            raise RecordError(f"{self.lever_id}: family {self.family!r} is not one of {FAMILIES}")
        try:
            acts = find_action(self.action)
        except RecordError as error:
            raise RecordError(f"{self.lever_id}: {error}") from None
        for setting, given in self.settings.items():
            self._check_parameters(acts, setting, {**self.parameters, **given})
        if acts.takes and not self.takes_from:
            raise RecordError(f"{self.lever_id}: takes_from must name the carrier groups to replace")
        known = {"mix": ENERGY_USES, "process": (FEEDSTOCK,)}.get(acts.part)
        if known is None and self.is_limited:
            raise RecordError(f"{self.lever_id}: applies_to: {self.action} acts on all sectors and uses alike")
        if wrong := sorted(set(self.uses) - set(known or ())):
            raise RecordError(f"{self.lever_id}: use {', '.join(wrong)} is not one of {', '.join(known or ())}")
        gives = self.gives_to.values()
        if (acts.gives or gives) and (abs(sum(gives) - 1.0) > 1e-9 or min(gives) < 0):
            raise RecordError(f"{self.lever_id}: gives_to must be shares that sum to 1, got {dict(self.gives_to)}")
        for name in ("settings", "parameters", "gives_to", "units", "sources"):
            object.__setattr__(self, name, MappingProxyType(dict(getattr(self, name))))

    def _check_parameters(self, acts: Action, setting: str, given: Mapping[str, Triangle]) -> None:
        """Check a setting against the parameters of the action: names, ranges, units."""
        needed = {parameter.name for parameter in acts.parameters}
        if set(given) != needed:
            raise RecordError(
                f"{self.lever_id}.{setting}: parameters {sorted(given)},"
                f" but {self.action} needs exactly {sorted(needed)}"
            )
        for name, corners in given.items():
            parameter = acts.parameter(name)
            if not parameter.allows(corners.low, corners.high):
                raise RecordError(
                    f"{self.lever_id}.{setting}.{name}: expected values {parameter.limits}, got {corners}"
                )
            if not parameter.is_stated_in(self.units.get(name, parameter.unit)):
                raise RecordError(f"{self.lever_id}.{name}: expected the unit {parameter.unit}, got {self.units[name]}")

    @property
    def acts(self) -> Action:
        """Its action, of `pathway_models.levers`."""
        return find_action(self.action)

    @property
    def is_limited(self) -> bool:
        """True if the lever is limited to some sectors or uses."""
        return bool(self.sectors or self.uses)

    def reaches(self, kind: str, use: str = "") -> bool:
        """Tell whether it acts on a use in a kind of sectors; on an unknown use or kind only without limits."""
        return (not self.sectors or kind in self.sectors) and (not self.uses or use in self.uses)

    def source_of(self, name: str, setting: str = "") -> str:
        """Return the source of a parameter; a setting may have a source of its own."""
        return self.sources.get(f"{setting}.{name}", self.sources.get(name, ""))

    def triangles(self, setting: str) -> dict[str, Triangle]:
        """Return all parameters of the lever at a setting.

        Raises
        ------
        ScenarioError
            The lever has no such setting.
        """
        if setting not in self.settings:
            raise ScenarioError(
                f"lever {self.lever_id!r} has no setting {setting!r}; it has {', '.join(self.settings)}"
            )
        return {**self.parameters, **self.settings[setting]}


@dataclass(frozen=True)
class Measure:
    """A lever at a chosen setting, with the ramp it has in this scenario."""

    lever: Lever
    setting: str
    ramp: Ramp

    def __post_init__(self) -> None:
        self.lever.triangles(self.setting)


@dataclass(frozen=True)
class Scenario:
    """A named combination of measures and given paths of drivers, under one future of the grid."""

    scenario_id: str
    name_en: str
    name_zh: str
    description: str = ""
    measures: tuple[Measure, ...] = ()
    drivers: tuple[DriverPath, ...] = ()
    grid: str = SLOW

    def __post_init__(self) -> None:
        if self.grid not in GRID_FUTURES:
            raise RecordError(f"{self.scenario_id}: grid {self.grid!r} is not one of {GRID_FUTURES}")
        arranged = sorted(self.measures, key=lambda m: (ORDER.index(m.lever.acts.part), m.lever.rank))
        object.__setattr__(self, "measures", tuple(arranged))

    def with_measure(self, lever: Lever, setting: str, **ramp: object) -> Scenario:
        """Add or replace one measure of the scenario, e.g. with ``start=2027``."""
        others = tuple(m for m in self.measures if m.lever.lever_id != lever.lever_id)
        measure = Measure(lever, setting, replace(lever.ramp, **ramp))
        return replace(self, measures=(*others, measure))


#: The package without any measure.
NO_MEASURES = Scenario("off", "no lever", "无措施")


@dataclass(frozen=True)
class Scenarios(Mapping[str, Scenario], Shown):
    """An ordered collection of scenarios, indexed by id, with the lever library behind them."""

    scenarios: tuple[Scenario, ...]
    levers: Mapping[str, Lever]

    def __getitem__(self, scenario_id: str) -> Scenario:
        for scenario in self.scenarios:
            if scenario.scenario_id == scenario_id:
                return scenario
        raise ScenarioError(f"no scenario {scenario_id!r}; there are {', '.join(self)}")

    def __iter__(self) -> Iterator[str]:
        return iter(scenario.scenario_id for scenario in self.scenarios)

    def __len__(self) -> int:
        return len(self.scenarios)

    def __contains__(self, scenario_id: object) -> bool:
        return scenario_id in tuple(self)

    def with_lever(
        self, lever_id: str, like: str, *, name: str = "", **corners: tuple[float, float, float]
    ) -> Scenarios:
        """Add your own lever, copied from one of the library with other numbers: same action, years and carriers.

        Parameters
        ----------
        lever_id : str
        like : str
            Lever of the library from which it is copied.
        name : str, optional
            Its id by default.
        **corners : (low, most likely, high)
            Numbers of its setting ``"own"``, by parameter; the others are those of the first setting of ``like``.

        Raises
        ------
        ScenarioError
            There is no lever ``like``.
        RecordError
            It has no such parameter, or the numbers do not fit.

        Examples
        --------
        >>> from pathway_models.intake.library import read_scenarios
        >>> own = read_scenarios().with_lever("our_roofs", "green_power", share=(0.1, 0.15, 0.2))
        >>> own.levers["our_roofs"].settings["own"]["share"].mode
        0.15
        """
        first = self._lever(like)
        given = {key: Triangle(*ends) for key, ends in corners.items()}
        usual = next(iter(first.settings.values()))
        lever = replace(
            first,
            lever_id=lever_id,
            name_en=name or lever_id,
            name_zh=name or lever_id,
            settings={"own": {key: value for key, value in usual.items() if key not in given} | given},
            parameters={key: value for key, value in first.parameters.items() if key not in given},
            sources={name: text for name, text in first.sources.items() if name.rpartition(".")[2] not in given}
            | dict.fromkeys(given, "given by the user"),
            rank=len(self.levers),
            block="",
        )
        return Scenarios(self.scenarios, {**self.levers, lever_id: lever})

    def with_scenario(
        self, scenario_id: str, levers: Mapping[str, str | tuple[str, int, int]], *, name: str = "", grid: str = SLOW
    ) -> Scenarios:
        """Add your own scenario at the end, or replace one.

        Parameters
        ----------
        scenario_id : str
        levers : mapping of lever to setting
            A setting alone, or with the years between which it phases in: ``("strong", 2027, 2035)``.
        name : str, optional
            Its id by default.
        grid : {"slow", "policy"}

        Raises
        ------
        ScenarioError
            A lever, or a setting of it, does not exist.
        RecordError
            The years of a lever do not fit.

        Examples
        --------
        >>> from pathway_models.intake.library import read_scenarios
        >>> own = read_scenarios().with_scenario("mine", {"energy_efficiency": ("strong", 2027, 2035)})
        >>> list(own)[-1], own["mine"].measures[0].ramp.complete
        ('mine', 2035)
        """
        measures = []
        for lever_id, told in levers.items():
            lever = self._lever(lever_id)
            setting, *years = (told,) if isinstance(told, str) else told
            when = dict(zip(("start", "complete"), years, strict=False))
            measures.append(Measure(lever, setting, replace(lever.ramp, **when)))
        title = name or scenario_id
        added = Scenario(scenario_id, title, title, measures=tuple(measures), grid=grid)
        return Scenarios((*(one for one in self.scenarios if one.scenario_id != scenario_id), added), self.levers)

    def _lever(self, lever_id: str) -> Lever:
        if lever_id not in self.levers:
            raise ScenarioError(f"there is no lever {lever_id!r}; there are {', '.join(self.levers)}")
        return self.levers[lever_id]

    def __repr__(self) -> str:
        return f"<Scenarios: {', '.join(self)}; {len(self.levers)} levers>"

    def pick(self, names: tuple[str, ...] | list[str]) -> Scenarios:
        """Pick the named scenarios, in the order asked for.

        Raises
        ------
        ScenarioError
            A name is not there; all unknown names are listed together.
        """
        unknown = [name for name in names if name not in self]
        if unknown:
            raise ScenarioError(f"no scenario {', '.join(map(repr, unknown))}; there are {', '.join(self)}")
        return Scenarios(tuple(self[name] for name in dict.fromkeys(names)), self.levers)


@dataclass(frozen=True)
class Limits:
    """Conditions a package may have to meet beside its peak year; each is counted over members.

    Parameters
    ----------
    peak : float, optional
        Cap on the peak level, tCO2/yr.
    totals : mapping year -> float
        Caps on the total of single years, e.g. the ends of five-year plans, tCO2/yr.
    neutral : int, optional
        Year in which the total less sinks must be zero or below.
    """

    peak: float | None = None
    totals: Mapping[int, float] = field(default_factory=dict)
    neutral: int | None = None


def lever_streams(scenarios: Iterable[Scenario]) -> list[str]:
    """List the names of the uniform draws of the levers of some scenarios: one a parameter, for all settings."""
    names = {
        f"{measure.lever.lever_id}:{name}": None
        for scenario in scenarios
        for measure in scenario.measures
        for name in measure.lever.triangles(measure.setting)
    }
    return list(names)


#: The option that every block has.
OFF = "off"


@dataclass(frozen=True)
class Option:
    """One setting of a block: a label with its measures; off has none."""

    label: str
    measures: tuple[Measure, ...] = ()


@dataclass(frozen=True)
class Block:
    """Levers that are set together.

    Parameters
    ----------
    block_id : str
        A lever's id, or a family where its levers move together.
    name_en, name_zh : str
    options : (O,) Option
        The first is off; each later one is more demanding than the one before.
    """

    block_id: str
    name_en: str
    name_zh: str
    options: tuple[Option, ...]

    def __post_init__(self) -> None:
        if not self.options or self.options[0].measures:
            raise ScenarioError(f"block {self.block_id!r}: the first option must be off")

    @property
    def lever_ids(self) -> tuple[str, ...]:
        """The levers this block moves at any of its options."""
        return tuple(dict.fromkeys(m.lever.lever_id for option in self.options for m in option.measures))


@dataclass(frozen=True)
class Grid:
    """All combinations of the options of some blocks; a package is one number per block."""

    blocks: tuple[Block, ...]

    def __post_init__(self) -> None:
        moved = [lever_id for block in self.blocks for lever_id in block.lever_ids]
        twice = sorted({lever_id for lever_id in moved if moved.count(lever_id) > 1})
        if twice:
            raise ScenarioError(f"levers in more than one block: {', '.join(twice)}")

    @property
    def shape(self) -> tuple[int, ...]:
        """Number of options of each block."""
        return tuple(len(block.options) for block in self.blocks)

    @property
    def size(self) -> int:
        """Number of packages."""
        return prod(self.shape)

    def codes(self) -> np.ndarray:
        """List every package as the numbers of its options: (package, block) int8; the first is all off."""
        axes = np.indices(self.shape, dtype=np.int8)
        return axes.reshape(len(self.blocks), -1).T

    def options_of(self, code: Sequence[int]) -> tuple[Option, ...]:
        """Return the options of one package, block by block."""
        return tuple(block.options[at] for block, at in zip(self.blocks, code, strict=True))

    def scenario(self, code: Sequence[int]) -> Scenario:
        """Convert a package to a scenario that `project` can run."""
        label = self.label(code)
        measures = tuple(measure for option in self.options_of(code) for measure in option.measures)
        return Scenario(label, label, label, measures=measures)

    def label(self, code: Sequence[int]) -> str:
        """Name a package in words that sort: ``"efficiency strong + ccus moderate"``."""
        used = [(b, o) for b, o in zip(self.blocks, self.options_of(code), strict=True) if o.measures]
        return " + ".join(f"{block.block_id} {option.label}" for block, option in used) or OFF

    def everything(self) -> Scenario:
        """Make a scenario with every lever of the grid, for drawing their parameters."""
        return self.scenario([len(block.options) - 1 for block in self.blocks])

    def without(self, useless: Mapping[str, Iterable[int]]) -> Grid:
        """Drop some options of the grid, given by block and number; a block left with off alone goes too."""
        kept = []
        for block in self.blocks:
            drop = set(useless.get(block.block_id, ()))
            options = tuple(option for at, option in enumerate(block.options) if at not in drop)
            if len(options) > 1:
                kept.append(replace(block, options=options))
        return Grid(tuple(kept))


def later(measure: Measure, years: int) -> Measure:
    """Delay a measure by a number of years."""
    ramp = measure.ramp
    return replace(measure, ramp=replace(ramp, start=ramp.start + years, complete=ramp.complete + years))


def lever_grid(
    levers: Mapping[str, Lever],
    blocks: Mapping[str, Sequence[str]] | None = None,
    *,
    by: str = "lever",
    delays: Sequence[int] = (0,),
) -> Grid:
    """Build the grid of packages of a lever library.

    Parameters
    ----------
    levers : mapping of Lever
    blocks : mapping block id -> lever ids, optional
        Levers that are set together; by default one block a lever or a family.
    by : {"lever", "family"}
        Used where ``blocks`` is not given.
    delays : sequence of int
        Start years to choose from, as years after the lever's own; the weakest setting has no delays, so that
        ``(0, 5)`` gives off, moderate, strong five years later and strong.

    Returns
    -------
    Grid
        Options in order of rising demand: off, then setting by setting, the latest start first.

    Raises
    ------
    ScenarioError
        A lever is unknown or stands in two blocks.
    """
    if by not in ("lever", "family"):
        raise ScenarioError(f"by = {by!r}: expected 'lever' or 'family'")
    if blocks is None:
        blocks = _families(levers) if by == "family" else {lever_id: (lever_id,) for lever_id in levers}
    unknown = [name for names in blocks.values() for name in names if name not in levers]
    if unknown:
        raise ScenarioError(f"no lever {', '.join(map(repr, unknown))}; there are {', '.join(levers)}")
    return Grid(tuple(_block(name, [levers[i] for i in ids], delays) for name, ids in blocks.items()))


def _families(levers: Mapping[str, Lever]) -> dict[str, tuple[str, ...]]:
    of = {family: tuple(i for i, lever in levers.items() if lever.family == family) for family in FAMILIES}
    return {family: ids for family, ids in of.items() if ids}


def _block(block_id: str, levers: list[Lever], delays: Sequence[int]) -> Block:
    # Levers set together must share a setting's name; those that lack it stay off at it.
    settings = list(dict.fromkeys(name for lever in levers for name in lever.settings))
    options = [Option(OFF)]
    for rank, setting in enumerate(settings):
        chosen = [Measure(lever, setting, lever.ramp) for lever in levers if setting in lever.settings]
        for delay in sorted(delays, reverse=True) if rank else (min(delays),):
            label = setting if delay == 0 else f"{setting}{delay:+d}"
            options.append(Option(label, tuple(later(measure, delay) for measure in chosen)))
    only = levers[0] if len(levers) == 1 else None
    return Block(block_id, only.name_en if only else block_id, only.name_zh if only else block_id, tuple(options))
