"""Uncertain inputs of a park under a scenario, and the ensemble as a function of them.

Every input stands as its rank on [0, 1] within its own distribution: 0.9 is higher than in nine of ten members.
Indices of sensitivity do not change when an input is stretched, and a rule such as "growth above its 70th percentile"
reads the same for every input.  The yearly shocks of all drivers are one input: it picks one set of shocks out of many.
SALib and EMA Workbench, both optional, get the same function in their own terms.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from importlib import import_module
from typing import Any

import numpy as np
from scipy import special

from pathway_models.core.errors import PathwayError
from pathway_models.decisions.records import OUTPUTS, Input
from pathway_models.engine.packages import PackageEngine
from pathway_models.engine.sampling import SHARED, correlate, sample
from pathway_models.intake.factors.tables import read_carriers
from pathway_models.kernels.event_split import peaks_before
from pathway_models.kernels.turning_points import CENSORED, PeakRule, turning_points
from pathway_models.records.assumptions import Assumptions, Correlation
from pathway_models.records.draws import Draws
from pathway_models.records.levers import Grid, Lever, Scenario
from pathway_models.records.park import Park

#: Optional packages as pip names them.
EXTRAS = {"SALib": "SALib>=1.6", "ema_workbench": "ema_workbench>=2.5"}

#: Sets of yearly shocks to pick from.
SHOCKS = 1024
#: Members worked out at a time.
CHUNK = 2000
#: Name of the input that picks a set of yearly shocks.
SETS_OF_SHOCKS = "shocks"
#: Normals are kept inside this many standard deviations: rank 0 and 1 themselves have no normal.
WIDEST = 8.0


_DRIVERS = {
    "activity": ("growth", "growth of activity", "活动水平增长"),
    "intensity": ("intensity", "trend of energy intensity", "能源强度趋势"),
}
#: Draws of a park's plans.
_PLANNED = {
    "project": ("growth", "project", "拟建项目"),
    "override": ("growth", "given path", "给定路径"),
}
_FACTORS = {
    "coal": ("coal", "煤炭"),
    "oil": ("oil", "油品"),
    "gas": ("gas", "天然气"),
    "other_fuel": ("other fuels", "其他燃料"),
    "electricity": ("electricity", "电力"),
    "heat": ("purchased heat", "外购热力"),
    "process": ("processes", "工业过程"),
}
#: Label of the parameter that sets the size of a lever.
_SIZE = ("size", "力度")


def _described(name: str, levers: dict[str, Lever]) -> Input:
    kind, _, what = name.partition(":")
    identifier = name.replace(":", "__").replace("-", "_")
    if kind in levers:
        lever = levers[kind]
        parameter = lever.acts.parameter(what)
        en, zh = _SIZE if parameter.is_size else parameter.label
        return Input(name, identifier, "levers", f"{lever.name_en}: {en}", f"{lever.name_zh}：{zh}", True)
    if kind == "factor":
        en, zh = _FACTORS.get(what, (what, what))
        return Input(name, identifier, "factors", f"emission factor: {en}", f"排放因子：{zh}", what != "electricity")
    if name == f"{SHARED}:grid_decline":
        return Input(name, identifier, "grid", "decline of the grid factor", "电网排放因子下降", False)
    if name == f"{SHARED}:capture_ceiling":
        return Input(name, identifier, "levers", "national ceiling of capture", "全国捕集量上限", False)
    if name == f"{SHARED}:slope":
        return Input(name, identifier, "growth", "national growth", "全国增长", False)
    if kind == "slope" and what.startswith("mix:"):
        carrier = read_carriers()[what[len("mix:") :]]
        en, zh = f"trend of the share of {carrier.name_en}", f"{carrier.name_zh}占比趋势"
        return Input(name, identifier, "mix", en, zh, True)
    if kind in _PLANNED:
        group, en, zh = _PLANNED[kind]
        return Input(name, re.sub(r"\W", "_", identifier), group, f"{en}: {what}", f"{zh}：{what}", True)
    if kind == "slope":
        group, en, zh = _DRIVERS[what]
        return Input(name, identifier, group, en, zh, True)
    return Input(name, identifier, "noise", "calm or stormy years", "年际波动幅度", False)


class Ensemble:
    """A park under a scenario as a function of its uncertain inputs.

    Parameters
    ----------
    park : Park
    scenario : Scenario
    before : int
        Year of ``peaked_before``.
    until : int
    seed : int
        Of the sets of yearly shocks.
    correlations : sequence of Correlation
        Applied to whatever ranks are given. None by default, unlike in `sample`: Sobol indices need independent
        inputs; give ``read_correlations()`` for a study of the ensemble as it is.
    assumptions : Assumptions, optional
        The shipped ones by default.

    Attributes
    ----------
    inputs : tuple of Input
        Columns of the matrices; inputs of zero width are left out.
    """

    def __init__(
        self,
        park: Park,
        scenario: Scenario,
        *,
        before: int = 2030,
        until: int = 2060,
        seed: int = 20240401,
        correlations: tuple[Correlation, ...] = (),
        assumptions: Assumptions | None = None,
    ) -> None:
        self.park, self.scenario, self.before, self.until = park, scenario, before, until
        self.correlations = correlations
        if not park.last_observed_year + 2 <= before <= until:
            raise PathwayError(f"before = {before}: expected a year from {park.last_observed_year + 2} to {until}")
        drawn = {"seed": seed, "until": until, "assumptions": assumptions}
        self._library = sample(park, [scenario], members=SHOCKS, correlations=None, **drawn)
        levers = {measure.lever.lever_id: measure.lever for measure in scenario.measures}
        fixed = {
            f"{measure.lever.lever_id}:{name}"
            for measure in scenario.measures
            for name, corners in measure.lever.triangles(measure.setting).items()
            if corners.low == corners.high or not measure.lever.acts.parameter(name).moves_total
        }
        used = [name for name in (*self._library.uniforms, *self._library.normals) if name not in fixed]
        shocks = Input(SETS_OF_SHOCKS, SETS_OF_SHOCKS, "noise", "shocks of single years", "单个年份的波动", False)
        self.inputs = (*(_described(name, levers) for name in used), shocks)

    def draws(self, ranks: np.ndarray) -> Draws:
        """Turn ranks on [0, 1], (member, input), into draws.

        Raises
        ------
        PathwayError
            The matrix has another number of columns, or a rank outside [0, 1].
        """
        ranks = np.asarray(ranks, dtype=float)
        if ranks.ndim != 2 or ranks.shape[1] != len(self.inputs):
            raise PathwayError(
                f"ranks of shape {ranks.shape}: expected one column for each of {len(self.inputs)} inputs"
            )
        if not ((ranks >= 0) & (ranks <= 1)).all():
            raise PathwayError("ranks must lie between 0 and 1")
        members, column = ranks.shape[0], {one.name: ranks[:, at] for at, one in enumerate(self.inputs)}
        half = np.full(members, 0.5)
        uniforms = {name: column.get(name, half) for name in self._library.uniforms}
        normals = {name: np.clip(special.ndtri(column[name]), -WIDEST, WIDEST) for name in self._library.normals}
        picked = np.minimum((column[SETS_OF_SHOCKS] * SHOCKS).astype(int), SHOCKS - 1)
        shocks = {name: values[picked] for name, values in self._library.shocks.items()}
        bridge = self._library.bridge and self._library.bridge.of(picked)
        drawn = {"members": members, "uniforms": uniforms, "normals": normals, "shocks": shocks, "bridge": bridge}
        return correlate(replace(self._library, **drawn), self.correlations)

    def evaluate(self, ranks: np.ndarray) -> np.ndarray:
        """Evaluate the outputs of some ranks: (member, output), in the order of `OUTPUTS`.

        ``peak_year`` counts a peak in the record as the last observed year and none inside the horizon as the year
        after it; ``log_peak_level`` is the natural logarithm, since levels have no finite variance.
        """
        ranks = np.asarray(ranks, dtype=float)
        chunks = (ranks[at : at + CHUNK] for at in range(0, len(ranks), CHUNK))
        return np.concatenate([self.outputs(self.draws(chunk), self.scenario) for chunk in chunks])

    def outputs(self, draws: Draws, package: Scenario) -> np.ndarray:
        """Evaluate the outputs of any package whose levers the scenario holds: (member, output)."""
        total = PackageEngine(self.park, self.scenario, draws, until=self.until).totals([package])[0]
        points = turning_points(total, self.park.years.size - 1)
        censored = np.isin(points.status, CENSORED)
        year = np.maximum(self.park.years[0] + points.index, self.park.last_observed_year)
        counted = np.where(censored, self.until + 1 - PeakRule().follow, year)
        early = peaks_before(total)[:, self.before - int(self.park.years[0])]
        level = np.log(np.maximum(points.value, 1.0))
        return np.stack([counted, early, level], axis=1).astype(float)

    def correlated(self, ranks: np.ndarray) -> np.ndarray:
        """Correlate ranks as the ensemble does: (member, input)."""
        if not self.correlations:
            return np.asarray(ranks, dtype=float)
        drawn = self.draws(ranks)
        correlated = {**drawn.uniforms, **{name: special.ndtr(values) for name, values in drawn.normals.items()}}
        return np.stack([correlated.get(one.name, ranks[:, at]) for at, one in enumerate(self.inputs)], axis=1)

    def random(self, members: int, seed: int) -> np.ndarray:
        """Draw independent ranks for a given-data analysis: (member, input)."""
        return np.random.Generator(np.random.Philox(seed)).random((members, len(self.inputs)))


@dataclass(frozen=True, eq=False)
class SensitivityStudy:
    """An ensemble evaluated once, for indices, rules and the value of information.

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
        """Inputs in the order of the columns."""
        return self.ensemble.inputs


