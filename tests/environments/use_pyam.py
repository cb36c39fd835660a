"""Loads an export with pyam, and makes a frame from pathways without a file between: <stem> <park> <target>.

Needs this project on PYTHONPATH. What pyam holds is written for the test to compare.
"""

import sys
from pathlib import Path

import pyam

import pathway_models as pw

stem, park, target = Path(sys.argv[1]), pw.read_park(sys.argv[2]), Path(sys.argv[3])
csv, book = pyam.IamDataFrame(stem.with_suffix(".csv")), pyam.IamDataFrame(stem.with_suffix(".xlsx"))
csv.data.to_csv(target / "from_csv.csv", index=False, encoding="utf-8", float_format="%.9g")
book.data.to_csv(target / "from_xlsx.csv", index=False, encoding="utf-8", float_format="%.9g")
book.meta.reset_index().to_csv(target / "meta.csv", index=False, encoding="utf-8")
book.to_excel(target / "again.xlsx")
assert pyam.IamDataFrame(target / "again.xlsx").equals(book)
kilo = book.convert_unit("Mt CO2/yr", "kt CO2/yr").filter(unit="kt CO2/yr").data["value"].sum()
print(kilo / book.filter(unit="Mt CO2/yr").data["value"].sum())

scenarios = pw.read_scenarios().pick(list(pw.read_scenarios())[:2])
pathways = pw.project(park, scenarios, pw.sample(park, scenarios, members=6, seed=1, until=2040))
made = pw.to_pyam(pathways, park, run="tried")
made.to_csv(target / "made.csv")
made.meta.reset_index().to_csv(target / "made_meta.csv", index=False, encoding="utf-8")
print(len(pw.to_pyam(pathways, park, members=True).scenario))
