"""Levers (mitigation measures), their settings and ramps, and scenarios that combine them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from pathway_models.foundations.errors import RecordError, ScenarioError
from pathway_models.levers.action import Action
from pathway_models.levers.register import find_action

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
    """How a lever phases in: 0 up to ``start``, 1 from ``complete`` on.

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
class Lever:
    """One mitigation measure: what it does, how strongly at each setting, how fast, and who says so.

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
        Place in the library: levers of one family act in this order, whichever way a scenario was put
        together.
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
        gives = self.gives_to.values()
        if (acts.gives or gives) and (abs(sum(gives) - 1.0) > 1e-9 or min(gives) < 0):
            raise RecordError(f"{self.lever_id}: gives_to must be shares that sum to 1, got {dict(self.gives_to)}")
        for name in ("settings", "parameters", "gives_to", "units", "sources"):
            object.__setattr__(self, name, MappingProxyType(dict(getattr(self, name))))

    def _check_parameters(self, acts: Action, setting: str, given: Mapping[str, Triangle]) -> None:
        """Hold a setting against what the action needs: names, ranges, units."""
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
        """What the lever does: its action, of `pathway_models.levers`."""
        return find_action(self.action)

    def triangles(self, setting: str) -> dict[str, Triangle]:
        """All parameters of the lever at a setting.

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
    """A named combination of measures; no measures is business as usual."""

    scenario_id: str
    name_en: str
    name_zh: str
    description: str = ""
    measures: tuple[Measure, ...] = ()

    def __post_init__(self) -> None:
        arranged = sorted(self.measures, key=lambda m: (FAMILIES.index(m.lever.family), m.lever.rank))
        object.__setattr__(self, "measures", tuple(arranged))

    def with_measure(self, lever: Lever, setting: str, **ramp: object) -> Scenario:
        """The same scenario with one measure added or set anew, e.g. ``start=2027``."""
        others = tuple(m for m in self.measures if m.lever.lever_id != lever.lever_id)
        measure = Measure(lever, setting, replace(lever.ramp, **ramp))
        return replace(self, measures=(*others, measure))


@dataclass(frozen=True)
class Scenarios(Mapping[str, Scenario]):
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

    def pick(self, names: tuple[str, ...] | list[str]) -> Scenarios:
        """Only the named scenarios, in the order asked for.

        Raises
        ------
        ScenarioError
            A name is not there; all unknown names are listed together.
        """
        unknown = [name for name in names if name not in self]
        if unknown:
            raise ScenarioError(f"no scenario {', '.join(map(repr, unknown))}; there are {', '.join(self)}")
        return Scenarios(tuple(self[name] for name in dict.fromkeys(names)), self.levers)


def lever_streams(scenarios: Iterable[Scenario]) -> list[str]:
    """Name the uniform draws that the levers of some scenarios need: one a parameter, for all settings."""
    names = {
        f"{measure.lever.lever_id}:{name}": None
        for scenario in scenarios
        for measure in scenario.measures
        for name in measure.lever.triangles(measure.setting)
    }
    return list(names)
