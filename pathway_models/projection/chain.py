"""One scenario of one batch of members: the chain from activity to emissions, lever by lever."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from pathway_models.kernels import levers as act
from pathway_models.kernels.quantiles import triangular
from pathway_models.kernels.ramps import ramp
from pathway_models.records.draws import Draws
from pathway_models.records.levers import Measure

Values = dict[str, np.ndarray]


@dataclass
class Chain:
    """The state a scenario's measures change, in their order.

    Parameters
    ----------
    years : (year,) int
    last_observed_year : int
    carriers, groups : (carrier,) str
    movable : (sector,) bool
        Sectors whose activity is economic: structure and capture leave residents alone.
    activity : (member, sector, year)
    energy : (member, sector, carrier, year), TJ
    output : (member, process, year)
    process_sectors : (process,) int
    process_left : (member, year)
        Share left of every process factor.
    sinks : (member, year), tCO2/yr
    captures : list of parameter values with their groups, applied last
    """

    years: np.ndarray
    last_observed_year: int
    carriers: tuple[str, ...]
    groups: tuple[str, ...]
    movable: np.ndarray
    activity: np.ndarray
    energy: np.ndarray
    output: np.ndarray
    process_sectors: np.ndarray
    process_left: np.ndarray
    sinks: np.ndarray
    captures: list[tuple[tuple[str, ...], Values]] = field(default_factory=list)

    def apply(self, measure: Measure, draws: Draws, members: slice) -> None:
        """Apply one measure."""
        phase = self._phase(measure)
        values = {}
        for name, corners in measure.lever.triangles(measure.setting).items():
            uniform = draws.uniforms[f"{measure.lever.lever_id}:{name}"][members]
            values[name] = triangular(uniform, corners.low, corners.mode, corners.high)[:, None]
        HANDLERS[measure.lever.action](self, measure, values, phase)

    def _phase(self, measure: Measure) -> np.ndarray:
        shape = measure.ramp
        phase = ramp(self.years, shape.shape, shape.start, shape.complete, shape.delay_years)
        # Nothing that was observed can be changed, whatever a ramp's start says.
        return np.where(self.years > self.last_observed_year, phase, 0.0)

    def scale(self, left: np.ndarray, *, activity: bool) -> None:
        """Multiply energy and output of the movable sectors by what is left of them: (member, year)."""
        by_sector = np.where(self.movable[None, :, None], left[:, None], 1.0)
        self.energy = self.energy * by_sector[:, :, None]
        self.output = self.output * by_sector[:, self.process_sectors]
        if activity:
            self.activity = self.activity * by_sector


def _replace_activity(chain: Chain, measure: Measure, values: Values, phase: np.ndarray) -> None:
    chain.scale(act.replace_activity(values["share"] * phase, values["intensity_ratio"]), activity=False)


def _retire_activity(chain: Chain, measure: Measure, values: Values, phase: np.ndarray) -> None:
    chain.scale(act.retire_activity(values["share"] * phase), activity=True)


def _reduce_intensity(chain: Chain, measure: Measure, values: Values, phase: np.ndarray) -> None:
    chain.energy = chain.energy * act.reduce_intensity(values["reduction"] * phase)[:, None, None]


def _substitute(chain: Chain, measure: Measure, values: Values, phase: np.ndarray) -> None:
    takes = np.isin(chain.groups, measure.lever.takes_from)
    gives = np.array([measure.lever.gives_to.get(name, 0.0) for name in chain.carriers])
    share, ratio = (values["share"] * phase)[:, None], values["energy_ratio"][:, None]
    chain.energy = act.substitute(chain.energy, takes, gives, share, ratio)


def _reduce_process(chain: Chain, measure: Measure, values: Values, phase: np.ndarray) -> None:
    chain.process_left = chain.process_left * act.reduce_process(values["reduction"] * phase)


def _capture(chain: Chain, measure: Measure, values: Values, phase: np.ndarray) -> None:
    values = {**values, "equipped_share": values["equipped_share"] * phase}
    chain.captures.append((measure.lever.takes_from, values))


def _grow_sinks(chain: Chain, measure: Measure, values: Values, phase: np.ndarray) -> None:
    chain.sinks = act.grow_sinks(chain.sinks, values["area_growth"] * phase)


Handler = Callable[[Chain, Measure, Values, np.ndarray], None]
HANDLERS: dict[str, Handler] = {
    "replace_activity": _replace_activity,
    "retire_activity": _retire_activity,
    "reduce_intensity": _reduce_intensity,
    "substitute": _substitute,
    "reduce_process": _reduce_process,
    "capture": _capture,
    "grow_sinks": _grow_sinks,
}
