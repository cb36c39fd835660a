"""Published peak rules, and our own: the maximum, its age and simple slopes; gaps, Mann-Kendall tests and CUSUM.

Every rule has the signature ``rule(years, values, *, as_of=None, ...)`` and returns a
:class:`~pathway_models.kernels.observed_peak.RuleResult`.  Equations, ranges of validity, sources and how sure
we are of each wording: ``docs/peak_rules.md``.
"""

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from pathway_models.kernels import Floats, trends
from pathway_models.kernels.observed_peak import (
    PLATEAU_DECLINE,
    SHORTEST_RECORD,
    TIE,
    Record,
    RuleResult,
    as_record,
    companion,
    observed_peaks,
    unknown,
)
from pathway_models.kernels.turning_points import STATUS, PeakRule, turning_points

#: Smallest population, persons, of the countries that Lamb 2022 and Hausfather 2021 judge.
SMALLEST_COUNTRY = 1_000_000


def pathway(
    years: ArrayLike, values: ArrayLike, *, as_of: int | None = None, rule: PeakRule | None = None
) -> RuleResult:
    """Apply the rule of this project to an observed series: first maximum, plateau of 1 %, edges censored.

    It describes the record and does not test it: a dip of more than 1 % after the maximum is a peak here,
    whatever the noise.  Valid for at least three consecutive years.  Source: ``docs/peak_rules.md``.
    """
    record = as_record(years, values, as_of)
    if reason := record.unfit(shortest=3, every_year=True):
        return unknown(reason)
    # The record is described as it is: no years need to follow its maximum.
    points = turning_points(record.values, len(record.years) - 1, rule or PeakRule(follow=1))
    status = STATUS[int(points.status)]
    run = f"{record.years[points.plateau_first]}-{record.years[points.plateau_last]}"
    if status == "in_record" and points.index == 0:
        return RuleResult("peaked", None, f"highest in {record.years[0]}: the peak lies there or earlier")
    if status == "in_record":
        return RuleResult("peaked", int(record.years[points.index]), f"plateau {run}, lower since (not a test)")
    if status == "plateau":
        return RuleResult("plateau", None, f"within the plateau width of the maximum again in {record.last_year}")
    return RuleResult("rising", None, f"highest in the last year, {record.last_year}")


def bersalli2023(
    years: ArrayLike, values: ArrayLike, *, as_of: int | None = None, window: int = 5, gap: int = 9
) -> RuleResult:
    """Call a series peaked when the trailing 5-year mean is highest at least 9 years before the end.

    Valid for gap-free series of at least ``window + gap`` years (made for countries, 1965-2019, with
    peaks up to 2010).  Bersalli et al. 2023, doi 10.1038/s43247-023-00687-8.
    """
    record = as_record(years, values, as_of)
    if reason := record.unfit(shortest=window + gap, every_year=True):
        return unknown(reason)
    smooth = np.convolve(record.values, np.full(window, 1.0 / window), mode="valid")
    mean = Record(record.years[window - 1 :], smooth, record.as_of)
    detail = f"{window}-year mean highest in {mean.peak_year}, {mean.years_since_peak} years before the end"
    if mean.years_since_peak >= gap:
        return RuleResult("peaked", mean.peak_year, detail + mean.censoring_note)
    return RuleResult("not_peaked", None, f"{detail}; needs {gap}")


