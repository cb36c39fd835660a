"""The baseline of a batch of members, laid out as the engine steps through it: year after year, members side by side.

A member is a column: neighbours in memory are members of one year, so that every operation on a (year, member) block
is one pass over memory that the processor's cache holds.  What is the same for all members stands in `Frame`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Self

import numpy as np

from pathway_models.engine.ramps import acting_ramp
from pathway_models.kernels.emissions import ramp
from pathway_models.kernels.quantiles import triangular
from pathway_models.levers.action import Values
from pathway_models.records.assumptions import Assumptions
from pathway_models.records.draws import SHARED, Draws
from pathway_models.records.levers import Measure
from pathway_models.records.park import Park


@dataclass(frozen=True, eq=False)
class Frame:
    """Inputs that all members of a projection share.

    Parameters
    ----------
    park : Park
    years : (Y,) int
        Observed years first.
    carriers, groups : (C,) str
        The park's carriers, then those that levers bring in.
    factors : (sector, carrier, year), tCO2/TJ
        With what carbon balances leave; the decline of power and heat is not in it.
    grid_factors : (sector, year), tCO2/TJ
        Of purchased electricity, without balances.
    process_factors : (process, year), tCO2 per unit of output
    is_technical : (process,) bool
        False for book-keeping balances, which no measure can touch.
    undivided : (process,) str
        One of `UNDIVIDED` where a process stands for emissions not told apart by carrier; else empty.
    sinks : (Y,), tCO2/yr
    assumptions : Assumptions
    """

    park: Park
    years: np.ndarray
    carriers: tuple[str, ...]
    groups: tuple[str, ...]
    factors: np.ndarray
    grid_factors: np.ndarray
    process_factors: np.ndarray
    is_technical: np.ndarray
    undivided: tuple[str, ...]
    sinks: np.ndarray
    assumptions: Assumptions

    @property
    def known(self) -> int:
        """Number of observed years."""
        return self.park.years.size


@dataclass(frozen=True, eq=False)
class Batch:
    """The baseline of some members; arrays end in (year, member).

    Parameters
    ----------
    frame : Frame
    draws : Draws
    members : slice
    activity : (sector, year, member)
    use : (sector, year, member), TJ
        Energy of all carriers.
    shares : (sector, carrier, year, member)
        Of the park's own carriers.
    grid : (year, member)
        Grid factor relative to the last observed year.
    heat : (year, member)
        Factor of purchased heat, in the same way.
    output : (process, year, member)
    errors : mapping group -> (1, member)
        Constant factor errors.
    carbon : (year, member) or None
        Emission factors of energy relative to their own course, where a scenario moves them.
    ceiling : (year, member) or None
        Most that can be captured in projected years, tCO2/yr; None where nothing limits it.
    """

    frame: Frame
    draws: Draws
    members: slice
    activity: np.ndarray
    use: np.ndarray
    shares: np.ndarray
    grid: np.ndarray
    heat: np.ndarray
    output: np.ndarray
    errors: Mapping[str, np.ndarray]
    carbon: np.ndarray | None = None
    ceiling: np.ndarray | None = None
    _values: dict[tuple, Values] = field(default_factory=dict, repr=False)

    def values(self, measure: Measure) -> Values:
        """Draw the parameters of a measure, each (1, member), and its ``phase`` in projected years, (year, 1)."""
        key = (id(measure.lever), measure.setting, measure.ramp)
        if key not in self._values:
            frame = self.frame
            given, years = acting_ramp(measure, frame.park, frame.assumptions.issue_year), frame.years[frame.known :]
            drawn = {}
            for name, corners in measure.lever.triangles(measure.setting).items():
                uniform = self.draws.uniforms[f"{measure.lever.lever_id}:{name}"][self.members]
                drawn[name] = triangular(uniform, corners.low, corners.mode, corners.high)[None]
            drawn["phase"] = ramp(years, given.shape, given.start, given.complete, given.delay_years)[:, None]
            self._values[key] = drawn
        return self._values[key]

    def redrawn(self, levers: Draws) -> Self:
        """Return the same baseline under other draws of the levers."""
        most = ceiling_of(self.frame, levers, self.members, self.frame.years[self.frame.known :])
        return replace(self, draws=levers, ceiling=most, _values={})

    def drawn(self, measures: Iterable[Measure]) -> list[tuple[Measure, Values]]:
        """Pair measures with their `values`."""
        return [(measure, self.values(measure)) for measure in measures]


def ceiling_of(frame: Frame, draws: Draws, members: slice, years: np.ndarray) -> np.ndarray | None:
    """Compute the most that can be captured in some years: (year, member), tCO2/yr; None without a limit."""
    assumed = frame.assumptions
    if assumed.capture is None:
        return None
    place = draws.uniforms[f"{SHARED}:capture_ceiling"][members]
    return assumed.capture.ceiling(frame.park, assumed.sectors, years, place)