def study(ensemble: Ensemble, *, members: int = 4000, seed: int = 1) -> SensitivityStudy:
    """Evaluate an ensemble at random ranks, correlated as the ensemble says."""
    ranks = ensemble.random(members, seed)
    return SensitivityStudy(ensemble, ensemble.correlated(ranks), ensemble.evaluate(ranks), seed)


def optional(module: str) -> Any:
    """Import a module of an optional package.

    Raises
    ------
    PathwayError
        The package is not installed; says how to install it.
    """
    try:
        return import_module(module)
    except ImportError:
        package = module.split(".")[0]
        raise PathwayError(f"this needs {package}: pip install '{EXTRAS[package]}'") from None


def problem(ensemble: Ensemble, *, groups: bool = False) -> dict[str, Any]:
    """Describe the inputs of an ensemble as a SALib problem.

    Parameters
    ----------
    ensemble : Ensemble
    groups : bool
        Study the groups of inputs instead of each input.

    Returns
    -------
    dict
        ``num_vars``, ``names`` (Python identifiers), ``bounds``, ``dists`` and ``outputs``; ``groups`` where asked.
        Every input is the rank within its distribution, hence uniform on [0, 1].
    """
    inputs = ensemble.inputs
    found: dict[str, Any] = {
        "num_vars": len(inputs),
        "names": [one.identifier for one in inputs],
        "bounds": [[0.0, 1.0]] * len(inputs),
        "dists": ["unif"] * len(inputs),
        "outputs": list(OUTPUTS),
    }
    return found | ({"groups": [one.group for one in inputs]} if groups else {})