def lamb2022(
    years: ArrayLike,
    values: ArrayLike,
    *,
    as_of: int | None = None,
    ghg: ArrayLike | None = None,
    population: ArrayLike | None = None,
    gap: int = 10,
    rate: float = -0.001,
) -> RuleResult:
    """Call a series peaked when the CO2 maximum is 10 years old, and CO2 and GHG fell since then, GHG recently too.

    Log-linear, leap-adjusted rates: CO2 since its maximum below -0.1 % a year; GHG since then and over
    its last 10 years below 0.  Valid for countries above a million people and positive series of at
    least 11 years.  Lamb et al. 2022, doi 10.1080/14693062.2021.1990831 (DOI from background knowledge).
    """
    record = as_record(years, values, as_of)
    if reason := record.unfit(shortest=gap + 1, positive=True):
        return unknown(reason)
    people = companion(years, population, record.as_of)
    if people is not None and people.values[-1] <= SMALLEST_COUNTRY:
        return unknown(f"population {people.values[-1]:.0f}; the rule is made for more than {SMALLEST_COUNTRY}")
    if record.years_since_peak < gap:
        return RuleResult("not_peaked", None, f"maximum in {record.peak_year}, less than {gap} years before the end")
    # ASSUME: without a series of all greenhouse gases the CO2 series stands for it; the fragile-state
    # filter of the study concerns countries and is left out.
    gases = companion(years, ghg, record.as_of) or record
    since, recent = record.peak_year, gases.last_year - 9
    spans = [(record, since), (gases, since), (gases, recent)]
    parts = [series.between(first, series.last_year) for series, first in spans]
    if any(len(part.years) < 3 or (part.values <= 0).any() for part in parts):
        return unknown("fewer than three positive values since the maximum or in the last ten years")
    co2, gas, late = (trends.log_linear_rate(part.years, part.values, leap_adjusted=True).slope for part in parts)
    detail = (
        f"maximum in {since}{record.censoring_note}; since then CO2 {co2:+.2%} and GHG {gas:+.2%} a year, "
        f"GHG {late:+.2%} in the last ten years" + ("" if ghg is not None else " (CO2 stands for GHG)")
    )
    if co2 < rate and gas < 0 and late < 0:
        return RuleResult("peaked", since, detail)
    return RuleResult("not_peaked", None, detail)


def c40(
    years: ArrayLike, values: ArrayLike, *, as_of: int | None = None, gap: int = 5, drop: float = 0.10
) -> RuleResult:
    """Call a series peaked when four criteria hold; not peaked when only the two on the maximum fail; else unknown.

    (1) three years of data; (2) maximum more than 5 years before the latest point; (3) latest point no
    older than 5 years; (4) maximum more than 10 % above the latest point.  Valid for cities with recent
    inventories.  C40, repository ojwills/City-Emissions-Peaking-Analysis; no DOI.
    """
    record = as_record(years, values, as_of)
    if reason := record.unfit(shortest=3):
        return unknown(reason)
    old, excess = record.years_since_peak > gap, record.values.max() > (1.0 + drop) * record.values[-1]
    fresh = record.as_of - record.last_year <= gap
    detail = (
        f"maximum in {record.peak_year}, {record.years_since_peak} years before the latest point; "
        f"latest {1.0 - record.values[-1] / max(record.values.max(), TIE):.0%} below it"
    )
    if old and excess and fresh:
        return RuleResult("peaked", record.peak_year, detail + record.censoring_note)
    if fresh and not old and not excess:
        return RuleResult("not_peaked", None, detail)
    return unknown(detail if fresh else f"{detail}; latest point {record.as_of - record.last_year} years old")


def lequere2019(
    years: ArrayLike,
    values: ArrayLike,
    *,
    as_of: int | None = None,
    consumption: ArrayLike | None = None,
    window: tuple[int, int] = (2005, 2015),
    level: float = 0.05,
) -> RuleResult:
    """Call a series peaked when its maximum is by 2005 and its linear trend of 2005-2015 falls significantly.

    Consumption-based emissions, where given, must fall over the window too (part of the rule known from background
    knowledge).  Valid for series that start before the window and cover every year of it.  Le Quere et al. 2019,
    doi 10.1038/s41558-019-0419-7.
    """
    record = as_record(years, values, as_of)
    part = record.between(*window)
    if len(part.years) < window[1] - window[0] + 1 or record.years[0] >= window[0]:
        return unknown(f"the rule needs every year of {window[0]}-{window[1]} and at least one before")
    # ASSUME: two-sided 5 % level; the wording seen says "significant" without a level.
    trend = trends.ols_slope(part.years, part.values)
    relative = trend.slope / max(part.values.mean(), TIE)
    detail = (
        f"maximum in {record.peak_year}; trend {relative:+.2%} a year in {window[0]}-{window[1]}, p = {trend.p:.3f}"
    )
    if not (record.peak_year <= window[0] and trend.slope < 0 and trend.p < level):
        return RuleResult("not_peaked", None, detail)
    bought = companion(years, consumption, record.as_of)
    bought = None if bought is None else bought.between(*window)
    if bought is None or len(bought.years) < len(part.years):
        return RuleResult("peaked", record.peak_year, f"{detail}{record.censoring_note}; consumption not given")
    # ASSUME: the sign of its slope decides; the wording of the consumption part was not seen.
    change = trends.ols_slope(bought.years, bought.values).slope / max(bought.values.mean(), TIE)
    detail += f"; consumption {change:+.2%} a year"
    if change < 0:
        return RuleResult("peaked", record.peak_year, detail + record.censoring_note)
    return RuleResult("not_peaked", None, detail)


