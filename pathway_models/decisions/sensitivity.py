"""Sensitivity of the peak year, of peaking in time and of the peak level to each uncertain input.

Sobol indices (by SALib) need independent inputs; given-data indices of an existing ensemble also hold for correlated
ones.  Peaking in time is 0 or 1 in a member and the peak year is discrete and censored; hence all three outputs are
evaluated, each with its interval.

The worth of knowing an input is the share of the variance of peaking in time that knowing it would remove.  Inputs that
cannot be learnt beforehand, such as the shocks of single years, are listed apart: their share remains.

The ensemble is a function of its inputs, each given as its rank on [0, 1] within its own distribution: 0.9 is higher
than in nine of ten members.  Indices do not change under monotone transformations of an input, and a rule such as
"growth above its 70th percentile" reads the same for every input.

The law in levels draws growth year by year.  The *growth* of a level (nation, province, park) is its normalised sum of
yearly normals up to the target year, itself a standard normal: one input a level.  The way there, and the years after,
belong to the shocks, of which one input selects a set out of many.  The nowcast of bridged years is an input too, by
its rank in the last of them.  SALib and EMA Workbench, both optional, use the same function.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from importlib import import_module
from typing import Any

import numpy as np
from scipy import special

from pathway_models.baseline import paths
from pathway_models.core import PathwayError
from pathway_models.decisions.records import OUTPUTS, DiscoveredRule, Input, Sensitivity, Worth
from pathway_models.engine import packages, projecting, sampling
from pathway_models.intake.factors.tables import read_carriers
from pathway_models.intake.naming import item_name
from pathway_models.kernels import event_split, sensitivity
from pathway_models.kernels.turning_points import CENSORED, PeakRule, turning_points
from pathway_models.records import Assumptions, Correlation, Draws, Grid, Lever, Park, Scenario, plans

#: Optional packages as pip names them.
EXTRAS = {"SALib": "SALib>=1.6", "ema_workbench": "ema_workbench>=2.5"}

#: Number of sets of yearly shocks.
SHOCKS = 1024
#: Members evaluated at a time.
CHUNK = 2000
#: Name of the input that selects a set of yearly shocks.
SETS_OF_SHOCKS = "shocks"
#: Bound of normals in standard deviations: ranks 0 and 1 themselves have no finite normal.
WIDEST = 8.0


#: Input of the nowcast of bridged years.
NOWCAST = "nowcast"
#: First part of the name of an input that is the growth of a level; the second names its stream of yearly normals.
GROWTH = "growth"
#: Group, label in both languages and whether the park can learn it: of single inputs, and of growth by stream.
_SINGLE = {
    f"{sampling.SHARED}:grid_decline": ("grid", "decline of the grid factor", "电网排放因子下降", False),
    f"{sampling.SHARED}:capture_ceiling": ("levers", "national limit on capture", "全国捕集量上限", False),
    f"{sampling.SHARED}:slope": ("growth", "national growth", "全国增长", False),
    NOWCAST: (NOWCAST, "nowcast of the bridged years", "推算年份的现状", True),
    SETS_OF_SHOCKS: ("noise", "shocks of single years", "单个年份的波动", False),
    "scale": ("noise", "size of yearly noise", "年际波动幅度", False),
}
_GROWTH = {
    "activity": ("growth", "growth of activity", "活动水平增长", True),
    "shared:nation": ("nation", "growth of the nation's emissions", "全国排放增长", False),
    "continent:industry": ("nation", "growth of the continent's industry", "所在大洲工业增长", False),
    "shared:economy": ("nation", "growth of the national economy", "全国经济增长", False),
    "province:region": ("nation", "growth of its region beyond the nation's", "所在区域相对全国的增长", False),
}
_DRIVERS = {
    "activity": ("growth", "growth of activity", "活动水平增长"),
    "intensity": ("intensity", "trend of energy intensity", "能源强度趋势"),
}
#: Draws of a park's plans.
_PLANNED = {"goes_ahead": ("whether it goes ahead", "是否实施"), "delay": ("delay", "延期")}
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
    if kind == GROWTH:
        own = ("growth", "growth of its own emissions", "自身排放增长", True)
        group, en, zh, can_be_learnt = _GROWTH.get(what, own)
        return Input(name, identifier, group, en, zh, can_be_learnt)
    if kind in levers:
        lever = levers[kind]
        parameter = lever.acts.parameter(what)
        en, zh = _SIZE if parameter.is_size else parameter.label
        return Input(name, identifier, "levers", f"{lever.name_en}: {en}", f"{lever.name_zh}：{zh}", True)
    if kind == "factor":
        en, zh = _FACTORS.get(what, (what, what))
        return Input(name, identifier, "factors", f"emission factor: {en}", f"排放因子：{zh}", what != "electricity")
    if name in _SINGLE:
        group, en, zh, can_be_learnt = _SINGLE[name]
        return Input(name, identifier, group, en, zh, can_be_learnt)
    if kind == "slope" and what.startswith("mix:"):
        carrier = read_carriers()[what[len("mix:") :]]
        en, zh = f"trend of the share of {carrier.name_en}", f"{carrier.name_zh}占比趋势"
        return Input(name, identifier, "mix", en, zh, True)
    if kind in ("project", "override"):
        return Input(name, re.sub(r"\W", "_", identifier), "growth", *_planned(kind, what), True)
    if kind == "slope":
        group, en, zh = _DRIVERS[what]
        return Input(name, identifier, group, en, zh, True)
    raise PathwayError(f"no input {name!r}")


def _planned(kind: str, what: str) -> tuple[str, str]:
    """Label a draw of a park's plans in both languages: of a committed project, or of a given path."""
    if kind == "project":
        project, _, part = what.rpartition(":")
        en, zh = _PLANNED[part]
        return f"project {project}: {en}", f"拟建项目{project}：{zh}"
    parts = [part for part in what.split(":") if part and part != plans.ALL_SECTORS]
    en, zh = (tuple(item_name(part, lang) for part in parts) for lang in ("en", "zh"))
    return f"given path: {', '.join(en)}", f"给定路径：{'、'.join(zh)}"


