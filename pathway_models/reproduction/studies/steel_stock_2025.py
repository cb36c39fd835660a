"""China's steel to 2060: stock per head by GDP per head, scrap by lifetimes, output from stock and scrap.

Repository zzzzty29/China-s-Iron-and-Steel-Industry-Decarbonization-Model (source key steel_stock_model_2025).
A stock model is no form of ours: it gives the output of crude steel that a scenario may then state as a driver.
"""

import numpy as np
import pandas as pd
from scipy.optimize import curve_fit
from scipy.stats import norm

from pathway_models.intake.published import Estimate, Study
from pathway_models.reproduction.comparison import Answer, Answers

FIT_FROM, LAST_SEEN, LAST, EAF_BASE = 2007, 2024, 2060, 2020
#: Standard deviation of a lifetime as a share of its mean.
SPREAD = 0.5
MET = "stock per head from GDP per head, scrap by lifetimes; within what can be read off the figure"


def compute(study: Study) -> Answers:
    """Build stocks of seven uses year by year and answer the readings."""
    given = study.table()
    found = {(d, c): stocks(given, by_density=d, by_change=c) for d in (True, False) for c in (True, False)}
    paths = found[True, True]
    values = {estimate.key: Answer(_reading(paths, estimate), MET) for estimate in study.estimates}
    rows = [
        (
            "density" if density else "distribution", "change" if change else "level",
            sum(abs(_reading(path, e) - e.value) <= e.tolerance for e in study.estimates),
        )
        for (density, change), path in found.items()
    ]  # fmt: skip
    readings = pd.DataFrame(rows, columns=["lifetime_by", "future_stock_by", "values_met"])
    top, most = int(paths["production"].idxmax()), int(paths["stock"].idxmax())
    sentence = (
        f"Output is highest in {top}, {paths['production'].max() / 100:,.1f} Mt; "
        f"the stock in {most}, {paths['stock'].max() / 1e5:.1f} Gt."
    )
    return Answers(values, {"paths": (paths / 100.0).rename_axis("year"), "readings": readings}, {"peaks": sentence})


def _reading(paths: pd.DataFrame, estimate: Estimate) -> float:
    """Take the value of a published reading from paths in 万t."""
    item, _, year = estimate.quantity.rpartition("_")
    return float(paths.at[int(year), item]) / (1e5 if estimate.unit == "Gt" else 100.0)


def stocks(given: pd.DataFrame, by_density: bool = True, by_change: bool = True) -> pd.DataFrame:
    """Compute output, scrap, scrap in electric furnaces and stock by year, 万t.

    Parameters
    ----------
    given : DataFrame
        Columns name, key, value: series by year, numbers by use.
    by_density : bool
        Scrap at an age is the density of lifetimes there, else the part of the distribution that the year spans.
    by_change : bool
        The stock grows from that of 2024 by the logistic's changes, else jumps to its level.
    """
    numbers = {name: rows.set_index("key")["value"].astype(float) for name, rows in given.groupby("name")}
    series = {}
    for name in ("Output", "NetExport", "Population", "GDP"):
        series[name] = numbers[name].set_axis(numbers[name].index.astype(int)).sort_index()
    share = float(numbers["yield"].iloc[0])
    first = int(series["Output"].index[0])
    years = np.arange(first, LAST + 1)
    output = series["Output"].reindex(years).to_numpy()
    export = series["NetExport"].reindex(years).fillna(0.0).to_numpy()
    heads = series["Population"].reindex(years).to_numpy()
    wealth = series["GDP"].reindex(years).to_numpy() / heads
    seen = years <= LAST_SEEN
    used = np.where(seen, (output - export) * share, 0.0)
    scrap, stock, needed = np.zeros(years.size), np.zeros(years.size), np.zeros(years.size)
    for use, mean in numbers["lifetime"].items():
        part = numbers["use_share"][use] / 100.0
        flows = _flows(
            used * part, years, float(mean), heads, wealth, float(numbers["saturation"][use]), by_density, by_change
        )
        scrap += flows[1]
        stock += flows[2]
        needed += flows[0]
    output = np.where(seen, output, needed / share + export)
    at = EAF_BASE - first
    furnaces = float(numbers["eaf_2020"].iloc[0]) * scrap / scrap[at]
    columns = {"production": output, "scrap": scrap, "scrap_eaf": furnaces, "stock": stock}
    return pd.DataFrame(columns, index=years)


def _flows(
    used: np.ndarray, years: np.ndarray, mean: float, heads: np.ndarray, wealth: np.ndarray, saturation: float,
    by_density: bool, by_change: bool,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:  # fmt: skip
    """Follow one use: steel in, scrap out, stock, 万t a year and 万t."""
    ages = np.arange(years.size + 1)
    lifetime = norm(mean, SPREAD * mean)
    leaves = lifetime.pdf(ages[1:]) if by_density else np.diff(lifetime.cdf(ages))
    used, scrap, stock = used.copy(), np.zeros(years.size), np.zeros(years.size)
    last = int(np.flatnonzero(years == LAST_SEEN)[0])
    for now in range(last + 1):
        scrap[now] = used[:now][::-1] @ leaves[:now]
        stock[now] = (stock[now - 1] if now else 0.0) + used[now] - scrap[now]
    seen = slice(last - (LAST_SEEN - FIT_FROM), last + 1)
    wanted = heads * _fitted_logistic(wealth, stock / heads, saturation, seen)
    for now in range(last + 1, years.size):
        scrap[now] = used[:now][::-1] @ leaves[:now]
        stock[now] = stock[now - 1] + wanted[now] - wanted[now - 1] if by_change else wanted[now]
        used[now] = stock[now] - stock[now - 1] + scrap[now]
    return used, scrap, stock


def _fitted_logistic(wealth: np.ndarray, per_head: np.ndarray, saturation: float, seen: slice) -> np.ndarray:
    """Fit position and steepness of a logistic to the years seen and return it for all years."""

    def logistic(x: np.ndarray, a: float, b: float) -> np.ndarray:
        return saturation / (1.0 + a * np.exp(-b * x))

    terms, _ = curve_fit(logistic, wealth[seen], per_head[seen], p0=(10.0, 0.5), maxfev=20_000)
    return logistic(wealth, *terms)