def hausfather2021(
    years: ArrayLike,
    values: ArrayLike,
    *,
    as_of: int | None = None,
    consumption: ArrayLike | None = None,
    gdp: ArrayLike | None = None,
    population: ArrayLike | None = None,
    window: tuple[int, int] = (2005, 2019),
) -> RuleResult:
    """Require absolute decoupling: territorial and consumption CO2 fall over 2005-2019 while real GDP rises.

    Signs of least-squares slopes; the rule names no peak year.  Valid for gap-free 2005-2019 of countries of
    at least a million people; without consumption, GDP and population a falling series is unknown.
    Hausfather 2021, Breakthrough Institute; no DOI.
    """
    record = as_record(years, values, as_of)
    span = f"{window[0]}-{window[1]}"

    def slope(series: Record | None) -> float | None:
        part = None if series is None else series.between(*window)
        if part is None or len(part.years) < window[1] - window[0] + 1:
            return None
        return trends.ols_slope(part.years, part.values).slope

    own = slope(record)
    if own is None:
        return unknown(f"the rule needs every year of {span}")
    if own >= 0:
        return RuleResult("not_peaked", None, f"territorial emissions do not fall over {span}")
    people = companion(years, population, record.as_of)
    if people is not None and people.values[-1] < SMALLEST_COUNTRY:
        return unknown(f"population {people.values[-1]:.0f}; the rule is made for at least {SMALLEST_COUNTRY}")
    others = {"consumption": consumption, "gdp": gdp}
    slopes = {name: slope(companion(years, extra, record.as_of)) for name, extra in others.items()}
    sign = {"consumption": -1, "gdp": +1}
    lacking = [name for name, value in slopes.items() if value is None]
    lacking += ["population"] if people is None else []
    if any(value is not None and sign[name] * value <= 0 for name, value in slopes.items()):
        return RuleResult("not_peaked", None, f"no fall of consumption emissions with rising GDP over {span}")
    if lacking:
        return unknown(f"territorial emissions fall over {span}; not given or with gaps: {', '.join(lacking)}")
    return RuleResult("peaked", None, f"territorial and consumption emissions fall, GDP rises over {span}")


# ASSUME: where an abstract names no numbers, a maximum must be 5 years old, a moving window has 10 years and
# a test the level 5 %; these are the defaults of the arguments below.
#: Critical value at 5 % of the recursive CUSUM test: Brown, Durbin and Evans (1975).
CUSUM_BOUND = 0.948


def _not_yet(record: Record, gap: int) -> RuleResult:
    """Answer on a maximum younger than ``gap`` years."""
    verdict = "rising" if record.years_since_peak == 0 else "not_peaked"
    detail = f"maximum in {record.peak_year}, {record.years_since_peak} years before the end; needs {gap}"
    return RuleResult(verdict, None, detail)


def _old_maximum(record: Record, gap: int) -> RuleResult:
    if reason := record.unfit(shortest=gap + 1):
        return unknown(reason)
    if record.years_since_peak < gap:
        return _not_yet(record, gap)
    detail = f"maximum in {record.peak_year}, {record.years_since_peak} years before the end"
    return RuleResult("peaked", record.peak_year, detail + record.censoring_note)


def wri2017(
    years: ArrayLike,
    values: ArrayLike,
    *,
    as_of: int | None = None,
    gap: int = 5,
    pledge_year: int | None = None,
) -> RuleResult:
    """Call a series peaked when the maximum is at least 5 years old; a pledge to peak is named, not counted as a peak.

    Valid for series of at least 6 years.  WRI Turning Points 2017 (wording from background knowledge); no
    DOI.  The study also counts countries with an unconditional pledge to peak by a year.
    """
    result = _old_maximum(as_record(years, values, as_of), gap)
    if result.verdict in ("peaked", "unknown") or pledge_year is None:
        return result
    detail = f"{result.detail}; counted by the study for its pledge to peak by {pledge_year}"
    return RuleResult(result.verdict, None, detail)


