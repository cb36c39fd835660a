"""The protocol of an action: the effect of one kind of lever, defined once for the whole program.

An action works on one part of the account.  `ON` lists the parts and the class to derive from:

    part        derive from   the action gives                                  which multiplies or enters
    structure   Scaling       left: what is left of the economic sectors        energy, output (activity if it `closes`)
    intensity   Scaling       left                                              energy of all sectors
    process     Scaling       left                                              process factors
    mix         Replacing     share, ratio                                      energy of the groups it takes from
    capture     Capturing     captured, stored, heat, electricity               what can be captured
    sinks       Growing       added: share of today's sinks                     sinks

``at`` maps each parameter of the lever, and ``phase`` (0 before its start, 1 from its completion on), to a value.
The engine hands in arrays, parameters (1, member) and the phase (year, 1); the audit workbook hands in terms of
cells.  The same expression therefore gives the numbers and the formula of the workbook: it is written with
arithmetic signs and NumPy functions that a spreadsheet has (`pathway_models.report.audit_formulas.FUNCTIONS`).
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from math import inf
from typing import Any, ClassVar, NamedTuple

#: Parts of the account that move the total, from the costliest to compute to the cheapest.
PARTS = ("mix", "structure", "intensity", "process", "capture")
#: The part that is reported beside the total and changes no peak.
SINKS = "sinks"
#: Unit of a parameter that is a share of something.
SHARE = "share"
#: Units of what a cost per unit multiplies: the park's own activity, energy, CO2.
ACTIVITY, ENERGY, CO2 = "activity", "TJ/yr", "tCO2/yr"

#: What energy is used for (docs/methods.md, section 3); "" is for energy of unknown use.
ENERGY_USES = (
    "reductant",
    "injection",
    "kiln",
    "heat_below_200",
    "heat_200_500",
    "heat_above_500",
    "power",
    "transport",
    "buildings",
)

#: What a process measure may be limited to beside kinds of sectors: processes that make hydrogen as feedstock.
FEEDSTOCK = "feedstock"

#: Arrays of the engine, or terms of the audit workbook.
Value = Any
Values = Mapping[str, Value]


class Label(NamedTuple):
    """A text in both languages."""

    en: str
    zh: str

    def of(self, lang: str) -> str:
        """Return the text in one language."""
        return getattr(self, lang)


@dataclass(frozen=True)
class Parameter:
    """A number that a lever states for its action; 0 or more.

    Parameters
    ----------
    name : str
        As in ``data/levers.yml``.
    unit : str
        ``share``, of what the file says in its own words; or the unit that the file's must begin with.
    label : Label
    most : float
        Largest value.
    is_size : bool
        Whether it is the size of the lever, which its settings change.
    moves_total : bool
        False for a parameter that only splits a quantity reported beside the total.
    """

    name: str
    unit: str
    label: Label
    most: float = inf
    is_size: bool = False
    moves_total: bool = True

    @property
    def limits(self) -> str:
        """The range in words."""
        return "of 0 or more" if self.most == inf else f"from 0 to {self.most:g}"

    def allows(self, low: float, high: float) -> bool:
        """Check that all values from low to high are possible."""
        return low >= 0 and high <= self.most

    def is_stated_in(self, unit: str) -> bool:
        """Check that a unit of a file is this one; a share is never stated in percent."""
        if self.unit == SHARE:
            return not any(sign in unit.lower() for sign in ("%", "％", "percent", "百分"))
        return unit.startswith(self.unit)


class Action(ABC):
    """The arithmetic of one kind of lever.

    Attributes
    ----------
    name : str
        As in ``data/levers.yml``, named like its file.
    label : Label
        Name of the action in both languages.
    part : str
        Part of the account it works on: one of `PARTS`, or `SINKS`.
    parameters : tuple of Parameter
    counted : Label
        The quantity that a cost per unit multiplies, computed within the package of the lever.
    counted_unit : str
        `ACTIVITY`, `ENERGY` or `CO2`.
    takes, gives : bool
        Whether a lever must name the carrier groups it takes from, and the carriers that replace them.
    """

    name: ClassVar[str]
    label: ClassVar[Label]
    part: ClassVar[str]
    parameters: ClassVar[tuple[Parameter, ...]]
    counted: ClassVar[Label]
    counted_unit: ClassVar[str]
    takes: ClassVar[bool] = False
    gives: ClassVar[bool] = False

    @property
    def moves_total(self) -> bool:
        """True if it changes the total, and so the peak."""
        return self.part != SINKS

    def parameter(self, name: str) -> Parameter:
        """Look up one of its parameters."""
        return next(one for one in self.parameters if one.name == name)


class Scaling(Action):
    """Scale a part of the account by the share that is left of it.

    Attributes
    ----------
    closes : bool
        Of structure only: whether the activity goes with its energy.
    """

    closes: ClassVar[bool] = False

    @abstractmethod
    def left(self, at: Values) -> Value:
        """Return the factor left on its part: (year, member), on [0, 1]."""

    def counted_share(self, at: Values) -> Value:
        """Return the share, of what earlier measures left, to which the cost applies: (year, member)."""
        return 1.0 - self.left(at)


class Replacing(Action):
    """Replace energy of some carrier groups by other carriers; the cost is per TJ replaced."""

    part = "mix"
    counted = Label("energy replaced", "被替代的能源")
    counted_unit = ENERGY
    takes = True
    gives = True

    @abstractmethod
    def share(self, at: Values) -> Value:
        """Return the share replaced of the energy that earlier measures left: (year, member), on [0, 1]."""

    @abstractmethod
    def ratio(self, at: Values) -> Value:
        """Return TJ of the new carriers for one TJ replaced: (1, member)."""


class Capturing(Action):
    """Capture CO2 of some carrier groups and of processes, with the energy that this needs.

    The energy of capture is emitted at the scenario's own factors and is not itself captured.
    """

    part = "capture"
    counted = Label("CO₂ captured", "捕集的CO₂")
    counted_unit = CO2

    @abstractmethod
    def captured(self, capturable: Value, at: Values) -> Value:
        """Compute the CO2 captured, of that which can be: (year, member), tCO2/yr."""

    @abstractmethod
    def stored(self, captured: Value, at: Values) -> Value:
        """Return the part that is stored; the rest is used: (year, member), tCO2/yr."""

    @abstractmethod
    def heat(self, captured: Value, at: Values) -> Value:
        """Return the heat that capture needs: (year, member), TJ."""

    @abstractmethod
    def electricity(self, captured: Value, at: Values) -> Value:
        """Return the electricity that capture needs: (year, member), TJ."""


class Growing(Action):
    """Add to the sinks; the cost is per tCO2/yr of sequestration added."""

    part = SINKS
    counted = Label("sequestration added", "新增碳汇量")
    counted_unit = CO2

    @abstractmethod
    def added(self, at: Values) -> Value:
        """Compute the growth as a share of the sinks that earlier measures left: (year, member)."""


#: Base class of the actions of each part.
ON: Mapping[str, type[Action]] = {
    "structure": Scaling,
    "intensity": Scaling,
    "process": Scaling,
    "mix": Replacing,
    "capture": Capturing,
    SINKS: Growing,
}
