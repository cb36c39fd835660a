"""Region D to 2060 by six sectors: energy times factor, each a linear booster of drivers, with one picture mixed up.

Team solution, repository Dknt0/mathmodel, not peer reviewed (source key region_d_dknt0_2023).  Boosters of drivers
are no form of ours; they are restated here.
"""

import numpy as np
import pandas as pd

from pathway_models.intake.published import Study
from pathway_models.reproduction.comparison import Answer, Answers

ROUNDS, RATE = 500, 0.05
BASE = 2020
SECTORS = ("农林消费部门", "能源供应部门", "工业消费部门", "交通消费部门", "建筑消费部门")
WITHOUT_NOISE = "the team's drivers without its noise; within the reading of the figure and one run's noise"
MIXED_UP = "the picture was drawn with the inputs of on-time: with those we get {other:,.0f}, with its own {own:,.0f}"


def compute(study: Study) -> Answers:
    """Fit boosters on 2010-2020 and follow the drivers of three scenarios."""
    tables = {
        name: rows.pivot(index="year", columns="name", values="value")
        for name, rows in study.table().groupby("scenario")
    }
    history = tables.pop("history")
    paths = pd.DataFrame({name: _emissions(history, tables["natural"], own) for name, own in tables.items()})
    ahead = paths.loc[BASE + 1 :]
    values = {}
    for estimate in study.estimates:

        def of(scenario: str, quantity: str = estimate.quantity) -> float:
            if quantity == "peak_year":
                return float(ahead[scenario].idxmax())
            return float(ahead[scenario].max() if quantity == "highest" else paths.at[int(quantity[-4:]), scenario])

        ours = of(estimate.scenario)
        met = abs(ours - estimate.value) <= estimate.tolerance
        mixed = MIXED_UP.format(other=of("on_time"), own=ours)
        values[estimate.key] = Answer(ours, WITHOUT_NOISE if met else mixed)
    last = int(paths.index[-1])
    sentence = (
        f"With its own inputs ambitious ends at {paths.at[last, 'ambitious']:,.0f} 万t in {last}, with those "
        f"of on-time at {paths.at[last, 'on_time']:,.0f}; drawn is "
        f"{next(e.value for e in study.estimates if e.key[1:] == ('ambitious', f'co2_{last}')):,.0f}."
    )
    return Answers(values, {"paths": paths.rename_axis("year")}, {"ambitious": sentence})


def _emissions(history: pd.DataFrame, natural: pd.DataFrame, own: pd.DataFrame) -> pd.Series:
    """Add energy x factor of all sectors, 万t by year, observed years as fitted."""
    drivers = natural.copy()
    drivers[own.columns] = own
    every = pd.concat([history, drivers])
    share = "非化石能源产热电占比"
    terms = [
        (["人口", f"{s}GDP", f"{s}能源强度"], f"{s}能源消费量", [f"{s}化石能源占比", share], f"{s}碳排放因子")
        for s in SECTORS
    ]
    terms.append(
        (
            ["人口", "总GDP", "总能源强度"],
            "居民生活能源消费量",
            ["居民生活消费化石能源占比", share],
            "居民生活消费碳排放因子",
        )
    )
    parts = []
    for of_energy, energy, of_factor, factor in terms:
        parts.append(boosted(history, of_energy, energy, every) * boosted(history, of_factor, factor, every))
    return pd.Series(np.sum(parts, axis=0), index=every.index)


def boosted(history: pd.DataFrame, drivers: list[str], target: str, every: pd.DataFrame) -> np.ndarray:
    """Fit a linear booster by coordinate descent and return its values for all years.

    Each round moves the constant and then each coefficient by a part of its own least-squares step, so that with
    few rounds and drivers of unlike size the result is not that of least squares.
    """
    x, y = history[drivers].to_numpy(float), history[target].to_numpy(float)
    constant, slopes = y.mean(), np.zeros(len(drivers))
    residual = constant - y
    squares = (x**2).sum(axis=0)
    for _ in range(ROUNDS):
        step = -RATE * residual.mean()
        constant, residual = constant + step, residual + step
        for at in range(len(drivers)):
            step = -RATE * (residual @ x[:, at]) / squares[at]
            slopes[at] += step
            residual = residual + step * x[:, at]
    return constant + every[drivers].to_numpy(float) @ slopes