def unep_g20(years: ArrayLike, values: ArrayLike, *, as_of: int | None = None, gap: int = 5) -> RuleResult:
    """Call a series peaked when the maximum is at least 5 years before the latest inventory.

    Valid for series of at least 6 years.  UNEP Emissions Gap Report, G20 peaking (wording from background
    knowledge); no DOI.
    """
    return _old_maximum(as_record(years, values, as_of), gap)


def _falling_since_peak(record: Record, gap: int, level: float, with_spearman: bool) -> RuleResult:
    """Call a series peaked when it falls monotonically from an old maximum, plateau when that is not significant."""
    if reason := record.unfit(shortest=gap + 1):
        return unknown(reason)
    if record.years_since_peak < gap:
        return _not_yet(record, gap)
    # ASSUME: the trend is tested from the year of the maximum itself; "after the maximum" may also mean
    # from the next year, which finds fewer peaks (in cities a third as many).
    kendall = _kendall_since_peak(record)
    detail = f"maximum in {record.peak_year}; Mann-Kendall since then z = {kendall.z:.2f}, p = {kendall.p:.3f}"
    falls = kendall.z < 0 and kendall.p < level
    if with_spearman:
        rank = trends.spearman(record.values[record.top :])
        detail += f"; Spearman {rank.slope:.2f}, p = {rank.p:.3f}"
        falls = falls and rank.slope < 0 and rank.p < level
    verdict, year = ("peaked", record.peak_year) if falls else ("plateau", None)
    return RuleResult(verdict, year, detail + record.censoring_note)


@lru_cache(maxsize=1)
def _kendall_since_peak(record: Record) -> trends.MannKendall:
    """Test the years from the maximum on; cached, since three rules use it in turn."""
    return trends.mann_kendall(record.values[record.top :])


def zhang2022(
    years: ArrayLike, values: ArrayLike, *, as_of: int | None = None, gap: int = 5, level: float = 0.05
) -> RuleResult:
    """Call a series peaked when Mann-Kendall and Spearman find a decline since the maximum, otherwise plateau.

    Valid for at least 6 years.  The abstract names neither gap nor level.  ASSUMED here: 5 years, 5 %.
    Zhang et al. 2022, China Environmental Science 42(4), 1912-1921; no DOI known.
    """
    return _falling_since_peak(as_record(years, values, as_of), gap, level, with_spearman=True)


def jiang2021(
    years: ArrayLike, values: ArrayLike, *, as_of: int | None = None, gap: int = 5, level: float = 0.05
) -> RuleResult:
    """Call a series peaked when the maximum is 5 years old and Mann-Kendall finds a decline since; else plateau.

    Valid for at least 6 years (made for 36 cities, 2005-2019).  Jiang et al. 2021, Climate Change Research
    17(2), doi 10.12006/j.issn.1673-1719.2020.223.
    """
    return _falling_since_peak(as_record(years, values, as_of), gap, level, with_spearman=False)


def shan2022(
    years: ArrayLike,
    values: ArrayLike,
    *,
    as_of: int | None = None,
    gdp: ArrayLike | None = None,
    population: ArrayLike | None = None,
    gap: int = 5,
    level: float = 0.05,
) -> RuleResult:
    """Apply ``jiang2021``, and tell proactive peaks from passive ones by what GDP and population did.

    A decline is passive when GDP or population fell since the maximum (sign of the least-squares slope), and
    proactive only where both are given and neither did.
    Valid for at least 6 years.  Shan et al. 2022, Science Bulletin 67(18), doi 10.1016/j.scib.2022.08.024.
    """
    record = as_record(years, values, as_of)
    result = _falling_since_peak(record, gap, level, with_spearman=False)
    if result.verdict != "peaked":
        return result
    fallen, lacking = [], []
    for name, extra in (("GDP", gdp), ("population", population)):
        series = companion(years, extra, record.as_of)
        part = None if series is None else series.between(record.peak_year, record.last_year)
        if part is None or len(part.years) <= 2 or {record.peak_year, record.last_year} - set(part.years.tolist()):
            lacking.append(name)
        elif trends.ols_slope(part.years, part.values).slope < 0:
            fallen.append(name)
    if fallen:
        kind = f"passive: {' and '.join(fallen)} fell"
    elif lacking:
        kind = f"{lacking[0]} not given" if len(lacking) == 1 else "economy not given"
    else:
        kind = "proactive"
    return RuleResult("peaked", result.peak_year, f"{result.detail}; {kind}")


