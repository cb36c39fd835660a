"""Draw the figures that README and docs show, from the shipped data.

Usage: python scripts/make_figures.py [FOLDER]
"""

from __future__ import annotations

from itertools import product
from pathlib import Path

import matplotlib
from _tables import places

matplotlib.use("Agg")

import matplotlib.pyplot as plt

import pathway_models as pw

ROOT = Path(__file__).resolve().parents[1]
MEMBERS, SEED = 1000, 20240401


def main(folder: Path) -> None:
    """Draw the fan of region-d under business as usual and under every lever, in both languages."""
    folder.mkdir(parents=True, exist_ok=True)
    park = pw.read_park("region-d")
    scenarios = pw.read_scenarios().pick(["bau", "deep"])
    pathways = pw.project(park, scenarios, pw.sample(park, scenarios, members=MEMBERS, seed=SEED))
    peaks, inventory = pw.find_peaks(pathways), pw.take_inventory(park)
    for scenario, lang in product(scenarios, ("en", "zh")):
        figure = pw.plotting.fan(pathways, scenario, peaks=peaks, park=park, inventory=inventory, lang=lang)
        figure.savefig(folder / f"region-d-{scenario}{'.zh' if lang == 'zh' else ''}.png", dpi=110)
        plt.close(figure)


if __name__ == "__main__":
    main(*places(__doc__, OUT=ROOT / "docs" / "figures"))
