"""Published peak rules that look at the maximum, its age and simple slopes; and our own rule.

Every rule has the signature ``rule(years, values, *, as_of=None, ...)`` and returns a
:class:`~pathway_models.kernels.rulings.Ruling`.  Equations, ranges of validity, sources and how sure
we are of each wording: ``docs/peak_rules.md``.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from pathway_models.kernels.rulings import TIE, Record, Ruling, as_record, companion, unknown
from pathway_models.kernels.trends import log_linear_rate, ols_slope
from pathway_models.kernels.turning_points import STATUS, PeakRule, turning_points

#: Smallest population, persons, of the countries that Lamb 2022 and Hausfather 2021 judge.
SMALLEST_COUNTRY = 1_000_000


def pathway(years: ArrayLike, values: ArrayLike, *, as_of: int | None = None, rule: PeakRule | None = None) -> Ruling:
    """Apply the rule of this project to an observed series: first maximum, plateau of 1 %, edges censored.

    It describes the record and does not test it: a dip of more than 1 % after the maximum is a peak here,
    whatever the noise.  Valid for at least three consecutive years.  Source: ``docs/peak_rules.md``.
    """
    record = as_record(years, values, as_of)
    if reason := record.unfit(shortest=3, every_year=True):
        return unknown(reason)
    points = turning_points(record.values, len(record.years) - 1, rule)
    status = STATUS[int(points.status)]
    run = f"{record.years[points.plateau_first]}-{record.years[points.plateau_last]}"
    if status == "observed":
        return Ruling("peaked", int(record.years[points.index]), f"plateau {run}, lower since (not a test)")
    if status == "at_start":
        return Ruling("peaked", None, f"highest in {record.years[0]}: the peak lies there or earlier")
    if status == "plateau":
        return Ruling("plateau", None, f"within the plateau width of the maximum again in {record.last_year}")
    return Ruling("rising", None, f"highest in the last year, {record.last_year}")


def bersalli2023(
    years: ArrayLike, values: ArrayLike, *, as_of: int | None = None, window: int = 5, gap: int = 9
) -> Ruling:
    """Peaked when the trailing 5-year mean is highest at least 9 years before the end.

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
        return Ruling("peaked", mean.peak_year, detail + mean.censoring_note)
    return Ruling("not_peaked", None, f"{detail}; needs {gap}")


def lamb2022(
    years: ArrayLike,
    values: ArrayLike,
    *,
    as_of: int | None = None,
    ghg: ArrayLike | None = None,
    population: ArrayLike | None = None,
    gap: int = 10,
    rate: float = -0.001,
) -> Ruling:
    """Peaked when the CO2 maximum is 10 years old and CO2 and GHG have declined since, GHG also of late.

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
        return Ruling("not_peaked", None, f"maximum in {record.peak_year}, less than {gap} years before the end")
    # ASSUME: without a series of all greenhouse gases the CO2 series stands for it; the fragile-state
    # filter of the study concerns countries and is left out.
    gases = companion(years, ghg, record.as_of) or record
    since, recent = record.peak_year, gases.last_year - 9
    spans = [(record, since), (gases, since), (gases, recent)]
    parts = [series.between(first, series.last_year) for series, first in spans]
    if any(len(part.years) < 3 or (part.values <= 0).any() for part in parts):
        return unknown("fewer than three positive values since the maximum or in the last ten years")
    co2, gas, late = (log_linear_rate(part.years, part.values, leap_adjusted=True).slope for part in parts)
    detail = (
        f"maximum in {since}{record.censoring_note}; since then CO2 {co2:+.2%} and GHG {gas:+.2%} a year, "
        f"GHG {late:+.2%} in the last ten years" + ("" if ghg is not None else " (CO2 stands for GHG)")
    )
    if co2 < rate and gas < 0 and late < 0:
        return Ruling("peaked", since, detail)
    return Ruling("not_peaked", None, detail)


def c40(years: ArrayLike, values: ArrayLike, *, as_of: int | None = None, gap: int = 5, drop: float = 0.10) -> Ruling:
    """Peaked when four criteria hold; not peaked when only the two on the maximum fail; else unknown.

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
        return Ruling("peaked", record.peak_year, detail + record.censoring_note)
    if fresh and not old and not excess:
        return Ruling("not_peaked", None, detail)
    return unknown(detail if fresh else f"{detail}; latest point {record.as_of - record.last_year} years old")


def lequere2019(
    years: ArrayLike,
    values: ArrayLike,
    *,
    as_of: int | None = None,
    window: tuple[int, int] = (2005, 2015),
    level: float = 0.05,
) -> Ruling:
    """Peaked when the maximum is no later than 2005 and the linear trend of 2005-2015 falls significantly.

    Valid for series that start before the window and cover every year of it.  Le Quere et al. 2019,
    doi 10.1038/s41558-019-0419-7.
    """
    record = as_record(years, values, as_of)
    part = record.between(*window)
    if len(part.years) < window[1] - window[0] + 1 or record.years[0] >= window[0]:
        return unknown(f"the rule needs every year of {window[0]}-{window[1]} and at least one before")
    # ASSUME: two-sided 5 % level; the wording seen says "significant" without a level.
    trend = ols_slope(part.years, part.values)
    relative = trend.slope / max(part.values.mean(), TIE)
    detail = (
        f"maximum in {record.peak_year}; trend {relative:+.2%} a year in {window[0]}-{window[1]}, p = {trend.p:.3f}"
    )
    if record.peak_year <= window[0] and trend.slope < 0 and trend.p < level:
        return Ruling("peaked", record.peak_year, detail + record.censoring_note)
    return Ruling("not_peaked", None, detail)


def hausfather2021(
    years: ArrayLike,
    values: ArrayLike,
    *,
    as_of: int | None = None,
    consumption: ArrayLike | None = None,
    gdp: ArrayLike | None = None,
    population: ArrayLike | None = None,
    window: tuple[int, int] = (2005, 2019),
) -> Ruling:
    """Absolutely decoupled: territorial and consumption CO2 fall over 2005-2019 while real GDP rises.

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
        return ols_slope(part.years, part.values).slope

    own = slope(record)
    if own is None:
        return unknown(f"the rule needs every year of {span}")
    if own >= 0:
        return Ruling("not_peaked", None, f"territorial emissions do not fall over {span}")
    people = companion(years, population, record.as_of)
    if people is not None and people.values[-1] < SMALLEST_COUNTRY:
        return unknown(f"population {people.values[-1]:.0f}; the rule is made for at least {SMALLEST_COUNTRY}")
    others = {"consumption": consumption, "gdp": gdp}
    slopes = {name: slope(companion(years, extra, record.as_of)) for name, extra in others.items()}
    sign = {"consumption": -1, "gdp": +1}
    lacking = [name for name, value in slopes.items() if value is None]
    lacking += ["population"] if people is None else []
    if any(value is not None and sign[name] * value <= 0 for name, value in slopes.items()):
        return Ruling("not_peaked", None, f"no fall of consumption emissions with rising GDP over {span}")
    if lacking:
        return unknown(f"territorial emissions fall over {span}; not given or with gaps: {', '.join(lacking)}")
    return Ruling("peaked", None, f"territorial and consumption emissions fall, GDP rises over {span}")