def moving_window_mk(
    years: ArrayLike, values: ArrayLike, *, as_of: int | None = None, window: int = 10, level: float = 0.05
) -> RuleResult:
    """Classify the last window by Mann-Kendall: rising, plateau, or after the peak.

    Valid for gap-free series of at least ``window`` years.  The abstract gives no window or level.
    ASSUMED here: 10 years, 5 %.  Provincial near-real-time study of 2000-2024; no DOI seen.
    """
    record = as_record(years, values, as_of)
    if reason := record.unfit(shortest=window, every_year=True):
        return unknown(reason)
    kendall = trends.mann_kendall(record.values[-window:])
    detail = f"Mann-Kendall of the last {window} years z = {kendall.z:.2f}, p = {kendall.p:.3f}"
    if kendall.p >= level:
        return RuleResult("plateau", None, detail)
    if kendall.z > 0:
        return RuleResult("rising", None, detail)
    return RuleResult("peaked", record.peak_year, f"{detail}; maximum in {record.peak_year}{record.censoring_note}")


def city_peak_definition(
    years: ArrayLike, values: ArrayLike, *, as_of: int | None = None, band: float = 0.02
) -> RuleResult:
    """Find a peak, then a plateau, then a decline, where the plateau stays below the peak.

    Valid for gap-free series of at least 4 years.  The definition has no numbers; source: Chinese city
    peaking definition; no DOI.
    """
    # ASSUME: the plateau is the years within 2 % of the maximum; decline is shown by two years in a row
    # below it, the second not above the first.
    record = as_record(years, values, as_of)
    if reason := record.unfit(shortest=4, every_year=True):
        return unknown(reason)
    if record.years_since_peak == 0:
        return RuleResult("rising", None, f"highest in the last year, {record.last_year}")
    floor = (1.0 - band) * record.values.max()
    before, last = record.values[-2:]
    detail = f"maximum in {record.peak_year}; last year {1.0 - last / max(record.values.max(), TIE):.1%} below it"
    if record.years_since_peak >= 2 and before < floor and last < floor and last <= before:
        return RuleResult("peaked", record.peak_year, detail + record.censoring_note)
    return RuleResult("plateau", None, detail + "; no steady decline below the plateau yet")


def guan2018(
    years: ArrayLike, values: ArrayLike, *, as_of: int | None = None, variant: str = "recursive"
) -> RuleResult:
    """Call a series peaked when emissions are below their maximum and a cumulative-sum test finds a break downwards.

    ``recursive``: recursive residuals of emissions on last year's emissions (Brown, Durbin and Evans
    1975).  ``ols``: least-squares residuals of yearly growth around its mean (Ploberger and Kraemer
    1992).  The abstract says only "cumulative sum test"; the first returns its break year, 2015.  Valid for
    gap-free series of at least 10 years.  Guan et al. 2018, doi 10.1038/s41561-018-0161-1 (background).
    """
    if variant not in ("recursive", "ols"):
        raise ValueError(f"variant = {variant!r}: expected recursive or ols")
    return _cusum_verdicts([as_record(years, values, as_of)], variant)[0]


def guan2018_of_all(records: Sequence[Record]) -> list[RuleResult]:
    """Apply `guan2018` to many series at once."""
    return _cusum_verdicts(records, "recursive")


def _cusum_verdicts(records: Sequence[Record], variant: str) -> list[RuleResult]:
    # ASSUME: a break needs at least ten years of record; the abstract names no range.
    reasons = [record.unfit(shortest=10, every_year=True, positive=True) for record in records]
    fit = [record for record, reason in zip(records, reasons, strict=True) if not reason]
    breaks = iter(_recursive_cusums(fit) if variant == "recursive" else [_ols_cusum(record) for record in fit])
    answers = []
    for record, reason in zip(records, reasons, strict=True):
        if reason:
            answers.append(unknown(reason))
            continue
        broken, found = next(breaks)
        if record.years_since_peak == 0:
            answers.append(RuleResult("rising", None, f"highest in the last year, {record.last_year}; {found}"))
            continue
        verdict, year = ("peaked", record.peak_year) if broken else ("not_peaked", None)
        answers.append(RuleResult(verdict, year, f"maximum in {record.peak_year}; {found}"))
    return answers


