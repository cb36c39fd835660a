"""Which uncertainty drives the doubt: indices of the peak year, of peaking in time and of the peak level.

Two ways: Sobol indices by SALib for independent inputs, and indices from an ensemble as it is, which also hold for
correlated inputs.  The chance of peaking in time is 0 or 1 in a member and the peak year is discrete and censored;
that is why all three outputs are looked at, each with its interval.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pathway_models.core.errors import PathwayError
from pathway_models.decisions.adapters import problem, sobol_indices
from pathway_models.decisions.inputs import LEARNING, OUTPUTS, Ensemble, Input
from pathway_models.kernels.sensitivity import Box, given_data_indices, prim

#: Bootstrap resamples of given-data indices.
RESAMPLES = 100


@dataclass(frozen=True, eq=False)
class Sensitivity:
    """Indices of every input, or group of inputs, for every output.

    Parameters
    ----------
    method : {"sobol", "given_data"}
    names, labels_en, labels_zh : (n,) str
    first : (n, 3)
        Share of an output's variance explained by the input alone; columns as in `OUTPUTS`.
    first_low, first_high : (n, 3)
        90 % interval.
    total, total_low, total_high : (n, 3) or None
        With all interactions; only Sobol.
    runs : int
        Members evaluated.
    p_before : float
        Share of members that peak in time.
    """

    method: str
    names: tuple[str, ...]
    labels_en: tuple[str, ...]
    labels_zh: tuple[str, ...]
    first: np.ndarray
    first_low: np.ndarray
    first_high: np.ndarray
    total: np.ndarray | None
    total_low: np.ndarray | None
    total_high: np.ndarray | None
    runs: int
    p_before: float

    def table(self, output: str = "peaked_before") -> list[dict[str, object]]:
        """One row an input, the strongest first.

        Raises
        ------
        PathwayError
            There is no such output.
        """
        if output not in OUTPUTS:
            raise PathwayError(f"no output {output!r}; there are {', '.join(OUTPUTS)}")
        at = OUTPUTS.index(output)
        leading = self.first if self.total is None else self.total
        parts = {"first": self.first, "first_low": self.first_low, "first_high": self.first_high}
        if self.total is not None:
            parts |= {"total": self.total, "total_low": self.total_low, "total_high": self.total_high}
        return [
            {"input": self.names[i], "name_en": self.labels_en[i], "name_zh": self.labels_zh[i]}
            | {key: float(values[i, at]) for key, values in parts.items()}
            for i in np.argsort(-leading[:, at], kind="stable")
        ]


GROUP_LABELS = {
    "levers": ("size of the levers", "措施力度"),
    "growth": ("growth of activity", "活动水平增长"),
    "intensity": ("trend of energy intensity", "能源强度趋势"),
    "mix": ("trends of the energy mix", "能源结构趋势"),
    "factors": ("emission factors", "排放因子"),
    "grid": ("decline of the grid factor", "电网排放因子下降"),
    "noise": ("year-to-year noise", "年际波动"),
}


def sobol(ensemble: Ensemble, *, runs: int = 256, by: str = "group", seed: int = 1) -> Sensitivity:
    """Sobol indices by SALib, which must be installed.

    Parameters
    ----------
    ensemble : Ensemble
        With independent inputs.
    runs : int
        A power of two; members evaluated are ``runs * (n + 2)``.
    by : {"group", "input"}
    seed : int

    Raises
    ------
    PathwayError
        SALib is missing, ``runs`` is not a power of two, or the inputs are correlated: Sobol indices would mislead.
    """
    if ensemble.correlations:
        raise PathwayError("Sobol indices need independent inputs: use given_data")
    if by not in ("group", "input"):
        raise PathwayError(f"by = {by!r}: expected 'group' or 'input'")
    seen: list[np.ndarray] = []

    def evaluate(ranks: np.ndarray) -> np.ndarray:
        seen.append(ensemble.evaluate(ranks))
        return seen[-1]

    found = sobol_indices(problem(ensemble, groups=by == "group"), evaluate, runs, seed)
    values, names = seen[-1], tuple(dict.fromkeys(one.group for one in ensemble.inputs))
    labels = [GROUP_LABELS[name] for name in names]
    if by == "input":
        names = tuple(one.name for one in ensemble.inputs)
        labels = [(one.label_en, one.label_zh) for one in ensemble.inputs]
    return Sensitivity(
        method="sobol",
        names=names,
        labels_en=tuple(en for en, _ in labels),
        labels_zh=tuple(zh for _, zh in labels),
        first=found["S1"],
        first_low=found["S1"] - found["S1_conf"],
        first_high=found["S1"] + found["S1_conf"],
        total=found["ST"],
        total_low=found["ST"] - found["ST_conf"],
        total_high=found["ST"] + found["ST_conf"],
        runs=len(values),
        p_before=float(values[:, OUTPUTS.index("peaked_before")].mean()),
    )


@dataclass(frozen=True, eq=False)
class SensitivityStudy:
    """An ensemble evaluated once, for all that can be read from it.

    Parameters
    ----------
    ensemble : Ensemble
    ranks : (member, input)
        After correlation, where there is any.
    outputs : (member, 3)
    seed : int
    """

    ensemble: Ensemble
    ranks: np.ndarray
    outputs: np.ndarray
    seed: int

    @property
    def inputs(self) -> tuple[Input, ...]:
        """What the columns are."""
        return self.ensemble.inputs


def study(ensemble: Ensemble, *, members: int = 4000, seed: int = 1) -> SensitivityStudy:
    """Evaluate an ensemble at random ranks, correlated as the ensemble says."""
    ranks = ensemble.random(members, seed)
    return SensitivityStudy(ensemble, ensemble.tied(ranks), ensemble.evaluate(ranks), seed)


def given_data(evaluated: SensitivityStudy) -> Sensitivity:
    """First-order indices from an ensemble as it is; holds for correlated inputs.

    An index then includes what the input tells through the inputs it is correlated with.
    """
    rng = np.random.Generator(np.random.Philox(evaluated.seed + 1))
    members = len(evaluated.outputs)
    picks = rng.integers(0, members, size=(RESAMPLES, members))
    found = given_data_indices(evaluated.ranks, evaluated.outputs, picks)
    return Sensitivity(
        method="given_data",
        names=tuple(one.name for one in evaluated.inputs),
        labels_en=tuple(one.label_en for one in evaluated.inputs),
        labels_zh=tuple(one.label_zh for one in evaluated.inputs),
        first=found.first,
        first_low=found.low,
        first_high=found.high,
        total=None,
        total_low=None,
        total_high=None,
        runs=members,
        p_before=float(evaluated.outputs[:, OUTPUTS.index("peaked_before")].mean()),
    )


@dataclass(frozen=True)
class DiscoveredRule:
    """When the target fails: bounds on few inputs.

    Parameters
    ----------
    bounds : tuple of (input, low, high)
        Ranks between which the input lies inside the box.
    coverage, density, base : float
        Share of all failures inside; share of the inside that fails; share of all members that fail.
    """

    bounds: tuple[tuple[Input, float, float], ...]
    coverage: float
    density: float
    base: float


def discover(evaluated: SensitivityStudy, *, most_bounds: int = 3) -> DiscoveredRule:
    """Find the readable rule that tells best when the park does *not* peak in time."""
    fails = evaluated.outputs[:, OUTPUTS.index("peaked_before")] == 0
    box: Box = prim(evaluated.ranks, fails, most_bounds)
    bounds = tuple((evaluated.inputs[i], float(box.low[i]), float(box.high[i])) for i in box.bounded)
    return DiscoveredRule(bounds, box.coverage, box.density, float(fails.mean()))


def learning(one: Input) -> tuple[str, str]:
    """How an input could be known better, in English and Chinese."""
    return LEARNING[one.group]
