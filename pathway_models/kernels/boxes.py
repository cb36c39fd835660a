"""Where in the space of inputs something happens: boxes that hold much of it and little else.

The patient rule induction method: peel thin slices off the box, each time the one whose removal leaves the highest
share of cases, until the box is small; of all boxes on the way take the best compromise of *coverage* (share of all
cases inside) and *density* (share of the box's members that are cases), then drop bounds that add nothing.
Source: Friedman and Fisher (1999), Statistics and Computing 9, 123-143; coverage and density: Bryant and Lempert
(2010), Technological Forecasting and Social Change 77, 34-49.  Cited from background knowledge.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

#: Share of a box's members that one slice takes.
PEEL = 0.05
#: Smallest box, as a share of all members.
SMALLEST = 0.05
#: A bound is dropped when the score falls by no more than this without it.
WORTH = 0.01


@dataclass(frozen=True)
class Box:
    """A box in the unit cube.

    Parameters
    ----------
    low, high : (input,)
        0 and 1 where an input is not bounded.
    coverage, density : float
    size : float
        Share of all members inside.
    """

    low: Floats
    high: Floats
    coverage: float
    density: float
    size: float

    @property
    def bounded(self) -> tuple[int, ...]:
        """Inputs that the box bounds."""
        return tuple(np.flatnonzero((self.low > 0) | (self.high < 1)).tolist())

    @property
    def score(self) -> float:
        """Harmonic mean of coverage and density."""
        both = self.coverage + self.density
        return 2.0 * self.coverage * self.density / both if both else 0.0


def box_of(low: Floats, high: Floats, inputs: Floats, cases: NDArray[np.bool_]) -> Box:
    """A box with what it holds."""
    inside = ((inputs >= low) & (inputs <= high)).all(axis=1)
    held, count = int((inside & cases).sum()), int(inside.sum())
    return Box(low.copy(), high.copy(), held / max(int(cases.sum()), 1), held / max(count, 1), count / len(cases))


def find_box(inputs: Floats, cases: NDArray[np.bool_], most_bounds: int = 3) -> Box:
    """Find the box that tells best where the cases are.

    Parameters
    ----------
    inputs : (member, input)
        On [0, 1], e.g. ranks.
    cases : (member,) bool
    most_bounds : int
        Inputs that the box may bound, so that its rule stays readable.

    Returns
    -------
    Box
        The whole cube where no bound helps, or where there are no cases or nothing else.
    """
    low, high = np.zeros(inputs.shape[1]), np.ones(inputs.shape[1])
    best = box = box_of(low, high, inputs, cases)
    if not cases.any() or cases.all():
        return best
    while box.size > SMALLEST:
        peeled = _peel(box, inputs, cases, most_bounds)
        if peeled is None:
            break
        box = peeled
        best = max(best, box, key=lambda one: one.score)
    return _pasted(best, inputs, cases)


def _peel(box: Box, inputs: Floats, cases: NDArray[np.bool_], most_bounds: int) -> Box | None:
    """The box less the slice whose removal leaves the highest density."""
    inside = ((inputs >= box.low) & (inputs <= box.high)).all(axis=1)
    allowed = box.bounded if len(box.bounded) >= most_bounds else range(inputs.shape[1])
    found: list[Box] = []
    for i in allowed:
        cut_low, cut_high = np.quantile(inputs[inside, i], [PEEL, 1.0 - PEEL])
        for low, high in ((cut_low, box.high[i]), (box.low[i], cut_high)):
            lows, highs = box.low.copy(), box.high.copy()
            lows[i], highs[i] = low, high
            slimmer = box_of(lows, highs, inputs, cases)
            if 0 < slimmer.size < box.size:
                found.append(slimmer)
    return max(found, key=lambda one: one.density, default=None)


def _pasted(box: Box, inputs: Floats, cases: NDArray[np.bool_]) -> Box:
    """The box without the bounds that add nothing."""
    for i in box.bounded:
        for side, wide in (("low", 0.0), ("high", 1.0)):
            lows, highs = box.low.copy(), box.high.copy()
            (lows if side == "low" else highs)[i] = wide
            wider = box_of(lows, highs, inputs, cases)
            if wider.score >= box.score - WORTH:
                box = wider
    return box