def _recursive_cusums(records: Sequence[Record]) -> list[tuple[bool, str]]:
    """Test whether cumulated one-step forecast errors leave their 5 % bounds downwards, and when."""
    found: list[tuple[bool, str]] = [(False, "")] * len(records)
    by_length: dict[int, list[int]] = {}
    for at, record in enumerate(records):
        by_length.setdefault(len(record.years), []).append(at)
    for length, places in by_length.items():
        steps = length - 3
        bound = CUSUM_BOUND * np.sqrt(steps) * (1.0 + 2.0 * np.arange(1, steps + 1) / steps)
        errors = _forecast_errors(np.stack([records[at].values for at in places]))
        spread = np.maximum(np.std(errors, axis=1, ddof=1, keepdims=True), TIE)
        for at, ratio in zip(places, np.cumsum(errors, axis=1) / spread / bound, strict=True):
            if (ratio >= -1.0).all():
                found[at] = False, f"recursive CUSUM reaches {ratio.min():.2f} of its bound: no break downwards"
            else:
                year = int(records[at].years[3 + int((ratio < -1.0).argmax())])
                told = f"recursive CUSUM breaks downwards from {year} ({ratio.min():.2f} of its bound)"
                found[at] = True, told
    return found


def _forecast_errors(values: Floats) -> Floats:
    """Compute one-step forecast errors from a regression on all earlier pairs: (series, year from the fourth)."""
    scaled = values / values.mean(axis=1, keepdims=True)
    design = np.stack([np.ones_like(scaled[:, :-1]), scaled[:, :-1]], axis=-1)
    target = scaled[:, 1:, None]
    errors = []
    for row in range(2, target.shape[1]):
        known, next_one = design[:, :row], design[:, row, None]
        inverse = np.linalg.pinv(known.transpose(0, 2, 1) @ known)
        forecast = next_one @ (inverse @ known.transpose(0, 2, 1) @ target[:, :row])
        spread = np.sqrt(1.0 + next_one @ inverse @ next_one.transpose(0, 2, 1))
        errors.append(((target[:, row, None] - forecast) / spread)[:, 0, 0])
    return np.stack(errors, axis=1)


def _ols_cusum(record: Record) -> tuple[bool, str]:
    """Test whether mean growth breaks downwards at the 5 % level, and from which year."""
    growth = np.diff(np.log(record.values))
    errors = growth - growth.mean()
    spread = max(float(errors.std(ddof=1)), TIE)
    path = np.cumsum(errors) / (spread * np.sqrt(len(errors)))
    at = int(np.abs(path[:-1]).argmax())
    p = float(special.kolmogorov(np.abs(path[at])))
    slower = growth[at + 1 :].mean() < growth[: at + 1].mean()
    return bool(p < 0.05 and slower), f"OLS-CUSUM of growth p = {p:.2f}, largest from {record.years[at + 2]}"


def observed_peak_test(years: ArrayLike, values: ArrayLike, *, as_of: int | None = None) -> RuleResult:
    """Test against level emissions with autocorrelated noise; see :func:`observed_peaks`.

    Valid for at least 8 consecutive years of positive values.  Source: ``docs/peak_rules.md``.
    """
    return observed_peak_tests([as_record(years, values, as_of)])[0]


def observed_peak_tests(records: Sequence[Record]) -> list[RuleResult]:
    """Apply `observed_peak_test` to many series at once."""
    reasons = [record.unfit(shortest=SHORTEST_RECORD, every_year=True, positive=True) for record in records]
    fit = [record for record, reason in zip(records, reasons, strict=True) if not reason]
    tests = iter(observed_peaks(fit, declines=(PLATEAU_DECLINE,)))
    answers = []
    for reason in reasons:
        if reason:
            answers.append(unknown(reason))
        else:
            test = next(tests)
            answers.append(RuleResult(test.status, test.peak_year, test.detail))
    return answers