def to_ema(ensemble: Ensemble, grid: Grid | None = None, name: str = "park") -> Any:
    """Build an EMA Workbench model of a park: uncertain inputs as ranks, levers as categories, peaks as outcomes.

    Parameters
    ----------
    ensemble : Ensemble
        Made with a scenario that holds every lever of the grid.
    grid : Grid, optional
        Packages to choose from; without it the ensemble's scenario is the only one.
    name : str
        Name of the model, letters and digits only.

    Returns
    -------
    ema_workbench.Model
        Its outcomes are `OUTPUTS` and ``censored`` (0 or 1), scalars that are always numbers.

    Raises
    ------
    PathwayError
        EMA Workbench is missing.
    """
    workbench = optional("ema_workbench")
    model = workbench.Model(name, function=_single(ensemble, grid))
    model.uncertainties = [workbench.RealParameter(one.identifier, 0.0, 1.0) for one in ensemble.inputs]
    if grid is not None:
        model.levers = [
            workbench.CategoricalParameter(block.block_id, [option.label for option in block.options])
            for block in grid.blocks
        ]
    model.outcomes = [workbench.ScalarOutcome(outcome) for outcome in (*OUTPUTS, "censored")]
    return model


def _single(ensemble: Ensemble, grid: Grid | None) -> Callable[..., dict[str, float]]:
    """Wrap the ensemble as a function of keyword arguments that runs one experiment."""

    def evaluate(**given: Any) -> dict[str, float]:
        draws = ensemble.draws(np.array([[given[one.identifier] for one in ensemble.inputs]]))
        package = ensemble.scenario
        if grid is not None:
            labels = [[option.label for option in block.options] for block in grid.blocks]
            package = grid.scenario(
                [names.index(given[b.block_id]) for b, names in zip(grid.blocks, labels, strict=True)]
            )
        found = dict(zip(OUTPUTS, ensemble.outputs(draws, package)[0].tolist(), strict=True))
        return found | {"censored": float(found["peak_year"] > ensemble.until)}

    return evaluate
