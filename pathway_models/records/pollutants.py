"""Air pollutants, burners, controls, and the equipment assumed for a park."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from pathway_models.core import RecordError
from pathway_models.records.levers import Triangle

#: Confidence marks that need the user's consent.
DOUBTFUL = ("background", "uncertain", "empty")
#: Treatment of the part of a measured value that fuel does not explain: scaled into the factors, or following activity.
RESTS = ("none", "activity")
#: Contents that a coefficient may be counted per.
CONTENTS = ("sulphur", "ash")


@dataclass(frozen=True)
class Coefficient:
    """An uncertain number with its unit, source and confidence.

    Parameters
    ----------
    name : str
        Its key in the file, e.g. ``"burners.coal_cfb.so2"``; also the name of its random stream.
    corners : Triangle
    unit : str
    times : str
        Content per which it is stated, one of `CONTENTS`, or empty.
    source, confidence : str
    """

    name: str
    corners: Triangle
    unit: str
    source: str
    confidence: str
    times: str = ""

    @property
    def doubtful(self) -> bool:
        """True if it needs the user's consent."""
        return self.confidence in DOUBTFUL

    @property
    def stated(self) -> str:
        """The number with its range and unit."""
        low, mode, high = self.corners.low, self.corners.mode, self.corners.high
        per = f" x {self.times} content" if self.times else ""
        around = "" if low == high else f" ({low:g} to {high:g})"
        return f"{mode:g}{around} {self.unit}{per}"


@dataclass(frozen=True)
class Pollutant:
    """A pollutant: names, kg per pollution equivalent, and the treatment of emissions beyond fuel (`RESTS`)."""

    key: str
    name_en: str
    name_zh: str
    equivalent: Coefficient
    rest: str = "none"

    def __post_init__(self) -> None:
        if self.rest not in RESTS:
            raise RecordError(f"{self.key}: rest {self.rest!r} is not one of {RESTS}")
        if self.equivalent.corners.low <= 0:
            raise RecordError(f"{self.key}: expected kg per equivalent above zero")


@dataclass(frozen=True)
class Burner:
    """Equipment that burns fuel: pollutant per unit of fuel before any control.

    Parameters
    ----------
    burner_id, name_en, name_zh : str
    factors : mapping pollutant -> Coefficient
    fuel : str
        Carrier whose calorific value is used where a carrier has none in the coefficient's unit.
    tj_per_t : float or None
        Calorific value of the fuel, where no factor set has one.
    """

    burner_id: str
    name_en: str
    name_zh: str
    factors: Mapping[str, Coefficient]
    fuel: str = ""
    tj_per_t: float | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "factors", MappingProxyType(dict(self.factors)))


@dataclass(frozen=True)
class Control:
    """A control with its removal efficiency for each pollutant, a share."""

    control_id: str
    name_en: str
    name_zh: str
    removes: Mapping[str, Coefficient]

    def __post_init__(self) -> None:
        object.__setattr__(self, "removes", MappingProxyType(dict(self.removes)))
        for one in self.removes.values():
            if one.corners.low < 0 or one.corners.high > 1:
                raise RecordError(f"{one.name}: expected shares from 0 to 1, got {one.corners}")


@dataclass(frozen=True)
class Equipment:
    """A rule that assigns a burner, and controls in series, to fuels of a group, of one carrier, or in one sector."""

    group: str
    burner: str
    controls: tuple[str, ...] = ()
    carrier: str = ""
    sector: str = ""

    def fits(self, sector: str, carrier: str, group: str) -> bool:
        """Tell whether the rule applies to a carrier of a sector."""
        return self.group == group and self.carrier in ("", carrier) and self.sector in ("", sector)


@dataclass(frozen=True)
class Fire:
    """A carrier burnt in a sector, with its equipment."""

    sector: int
    carrier: int
    carrier_id: str
    group: str
    rule: Equipment


@dataclass(frozen=True)
class PollutantFactors:
    """Factors from energy to pollutants, and from pollutants to equivalents.

    Parameters
    ----------
    pollutants : mapping key -> Pollutant
    quality : mapping content -> carrier or group -> Coefficient
    burners : mapping id -> Burner
    controls : mapping id -> Control
    equipment : tuple of Equipment
        The first rule that fits is used.
    tax_rate : Coefficient
        CNY per equivalent.
    files : names and SHA-256 of the files the record was read from
    """

    pollutants: Mapping[str, Pollutant]
    quality: Mapping[str, Mapping[str, Coefficient]]
    burners: Mapping[str, Burner]
    controls: Mapping[str, Control]
    equipment: tuple[Equipment, ...]
    tax_rate: Coefficient
    files: tuple[tuple[str, str], ...] = field(default=())

    def rule(self, sector: str, carrier: str, group: str) -> Equipment | None:
        """Find the rule for a carrier of a sector, or None where there is none."""
        return next((rule for rule in self.equipment if rule.fits(sector, carrier, group)), None)

    def content(self, kind: str, carrier: str, group: str) -> Coefficient | None:
        """Find the content of a carrier, or of its group; None where it is not known."""
        known = self.quality.get(kind, {})
        return known.get(carrier, known.get(group))