def _normal(ranks: np.ndarray) -> np.ndarray:
    """Convert ranks to standard normals, bounded."""
    return np.clip(special.ndtri(ranks), -WIDEST, WIDEST)


def _picked(ranks: np.ndarray) -> np.ndarray:
    """Convert ranks to positions among the sets of shocks."""
    return np.minimum((ranks * SHOCKS).astype(int), SHOCKS - 1)


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
        Applied to the given ranks. None by default, unlike in `sample`: Sobol indices need independent inputs; use
        ``read_correlations()`` for the ensemble as it is.
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
        self._library = sampling.sample(park, [scenario], members=SHOCKS, correlations=None, **drawn)
        levers = {measure.lever.lever_id: measure.lever for measure in scenario.measures}
        fixed = {
            f"{measure.lever.lever_id}:{name}"
            for measure in scenario.measures
            for name, corners in measure.lever.triangles(measure.setting).items()
            if corners.low == corners.high or not measure.lever.acts.parameter(name).moves_total
        }
        emissions, activity = paths.growth_streams(park, self._library, projecting.assumed_by(self._library, None))
        # Activity moves emissions only where intensity is given.
        self._grown = (*emissions, *(activity if park.plans.targets or scenario.drivers else ()))
        if self._grown:
            # The law in levels has no draws of growth but those of single years.
            fixed |= {name for name in self._library.normals if name == "scale" or "slope" in name.split(":")}
        used = [name for name in (*self._library.uniforms, *self._library.normals) if name not in fixed]
        used += [f"{GROWTH}:{stream}" for stream in self._grown] + [NOWCAST] * (self._library.bridge is not None)
        self.inputs = tuple(_described(name, levers) for name in (*used, SETS_OF_SHOCKS))

    def draws(self, ranks: np.ndarray) -> Draws:
        """Convert ranks on [0, 1], (member, input), to draws.

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
        normals = {name: _normal(column.get(name, half)) for name in self._library.normals}
        picked = _picked(column[SETS_OF_SHOCKS])
        shocks = {name: values[picked] for name, values in self._library.shocks.items()}
        for name in self._grown:
            shocks[name] = self._with_growth(shocks[name], _normal(column[f"{GROWTH}:{name}"]))
        bridge = self._library.bridge
        if bridge is not None:
            bridge = bridge.of(np.argsort(bridge.log_change[:, -1], kind="stable")[_picked(column[NOWCAST])])
        drawn = {"members": members, "uniforms": uniforms, "normals": normals, "shocks": shocks, "bridge": bridge}
        return sampling.correlate(replace(self._library, **drawn), self.correlations)

    def _with_growth(self, shocks: np.ndarray, growth: np.ndarray) -> np.ndarray:
        """Shift yearly normals, (member, step), so that those up to the target year have a normalised sum."""
        first = self._library.bridged
        span = slice(first, max(self.before - self.park.last_observed_year, first + 1))
        # The mean of independent normals and their departures from it are independent: each may be drawn by itself.
        count = shocks[:, span].shape[1]
        moved = shocks.copy()
        moved[:, span] += (growth / np.sqrt(count) - shocks[:, span].mean(axis=1))[:, None]
        return moved

    def evaluate(self, ranks: np.ndarray) -> np.ndarray:
        """Evaluate the outputs of some ranks: (member, output), in the order of `OUTPUTS`.

        ``peak_year`` is the last observed year for a peak in the record, and for a member without a peak the year after
        the last one that a peak can be seen in; ``log_peak_level`` is the natural logarithm, since levels are skewed.
        """
        ranks = np.asarray(ranks, dtype=float)
        chunks = (ranks[at : at + CHUNK] for at in range(0, len(ranks), CHUNK))
        return np.concatenate([self.outputs(self.draws(chunk), self.scenario) for chunk in chunks])

    def outputs(self, draws: Draws, package: Scenario) -> np.ndarray:
        """Evaluate the outputs of any package of levers of the scenario: (member, output)."""
        total = packages.PackageEngine(self.park, self.scenario, draws, until=self.until).totals([package])[0]
        points = turning_points(total, self.park.years.size - 1)
        censored = np.isin(points.status, CENSORED)
        year = np.maximum(self.park.years[0] + points.index, self.park.last_observed_year)
        counted = np.where(censored, self.until + 1 - PeakRule().follow, year)
        early = event_split.peaks_before(total)[:, self.before - int(self.park.years[0])]
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
        The package is not installed; the message has the command to install it.
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
        Use groups of inputs instead of each input.

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
        Made with a scenario that has every lever of the grid.
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
        return found | {"censored": float(found["peak_year"] > ensemble.until - PeakRule().follow)}

    return evaluate


#: Bootstrap resamples of given-data indices.
RESAMPLES = 100
#: Shuffles for the share of variance that a meaningless input removes by chance.
SHUFFLES = 20
#: Ways in which an input could be known better, by group.
LEARNING = {
    "factors": ("measure carbon content, calorific value and oxidation of the fuels", "实测燃料含碳量、热值与氧化率"),
    "growth": ("more years of record and the plans of the park's enterprises", "延长数据年份并收集企业投产计划"),
    "intensity": ("more years of record; energy audits", "延长数据年份；开展能源审计"),
    "mix": ("fuel contracts and plans for boilers and furnaces", "核实燃料合同与锅炉窑炉改造计划"),
    "levers": ("a feasibility study of the measure", "开展措施可行性研究"),
    "nation": ("national or regional; follow the published statistics", "全国或区域因素；跟踪公布的统计数据"),
    "nowcast": ("report the years since the last table", "补报最近年份的数据"),
    "grid": ("national; follow the published factors", "全国性因素；跟踪公布的排放因子"),
    "noise": ("cannot be known beforehand", "事先无法获知"),
}


GROUP_LABELS = {
    "levers": ("size of the levers", "措施力度"),
    "growth": ("growth of the park", "园区增长"),
    "nation": ("growth of nation and region", "全国与所在区域增长"),
    "nowcast": ("nowcast of the bridged years", "推算年份的现状"),
    "intensity": ("trend of energy intensity", "能源强度趋势"),
    "mix": ("trends of the energy mix", "能源结构趋势"),
    "factors": ("emission factors", "排放因子"),
    "grid": ("decline of the grid factor", "电网排放因子下降"),
    "noise": ("year-to-year noise", "年际波动"),
}


def sobol_indices(
    described: Mapping[str, Any], function: Callable[[np.ndarray], np.ndarray], runs: int, seed: int, level: float = 0.9
) -> dict[str, np.ndarray]:
    """Estimate first-order and total Sobol indices by SALib, with bootstrap intervals.

    Parameters
    ----------
    described : mapping
        A SALib problem, e.g. from `problem`.
    function : callable
        Vectorised: (run, input) to (run,) or (run, output).
    runs : int
        A power of two; ``runs * (inputs + 2)`` rows are evaluated.
    seed : int
    level : float
        Of the intervals.

    Returns
    -------
    dict
        ``S1``, ``ST`` and the half-widths ``S1_conf``, ``ST_conf``, each (input or group, output); zero for an output
        that does not vary.

    Raises
    ------
    PathwayError
        SALib is missing, or ``runs`` is not a power of two.
    """
    if runs < 2 or runs & (runs - 1):
        raise PathwayError(f"runs = {runs}: expected a power of two, from 2 on")
    sampler, analyser = optional("SALib.sample.sobol"), optional("SALib.analyze.sobol")
    # SALib modifies the problem it is given.
    rows = sampler.sample(dict(described), runs, calc_second_order=False, seed=seed)
    values = np.asarray(function(rows), dtype=float)
    values = values[:, None] if values.ndim == 1 else values
    count = len(dict.fromkeys(described["groups"])) if "groups" in described else described["num_vars"]
    found = {key: np.zeros((count, values.shape[1])) for key in ("S1", "S1_conf", "ST", "ST_conf")}
    for at, column in enumerate(values.T):
        if np.ptp(column) > 0:
            indices = analyser.analyze(
                dict(described), column, calc_second_order=False, conf_level=level, num_resamples=200, seed=seed
            )
            for key, kept in found.items():
                kept[:, at] = indices[key]
    return found


def sobol(ensemble: Ensemble, *, runs: int = 256, by: str = "group", seed: int = 1) -> Sensitivity:
    """Estimate Sobol indices by SALib, which must be installed.

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


