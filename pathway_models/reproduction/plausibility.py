"""Plausibility of our parks and regions against published results; no reproduction.

Abstracts give peak years only; published baselines are compared with ours, with the reason of every difference.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from pathway_models.core.units import HOME, TJ_PER_TCE
from pathway_models.engine import projecting, sampling
from pathway_models.intake import library, register
from pathway_models.intake.parks import read_park
from pathway_models.intake.published import Baseline, Estimate, Study, read_baselines
from pathway_models.inventory.decomposition import ECONOMIC
from pathway_models.language import rounding, say
from pathway_models.peaks.finding import find_peaks, peaks_of, reference_of
from pathway_models.records import Assumptions, Park, Pathways, Scenarios

PEAK_YEAR = "peak_year"


def outlook(
    scenarios: Scenarios,
    members: int,
    seed: int,
    kind: str = "park",
    until: int = 2060,
    assumptions: Assumptions | None = None,
) -> pd.DataFrame:
    """Table peak years, intensities and emissions per energy of China's parks (or regions) with data, by scenario.

    Parameters
    ----------
    scenarios : Scenarios
    members, seed, until : int
        Size and seed of the ensemble, last year of the projection.
    kind : {"park", "region"}
        Chinese parks with data are invented demonstrations, regions are real; the abstracts are of China alone.
    assumptions : Assumptions, optional
        The shipped ones by default.

    Returns
    -------
    DataFrame
        ``park_id, invented, scenario, peak_p05, peak_p50, peak_p95`` (years; infinite where beyond ``until``),
        ``p_before_2030, intensity_2020, intensity_2030`` (tCO2 per million CNY, medians; NaN where activity is
        not value added alone), ``tco2_per_tce`` (energy use only, last observed year, electricity at its heat value).
    """
    ours = [entry for entry in register.read_register() if entry.has_data and entry.country == HOME]
    entries = [entry.park_id for entry in ours if entry.kind == kind]
    lines = []
    for park_id in entries:
        park = read_park(park_id)
        draws = sampling.sample(park, scenarios, members=members, seed=seed, until=until, assumptions=assumptions)
        lines += _lines(park, projecting.project(park, scenarios, draws))
    return pd.DataFrame(lines)


def _lines(park: Park, pathways: Pathways) -> list[dict[str, object]]:
    peaks = find_peaks(pathways)
    years, before = peaks.quantiles(), peaks.p_before(2030)
    intensity = {year: _intensity(park, pathways, year) for year in (2020, 2030)}
    energy = park.energy[..., -1]
    per_energy = float((energy * park.factors[..., -1]).sum() / (energy.sum() / TJ_PER_TCE))
    return [
        {
            "park_id": park.park_id,
            "invented": park.invented,
            "scenario": name,
            "peak_p05": years[at, 0],
            "peak_p50": years[at, 1],
            "peak_p95": years[at, 2],
            "p_before_2030": before[at],
            "intensity_2020": intensity[2020][at],
            "intensity_2030": intensity[2030][at],
            "tco2_per_tce": per_energy,
        }
        for at, name in enumerate(pathways.scenarios)
    ]


def _intensity(park: Park, pathways: Pathways, year: int) -> np.ndarray:
    """Compute median emissions per million CNY by scenario; NaN where the activity is not value added alone."""
    if not all(kind in ECONOMIC for kind in park.activity_kinds):
        return np.full(len(pathways.scenarios), np.nan)
    at = year - int(pathways.years[0])
    return np.median(pathways.total()[..., at] / pathways.memo_items["activity"][..., at], axis=1)


def published_peaks(study: Study, words: Sequence[str]) -> pd.DataFrame:
    """List published peak years whose scope names one of these words (``park``, ``city``, ``province``, ``region``).

    Returns
    -------
    DataFrame
        ``scope, scenario, peak_year``, in the order of ``estimates.csv``.
    """
    lines = [
        (estimate.scope, estimate.scenario, int(estimate.value))
        for estimate in study.estimates
        if estimate.quantity == PEAK_YEAR and any(f"({word})" in estimate.scope for word in words)
    ]
    return pd.DataFrame(lines, columns=["scope", "scenario", "peak_year"])


def published_ratios(study: Study, scope: str) -> pd.DataFrame:
    """Compute peak CO2 over peak energy, tCO2 per tce, of each scenario of a scope that gives both.

    Returns
    -------
    DataFrame
        ``scenario, peak_CO2`` (万t), ``peak_energy`` (万tce), ``tco2_per_tce``.
    """
    given = {estimate.key: estimate.value for estimate in study.estimates}
    names = [key[1] for key in given if key[0] == scope and key[2] == "peak_energy"]
    lines = [(name, given[scope, name, "peak_CO2"], given[scope, name, "peak_energy"]) for name in names]
    table = pd.DataFrame(lines, columns=["scenario", "peak_CO2", "peak_energy"])
    return table.assign(tco2_per_tce=table["peak_CO2"] / table["peak_energy"])


def published_value(study: Study, scope: str, quantity: str) -> float:
    """Look up the one published value of a scope and quantity.

    Raises
    ------
    ValueError
        There is none, or more than one.
    """
    (value,) = [e.value for e in study.estimates if (e.scope, e.quantity) == (scope, quantity)]
    return value


def peak_sentence(ours: pd.DataFrame, published: pd.DataFrame) -> str:
    """Compare our median peak years with the published range, scenario by scenario."""
    low, high = published["peak_year"].min(), published["peak_year"].max()
    parts = []
    for name, rows in ours.groupby("scenario", sort=False):
        early, late = (rows["peak_p50"] < low).sum(), (rows["peak_p50"] > high).sum()
        inside = len(rows) - early - late
        parts.append(f"{name}: {early} earlier, {inside} within, {late} later")
    return (
        f"Published peak years run from {low} to {high}; the medians of our {ours['park_id'].nunique()} entries "
        f"lie ({'; '.join(parts)})."
    )


def intensity_sentence(ours: pd.DataFrame, published: tuple[float, float]) -> str:
    """Compare our fall of emissions per value added, without measures, with the published one."""
    rows = ours[ours["scenario"] == ours["scenario"].iloc[0]].dropna(subset=["intensity_2020"])
    falls = rows["intensity_2030"] / rows["intensity_2020"] - 1.0
    return (
        f"The published mean falls by {1 - published[1] / published[0]:.0%} from 2020 to 2030; ours, without measures, "
        f"by {-falls.max():.0%} to {-falls.min():.0%} (middle {-falls.median():.0%}), from levels of "
        f"{rows['intensity_2020'].min():,.0f} to {rows['intensity_2020'].max():,.0f} tCO2 per million CNY."
    )


def ratio_sentence(ours: pd.DataFrame, published: pd.DataFrame) -> str:
    """Compare our emissions per energy with the published ratios."""
    low, high = published["tco2_per_tce"].min(), published["tco2_per_tce"].max()
    values = ours.drop_duplicates("park_id")["tco2_per_tce"]
    return (
        f"The Nanjing scenarios peak at {low:.2f} to {high:.2f} tCO2 per tce; our parks have {values.min():.2f} to "
        f"{values.max():.2f} in their last year. Here a MWh of electricity counts as its heat (0.123 tce); at the coal "
        f"it takes to make, the ratios would be lower."
    )


#: Difference of two peak years above which a reason is given.
FAR = 5


@dataclass(frozen=True)
class BaselineBeside:
    """A published baseline beside our path without new measures, summed over the parks of its place.

    Parameters
    ----------
    baseline : Baseline
    estimate : Estimate
        The published peak year.
    low, middle, high : float
        Our peak year, 5, 50 and 95 % of members; infinite where beyond the last year.
    past, later : float
        Share of members that have peaked by the issue year; that peak after the published year, or not at all.
    event : float
        Share that peaks before 2030 by the event of ``docs/headline.md``, which looks five years ahead.
    flat : float
        Median path without measures: largest distance from its level of the issue year, up to the published year.
    issue_year : int
    """

    baseline: Baseline
    estimate: Estimate
    low: float
    middle: float
    high: float
    past: float
    later: float
    event: float
    flat: float
    issue_year: int

    @property
    def difference(self) -> float:
        """Our median less the published year; infinite without a peak of ours."""
        return self.middle - self.estimate.value

    def reason(self, lang: str) -> str:
        """State why the two differ, the published one first; empty where they are within `FAR` years."""
        if abs(self.difference) <= FAR:
            return ""
        theirs = self.baseline.why.zh if lang == "zh" else self.baseline.why.en
        past, later, flat, event = (
            rounding.share_text(x, lang) for x in (self.past, self.later, self.flat, self.event)
        )
        issue, until = self.issue_year, max(int(self.estimate.value), self.issue_year)
        ours = say(
            lang,
            en=f"Ours: {past} of members have their highest year by {issue}, {later} after {until} or not by the"
            " end of the horizon. No policy is included, and paths that turn down may rise again later: judged by the"
            f" five years that follow, {event} peak before 2030. The median path moves by {flat} between {issue} and"
            f" {until}, so the year of its highest point is not sharply defined.",
            zh=f"本模型：{past}的模拟最高年份不晚于{issue}年，{later}在{until}年后或期末仍未达峰。其中不含政策，"
            f"已转降的路径后期可能回升：按其后五年判断，{event}在2030年前达峰。{issue}至{until}年中位路径变动{flat}，"
            "最高点年份并不明确。",
        )
        return f"{theirs} {ours}" if lang == "en" else f"{theirs}{ours}"


def baselines_beside(
    members: int = 200, seed: int = 20240401, until: int = 2060, places: Sequence[str] | None = None
) -> tuple[BaselineBeside, ...]:
    """Compare published baselines with ours, place by place: parks of one place are summed member by member.

    Parameters
    ----------
    members, seed, until : int
    places : sequence of str, optional
        English names of some places only.
    """
    chosen = [(one, value) for one, value in read_baselines() if places is None or one.place.en in places]
    provinces = [entry.park_id for entry in register.read_register() if entry.kind == "region" and entry.has_data]
    every = tuple(name for name in provinces if name != "region-d")
    shipped = library.read_scenarios()
    without = shipped.pick([reference_of(shipped, tuple(shipped))])
    parks = {one.place.en: every if one.parks == "all" else one.parks for one, _ in chosen}
    paths: dict[str, Pathways] = {}
    for name in dict.fromkeys(name for names in parks.values() for name in names):
        park = read_park(name)
        paths[name] = projecting.project(
            park, without, sampling.sample(park, without, members=members, seed=seed, until=until)
        )
    return tuple(_beside(one, value, [paths[name] for name in parks[one.place.en]]) for one, value in chosen)


def _beside(baseline: Baseline, estimate: Estimate, paths: Iterable[Pathways]) -> BaselineBeside:
    paths = list(paths)
    first = max(int(one.years[0]) for one in paths)
    total = sum(one.total()[0][:, one.years >= first] for one in paths)
    years, issue = np.arange(first, int(paths[0].years[-1]) + 1), paths[0].issue_year
    last = min(one.last_observed_year for one in paths)
    peaks = peaks_of(
        total[None], years, last, identity=baseline.place.en, scenarios=paths[0].scenarios, seed=0, issue_year=issue
    )
    low, middle, high = peaks.quantiles()[0]
    year = np.where(peaks.censored()[0], np.inf, peaks.year[0])
    ahead = (years >= issue) & (years <= max(int(estimate.value), issue))
    path = np.median(total, axis=0)[ahead]
    return BaselineBeside(
        baseline=baseline,
        estimate=estimate,
        low=float(low),
        middle=float(middle),
        high=float(high),
        past=float((year <= issue).mean()),
        later=float((year > max(estimate.value, issue)).mean()),
        event=float(peaks.p_before(2030)[0]),
        flat=float(np.abs(path / path[0] - 1.0).max()),
        issue_year=issue,
    )


def baseline_table(found: Iterable[BaselineBeside], *, lang: str = "en") -> pd.DataFrame:
    """Tabulate published baselines beside ours, with the reason of every difference over `FAR` years."""
    head = [("place", "地区"), ("published", "发表"), ("peak", "达峰年"), ("ours (5-95 %)", "本模型（5%-95%）"),
            ("difference", "相差"), (f"reason, over {FAR} years", f"相差{FAR}年以上的原因")]  # fmt: skip
    rows = [
        (
            one.baseline.place.zh if lang == "zh" else one.baseline.place.en,
            f"{one.estimate.study}, {one.estimate.scenario}",
            f"{one.estimate.value:.0f}",
            f"{_year(one.middle, lang)} ({_year(one.low, lang)}-{_year(one.high, lang)})",
            f"{one.difference:+.0f}" if np.isfinite(one.difference) else say(lang, en="no peak", zh="无峰值"),
            one.reason(lang),
        )
        for one in found
    ]
    return pd.DataFrame(rows, columns=[say(lang, en=en, zh=zh) for en, zh in head])


def _year(year: float, lang: str) -> str:
    return f"{year:.0f}" if np.isfinite(year) else say(lang, en="none", zh="无")
