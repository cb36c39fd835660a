"""Results as single figures, the checks they must pass, and the tolerances of a comparison."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from types import MappingProxyType
from typing import NamedTuple

from pathway_models.core import RecordError

#: Kinds of checks and the settings each needs.
KINDS = {
    "bounds": (),
    "rising": (),
    "never_above": ("scenarios",),
    "same": ("scenarios",),
    "same_in_record": (),
    "continuous": ("largest",),
    "adds_up": ("total",),
}
SEVERITIES = ("error", "warning")


class Key(NamedTuple):
    """Subject of a figure; year 0 where it has none."""

    park: str
    scenario: str
    quantity: str
    year: int


@dataclass(frozen=True, eq=False)
class Results:
    """All figures of a run or of a version of the model.

    Parameters
    ----------
    name : str
    figures : mapping Key -> float
        Infinite for a year beyond the horizon.
    last_observed : mapping park -> int
    about : mapping of str to str
        Provenance of the results: members, seed, versions, inputs.
    """

    name: str
    figures: Mapping[Key, float]
    last_observed: Mapping[str, int] = field(default_factory=dict)
    about: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in ("figures", "last_observed", "about"):
            object.__setattr__(self, name, MappingProxyType(dict(getattr(self, name))))

    def quantities(self) -> tuple[str, ...]:
        """List all quantities, in the order met."""
        return tuple(dict.fromkeys(key.quantity for key in self.figures))

    def scenarios(self) -> tuple[str, ...]:
        """List all scenarios, in the order met."""
        return tuple(dict.fromkeys(key.scenario for key in self.figures))

    def __repr__(self) -> str:
        parks = len({key.park for key in self.figures})
        return f"<Results {self.name}: {len(self.figures):,} figures of {parks} parks>"


def fits(quantity: str, patterns: Iterable[str]) -> bool:
    """Check that a quantity fits one of some patterns.

    Examples
    --------
    >>> fits("p05_tco2", ["p??_tco2"]), fits("mean_tco2", ["p??_tco2"])
    (True, False)
    """
    return any(fnmatchcase(quantity, pattern) for pattern in patterns)


@dataclass(frozen=True)
class Check:
    """One condition that all results must meet.

    Parameters
    ----------
    check_id : str
    kind : one of `KINDS`
    quantities : tuple of str
        Patterns; for ``rising`` and ``adds_up`` names in their order.
    scenarios : tuple of str
        From the one that must be lowest.
    low, high : float or None
    largest : float or None
        Relative change.
    total : str
    tolerance : float
        Relative.
    severity : one of `SEVERITIES`
    why, why_zh : str
    optional : bool
        Whether results may lack these quantities: a run folder has no figures by source.
    """

    check_id: str
    kind: str
    quantities: tuple[str, ...]
    scenarios: tuple[str, ...] = ()
    low: float | None = None
    high: float | None = None
    largest: float | None = None
    total: str = ""
    tolerance: float = 1e-9
    severity: str = "error"
    why: str = ""
    why_zh: str = ""
    optional: bool = False

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise RecordError(f"kind {self.kind!r} is not one of {', '.join(KINDS)}")
        if self.severity not in SEVERITIES:
            raise RecordError(f"severity {self.severity!r} is not one of {', '.join(SEVERITIES)}")
        if not self.quantities:
            raise RecordError("quantities: at least one is needed")
        lacking = [name for name in KINDS[self.kind] if not getattr(self, name) and getattr(self, name) != 0]
        if lacking:
            raise RecordError(f"a check of kind {self.kind} needs {', '.join(lacking)}")
        if self.kind == "bounds" and self.low is None and self.high is None:
            raise RecordError("a check of kind bounds needs low, high or both")
        if self.kind in ("never_above", "same") and len(self.scenarios) < 2:
            raise RecordError(f"a check of kind {self.kind} needs two scenarios or more")
        if self.kind == "rising" and len(self.quantities) < 2:
            raise RecordError("a check of kind rising needs two quantities or more")


@dataclass(frozen=True)
class Tolerance:
    """Allowed change of quantities: the larger of a share of the larger value and an amount in their own unit."""

    quantities: tuple[str, ...]
    relative: float = 0.0
    absolute: float = 0.0

    def __post_init__(self) -> None:
        if self.relative < 0 or self.absolute < 0:
            raise RecordError(f"expected tolerances of 0 or more, got {self.relative} and {self.absolute}")

    def of(self, before: float, after: float) -> float:
        """Return the largest tolerated difference between two finite values."""
        return max(self.absolute, self.relative * max(abs(before), abs(after)))


@dataclass(frozen=True)
class Guard:
    """All checks and tolerances of a file."""

    checks: tuple[Check, ...]
    tolerances: tuple[Tolerance, ...] = ()

    def tolerance(self, quantity: str) -> Tolerance:
        """Find the first tolerance that fits a quantity; without one no change is allowed."""
        return next((one for one in self.tolerances if fits(quantity, one.quantities)), Tolerance(("*",)))
