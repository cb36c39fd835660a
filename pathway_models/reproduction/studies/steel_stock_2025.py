"""China's steel to 2060: stock per head by GDP per head, scrap by lifetimes, output by what stock and scrap ask for.

Repository zzzzty29/China-s-Iron-and-Steel-Industry-Decarbonization-Model (source key steel_stock_model_2025).
A stock model is no form of ours: it gives the output of crude steel that a scenario may then state as a driver.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.optimize import curve_fit
from scipy.stats import norm

from pathway_models.intake.published import Study
from pathway_models.reproduction.comparison import Answer, Answers

FIT_FROM, LAST_SEEN, LAST, EAF_BASE = 2007, 2024, 2060, 2020
#: Standard deviation of a lifetime as a share of its mean.
SPREAD = 0.5
MET = "stock per head from GDP per head, scrap by lifetimes; within what can be read off the figure"
ROUTES = "not met: of the stock's fit and of the furnaces' growth the text of the model is all that is known"


def compute(study: Study) -> Answers:
    """Build stocks of seven uses year by year and answer the readings."""
    given = study.table()
    paths = stocks(given)
    values = {}
    for estimate in study.estimates:
        item, _, year = estimate.quantity.rpartition("_")
        ours = float(paths.at[int(year), item]) / (1e5 if estimate.unit == "Gt" else 100.0)
        met = abs(ours - estimate.value) <= estimate.tolerance
        values[estimate.key] = Answer(ours, MET if met else ROUTES)
    top, most = int(paths["production"].idxmax()), int(paths["stock"].idxmax())
    sentence = (
        f"Output is highest in {top}, {paths['production'].max() / 100:,.1f} Mt; "
        f"the stock in {most}, {paths['stock'].max() / 1e5:.1f} Gt."
    )
    return Answers(values, {"paths": (paths / 100.0).rename_axis("year")}, {"peaks": sentence})


def stocks(given: pd.DataFrame) -> pd.DataFrame:
    """Compute output, scrap, scrap in electric furnaces and stock by year, 万t.

    Parameters
    ----------
    given : DataFrame
        Columns name, key, value: series by year, numbers by use.
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
        flows = _flows(used * part, years, float(mean), heads, wealth, float(numbers["saturation"][use]))
        scrap += flows[1]
        stock += flows[2]
        needed += flows[0]
    output = np.where(seen, output, needed / share + export)
    at = EAF_BASE - first
    furnaces = float(numbers["eaf_2020"].iloc[0]) * scrap / scrap[at]
    columns = {"production": output, "scrap": scrap, "scrap_eaf": furnaces, "stock": stock}
    return pd.DataFrame(columns, index=years)


def _flows(
    used: np.ndarray, years: np.ndarray, mean: float, heads: np.ndarray, wealth: np.ndarray, saturation: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Follow one use: steel in, scrap out, stock, 万t a year and 万t."""
    leaves = np.diff(norm.cdf(np.arange(years.size + 1), mean, SPREAD * mean), prepend=0.0)[1:]
    used, scrap, stock = used.copy(), np.zeros(years.size), np.zeros(years.size)
    last = int(np.flatnonzero(years == LAST_SEEN)[0])
    fitted = slice(int(np.flatnonzero(years == FIT_FROM)[0]), last + 1)
    position = None
    for now in range(years.size):
        scrap[now] = float(used[:now][::-1] @ leaves[:now])
        before = stock[now - 1] if now else 0.0
        if now <= last:
            stock[now] = before + used[now] - scrap[now]
            continue
        if position is None:
            position = curve_fit(
                lambda x, a, b: saturation / (1.0 + a * np.exp(-b * x)),
                wealth[fitted], stock[fitted] / heads[fitted], p0=(10.0, 0.5), maxfev=20_000,
            )[0]  # fmt: skip
        a, b = position
        stock[now] = heads[now] * saturation / (1.0 + a * np.exp(-b * wealth[now]))
        used[now] = stock[now] - before + scrap[now]
    return used, scrap, stock