def given_data(evaluated: SensitivityStudy) -> Sensitivity:
    """Estimate given-data first-order indices from an ensemble; valid for correlated inputs.

    An index includes the effect of the inputs correlated with it.
    """
    rng = np.random.Generator(np.random.Philox(evaluated.seed + 1))
    members = len(evaluated.outputs)
    picks = rng.integers(0, members, size=(RESAMPLES, members))
    found = sensitivity.given_data_indices(evaluated.ranks, evaluated.outputs, picks)
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


def discover(evaluated: SensitivityStudy, *, most_bounds: int = 3) -> DiscoveredRule:
    """Find a readable rule for when the park does *not* peak in time.

    The rank of a set of yearly shocks is only its number, so that no rule bounds it.
    """
    fails = evaluated.outputs[:, OUTPUTS.index("peaked_before")] == 0
    ordered = [at for at, one in enumerate(evaluated.inputs) if one.name != SETS_OF_SHOCKS]
    box: sensitivity.Box = sensitivity.prim(evaluated.ranks[:, ordered], fails, most_bounds)
    bounds = tuple((evaluated.inputs[ordered[i]], float(box.low[i]), float(box.high[i])) for i in box.bounded)
    return DiscoveredRule(bounds, box.coverage, box.density, float(fails.mean()))


def worth_knowing(evaluated: SensitivityStudy) -> list[Worth]:
    """Order the inputs by the variance that knowing them would remove, those that can be learnt first.

    Raises
    ------
    PathwayError
        Too few members for two bins.
    """
    reached = evaluated.outputs[:, [OUTPUTS.index("peaked_before")]]
    members = len(reached)
    bins = min(sensitivity.MOST_BINS, members // sensitivity.LEAST_IN_BIN)
    if bins < 2:
        raise PathwayError(f"{members} members: at least {2 * sensitivity.LEAST_IN_BIN} are needed")
    where = sensitivity.bins_of(evaluated.ranks, bins)
    rng = np.random.Generator(np.random.Philox(evaluated.seed + 2))
    chance = [sensitivity.explained(rng.permutation(where[:, 0]), reached, bins)[0] for _ in range(SHUFFLES)]
    spread = float(np.quantile(chance, 0.95))
    found = []
    for at, one in enumerate(evaluated.inputs):
        doubt = float(max(sensitivity.explained(where[:, at], reached, bins)[0], 0.0))
        found.append(Worth(one, doubt, spread, *LEARNING[one.group]))
    return sorted(found, key=lambda worth: (not worth.input.can_be_learnt, -worth.doubt))
