"""Where the doubt of the headline comes from: growth, levers, factors, the park's own noise.

The *margin* of a member says how clearly it peaks before Y: the highest total of the confirmation window against the
highest before it, less one; the event holds where it is zero or below.  Its doubt is the squared width of its 90 % band
(squared, as the squares of independent parts add up).  It is shared out by Shapley's value over the four groups: a
coalition is an ensemble in which only its groups are drawn and all others stand at their median, in the same draws.
The shares add up to the whole.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from pathway_models.baseline.grid import NATION, PLACE
from pathway_models.baseline.paths import Reading
from pathway_models.core.arrays import frozen_array
from pathway_models.core.errors import RecordError
from pathway_models.engine.projecting import totals
from pathway_models.kernels.event_split import WINDOW, margin
from pathway_models.kernels.shapley import coalitions, shapley_values
from pathway_models.records.draws import Draws
from pathway_models.records.levers import Scenario
from pathway_models.records.park import Identified, Park, ParkIdentity

#: Groups of uncertain inputs, in the order they are drawn in the bar.
GROUPS = ("growth", "levers", "factors", "noise")
#: Ends of the band whose width is the doubt.
BAND = (0.05, 0.95)


@dataclass(frozen=True, eq=False)
class Doubt(Identified):
    """Doubt of the headline by group.

    Parameters
    ----------
    identity : ParkIdentity
    scenario : str
    before : int
    shares : (4,)
        Parts of the doubt, by `GROUPS`; they add up to ``whole``.
    whole : float
        Squared width of the 90 % band of the margin.
    members : int
    """

    identity: ParkIdentity
    scenario: str
    before: int
    shares: np.ndarray
    whole: float
    members: int

    def __post_init__(self) -> None:
        super().__post_init__()
        object.__setattr__(self, "shares", frozen_array("shares", self.shares, (len(GROUPS),)))
        if abs(self.shares.sum() - self.whole) > 1e-9 * max(1.0, self.whole):
            raise RecordError("the shares do not add up to the whole")

    def parts(self) -> dict[str, float]:
        """Return each group's part of the whole doubt, adding up to one; empty where there is no doubt."""
        if self.whole <= 0:
            return {}
        return dict(zip(GROUPS, (self.shares / self.whole).tolist(), strict=True))


def doubt(park: Park, scenario: Scenario, draws: Draws, *, before: int = 2030) -> Doubt:
    """Share out the doubt how clearly a park peaks before a year.

    Parameters
    ----------
    park : Park
    scenario : Scenario
    draws : Draws
        Made by `sample` with this scenario.
    before : int

    Raises
    ------
    ValueError
        The confirmation window ends behind the horizon.
    """
    return doubts(park, [scenario], draws, before=before)[0]


def doubts(park: Park, scenarios: Sequence[Scenario], draws: Draws, *, before: int = 2030) -> list[Doubt]:
    """Share out the doubt under several scenarios, in the order given; they are projected on the same baselines.

    Parameters
    ----------
    park : Park
    scenarios : sequence of Scenario
    draws : Draws
        Made by `sample` with these scenarios.
    before : int

    Raises
    ------
    ValueError
        The confirmation window ends behind the horizon.
    """
    widths = np.empty((2,) * len(GROUPS) + (len(scenarios),))
    for at in np.ndindex(widths.shape[: len(GROUPS)]):
        drawn = dict(zip(GROUPS, map(bool, at), strict=True))
        if not drawn.pop("levers"):
            widths[_with_levers(at)] = _squared_widths(park, scenarios, draws, before, **drawn)
    values = np.stack([widths[tuple(map(int, drawn))] for drawn in coalitions(len(GROUPS))])
    shares = [shapley_values(of_scenario) + 0.0 for of_scenario in values.T]
    return [
        Doubt(park.identity, scenario.scenario_id, before, own, float(of[-1] - of[0]), draws.members)
        for scenario, own, of in zip(scenarios, shares, values.T, strict=True)
    ]


def _with_levers(at: tuple[int, ...]) -> tuple[int | slice, ...]:
    """Index a coalition with its levers at the median and, behind it, drawn."""
    return tuple(slice(None) if name == "levers" else one for name, one in zip(GROUPS, at, strict=True))


def _squared_widths(
    park: Park, scenarios: Sequence[Scenario], draws: Draws, before: int, *, growth: bool, factors: bool, noise: bool
) -> np.ndarray:
    """Square the width of the margin's 90 % band where only some groups are drawn.

    First with levers at their median, then drawn, the same without levers: (2, scenario).
    """
    ways = [median_draws(draws, levers=still, factors=not factors) for still in (True, False)]
    # What comes after the confirmation window does not count.
    until = max(min(before + WINDOW - 1, int(draws.years[-1])), int(draws.years[0]))
    total = totals(park, list(scenarios), ways[1], ways, until, Reading(growth=growth, noise=noise))
    low, high = np.quantile(margin(total, before - int(park.years[0])), BAND, axis=-1)
    return (high - low) ** 2


def median_draws(draws: Draws, *, levers: bool, factors: bool) -> Draws:
    """Put the draws of levers, or of factors and the grid, at their median; those of the drivers stay."""
    half, zero = np.full(draws.members, 0.5), np.zeros(draws.members)
    grid = NATION
    # What is not the grid's is a lever's: plans go with growth, and their streams begin with their own names.
    uniforms = {
        name: half if (factors and name == grid) or (levers and name != grid and not _is_plan(name)) else values
        for name, values in draws.uniforms.items()
    }
    normals = {
        name: zero if factors and name.startswith("factor:") else values for name, values in draws.normals.items()
    }
    shocks = {
        name: np.zeros_like(values) if factors and name == PLACE else values for name, values in draws.shocks.items()
    }
    return replace(draws, uniforms=uniforms, normals=normals, shocks=shocks)


def _is_plan(name: str) -> bool:
    return name.startswith(("project", "override"))
