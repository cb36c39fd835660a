"""Where the doubt of the headline comes from: growth, levers, factors, the park's own noise.

The *margin* of a member says how clearly it peaks before Y: the highest total of the confirmation window against the
highest before it, less one; the event holds where it is zero or below.  Its doubt is the squared width of its 90 % band
(squared, as the squares of independent parts add up).  It is shared out by Shapley's value over the four groups: a
coalition is an ensemble in which only its groups are drawn and all others stand at their median, in the same draws.
The shares add up to the whole.
"""

from dataclasses import dataclass, replace

import numpy as np

from pathway_models.baseline.grid import NATION, PLACE
from pathway_models.baseline.paths import Reading
from pathway_models.core.arrays import frozen_array
from pathway_models.core.errors import RecordError
from pathway_models.engine.projecting import project
from pathway_models.kernels.event_split import margin
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
    first = int(park.years[0])
    # A scenario without levers has the same ensemble whether they are drawn or not.
    moves = np.array([name != "levers" or bool(scenario.measures) for name in GROUPS])
    seen: dict[bytes, float] = {}
    for drawn in coalitions(len(GROUPS)) & moves:
        if drawn.tobytes() not in seen:
            seen[drawn.tobytes()] = _squared_width(park, scenario, draws, drawn, before - first)
    values = np.array([seen[drawn.tobytes()] for drawn in coalitions(len(GROUPS)) & moves])
    shares = shapley_values(values) + 0.0
    return Doubt(park.identity, scenario.scenario_id, before, shares, float(values[-1] - values[0]), draws.members)


def _squared_width(park: Park, scenario: Scenario, draws: Draws, drawn: np.ndarray, at: int) -> float:
    """Square the width of the margin's 90 % band where only some groups are drawn."""
    given = dict(zip(GROUPS, drawn.tolist(), strict=True))
    still = median_draws(draws, levers=not given["levers"], factors=not given["factors"])
    reading = Reading(growth=given["growth"], noise=given["noise"])
    margins = margin(project(park, [scenario], still, keep="totals", drivers=reading).total()[0], at)
    low, high = np.quantile(margins, BAND)
    return float((high - low) ** 2)


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
