"""The package kaya-decomposition on a few regions: run by a Python that has it, not by ours.

    python kaya_rival.py FACTORS.npz

The file holds ``factors`` (factor, region, year): the six factors of its identity, whose product is the emissions, and
``years``.  Prints one line of JSON: seconds a region, and the largest residual of a region as a share of its emissions.
"""

import argparse
import json
import sys
import time
import warnings

import numpy as np
import pandas as pd

warnings.filterwarnings("ignore")
try:
    import pyam
    from kaya_decomposition import compute_lmdi_cumulative
    from kaya_decomposition.constants import kaya_variables
    from kaya_decomposition.lmdi_cumulative import FACTOR_TO_CUMULATIVE_NAME
except ImportError as error:
    sys.exit(f"{error}: run this by a Python that has kaya-decomposition, as benchmarks/engine.py does")


def frame(factors, years, region):
    """Return the input of the package for one region."""
    values = {**dict(zip(FACTOR_TO_CUMULATIVE_NAME, factors, strict=True)), kaya_variables.TFC: factors.prod(axis=0)}
    same = {"model": "m", "scenario": "s", "region": region, "unit": "Mt CO2/yr"}
    rows = [
        {**same, "variable": v, "year": int(y), "value": x[i]} for v, x in values.items() for i, y in enumerate(years)
    ]
    return pyam.IamDataFrame(pd.DataFrame(rows))


def main(path):
    """Time the decomposition of every region, the making of its frame left out."""
    with np.load(path) as held:
        factors, years = held["factors"], held["years"]
    spent, worst = [], 0.0
    for at in range(factors.shape[1]):
        given = frame(factors[:, at], years, f"region {at}")
        begin = time.perf_counter()
        try:
            found = compute_lmdi_cumulative(given, base_year=int(years[0])).data
            sums = found.groupby("year")["value"].sum().reindex(years).to_numpy()
        except Exception:
            sums = np.full(years.size, np.nan)
        spent.append(time.perf_counter() - begin)
        total = factors[:, at].prod(axis=0)
        residual = np.abs(sums - (total - total[0])) / np.abs(total).max()
        worst = max(worst, float(np.nan_to_num(residual, nan=1.0).max()))
    print(json.dumps({"seconds": float(np.median(spent)), "residual": worst}))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("factors", metavar="FACTORS.npz")
    main(parser.parse_args().factors)
