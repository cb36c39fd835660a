"""Make the demonstration parks: invented tables from written assumptions.

Everything comes from ``data/demonstration/archetypes.yml`` and the official factor
tables; the noise comes from a seeded generator keyed by (seed, park, series), so a
park keeps its numbers when others are added.  The parks are INVENTED and say so in
their name, their description and every row.

Per sector ``s``, carrier ``c`` and year ``y`` (2016 = first year)::

    value_added[s, y] = value_added_2016[s] * prod(1 + growth[s, y]) * noise
    energy[s, c, y]   = value_added * intensity_2016 * (1 - decline)^(y - 2016) * mix[s, c, y] * noise

The noise of value added is also in the energy, as a real park's output would be.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from _tables import DATA, Row, output_folder, read_rows, significant, write_park

from pathway_models.core.units import TJ_PER_MWH, TJ_PER_TCE

SOURCE = CONFIDENCE = "invented"
#: Tonnes of standard coal equivalent in a value added of 亿元 at an intensity of 1 tce/万元.
TCE_PER_INTENSITY = 1e4


class Recipe:
    """The assumptions and factor tables all parks share."""

    def __init__(self) -> None:
        text = (DATA / "demonstration" / "archetypes.yml").read_text(encoding="utf-8")
        document = yaml.safe_load(text)
        self.common = {name: entry["value"] for name, entry in document["common"].items()}
        self.parks: dict[str, Any] = document["parks"]
        self.years = np.array(self.common["years"])
        fuel_names = {row["carrier"]: row["fuel_cn"] for row in read_rows(DATA / "carriers.csv")}
        calorific = {
            row["fuel_cn"]: float(row["ncv"])
            for row in read_rows(DATA / "factors" / "fuels.csv")
            if row["factor_set"] == self.common["factor_set"]
        }
        self.gj_per_unit = {carrier: calorific.get(fuel) for carrier, fuel in fuel_names.items()}
        self.process_factors = {row["process_id"]: row for row in read_rows(DATA / "factors" / "process_factors.csv")}

    def noise(self, park_id: str, series: str, size: str) -> np.ndarray:
        """Draw yearly multipliers around one, shape ``(years,)``."""
        key = zlib.crc32(f"{park_id}/{series}".encode())
        generator = np.random.default_rng([self.common["seed"], key])
        return 1.0 + self.common[size] * generator.standard_normal(self.years.size)

    def quantity(self, carrier: str, tce: float) -> tuple[float, str]:
        """Turn an energy in tce into the unit people report this carrier in."""
        unit = self.common["units"].get(carrier, "t")
        tj = tce * TJ_PER_TCE
        if unit == "tce":
            return tce, unit
        if unit == "GJ":
            return tj * 1e3, unit
        if unit == "万kWh":
            return tj / TJ_PER_MWH / 10.0, unit
        return tj * 1e3 / self.gj_per_unit[carrier], unit


def growth_index(growth: list[float]) -> np.ndarray:
    """Chain yearly growth rates to an index that starts at one."""
    return np.cumprod([1.0, *(1.0 + rate for rate in growth)])


def carrier_mix(sector: Mapping[str, Any], steps: np.ndarray) -> dict[str, np.ndarray]:
    """Return the share of each carrier by year; shares must stay positive and add up to one."""
    start, drift = sector["mix_2016"]["value"], sector["mix_drift"]["value"]
    mix = {
        carrier: start.get(carrier, 0.0) + drift.get(carrier, 0.0) * steps
        for carrier in dict.fromkeys([*start, *drift])
    }
    total = sum(mix.values())
    if not np.allclose(total, 1.0) or min(share.min() for share in mix.values()) < -1e-12:
        raise ValueError(f"carrier shares leave 0-1 or do not add up: {total}")
    return mix


def sector_rows(recipe: Recipe, park_id: str, name: str, sector: Mapping[str, Any]) -> Iterator[Row]:
    """Yield value added, energy and green power of one sector."""
    steps = recipe.years - recipe.years[0]
    value_added = sector["value_added_2016"]["value"] * growth_index(sector["growth"]["value"])
    value_added = value_added * recipe.noise(park_id, name, "noise_activity")
    intensity = sector["intensity_2016"]["value"] * (1.0 - sector["intensity_decline"]["value"]) ** steps
    tce = value_added * intensity * TCE_PER_INTENSITY
    green = sector.get("green_share", {"value": [0.0] * steps.size})["value"]
    used = {
        carrier: tce * share * recipe.noise(park_id, f"{name}/{carrier}", "noise_energy")
        for carrier, share in carrier_mix(sector, steps).items()
    }
    for place, year in enumerate(int(year) for year in recipe.years):
        yield invented(year, name, "value_added", "", value_added[place], "亿元")
        for carrier, amounts in used.items():
            amount, unit = recipe.quantity(carrier, float(amounts[place]))
            yield invented(year, name, "energy", carrier, amount, unit)
            if carrier == "electricity" and max(green) > 0:
                yield invented(year, name, "green_electricity", "", amount * green[place], unit)


def process_rows(recipe: Recipe, park_id: str, name: str, sector: Mapping[str, Any]) -> Iterator[Row]:
    """Yield process outputs and their factors; only factors that were seen may be used."""
    for process, entry in sector.get("processes", {}).items():
        factor = recipe.process_factors[process]
        if factor["confidence"] not in ("seen", "seen_multi") or factor["gas"] != "CO2":
            raise ValueError(f"{process}: only CO2 factors that were seen may be used")
        note = f"factor of process_factors.csv ({factor['source_key']}, {factor['confidence']})"
        output = entry["output_2016"]["value"] * growth_index(entry["growth"]["value"])
        output = output * recipe.noise(park_id, f"{name}/{process}", "noise_activity")
        for place, year in enumerate(int(year) for year in recipe.years):
            yield invented(year, name, "product", process, output[place], entry["output_2016"]["unit"])
            yield invented(year, name, "process_factor", process, float(factor["value"]), "tCO2/t", note)


def park_rows(recipe: Recipe, park_id: str, park: Mapping[str, Any]) -> Iterator[Row]:
    """Yield all rows of one park."""
    for name, sector in park["sectors"].items():
        yield from sector_rows(recipe, park_id, name, sector)
        yield from process_rows(recipe, park_id, name, sector)
    note = "urban tree green space of one city (zeng_2024_pinghu, seen)"
    for year in (int(year) for year in recipe.years):
        yield invented(year, "park", "green_area", "", park["green_area"]["value"], "ha")
        yield invented(year, "park", "sequestration", "", recipe.common["sequestration"], "tCO2/ha", note)
        yield invented(year, "park", "population", "", park["population"]["value"], "万人")


def invented(year: int, sector: str, quantity: str, item: str, value: float, unit: str, note: str = "") -> Row:
    """Make a row that says it is invented."""
    return Row(year, sector, quantity, item, significant(value, 6), unit, SOURCE, CONFIDENCE, note)


def sidecar(recipe: Recipe, park_id: str, park: Mapping[str, Any]) -> dict[str, Any]:
    """Describe one park; the invented mark stands in name, flag, licence and notes."""
    return {
        "park_id": park_id,
        "name_zh": park["name_zh"],
        "name_en": park["name_en"],
        "kind": "park",
        "archetype": park["archetype"],
        "province": "",
        "invented": True,
        "activity": "value_added",
        "price_year": recipe.common["price_year"],
        "factor_set": recipe.common["factor_set"],
        "grid_factor": recipe.common["grid_factor"],
        "boundary": park["boundary"],
        "source": [SOURCE],
        "licence": "Apache-2.0; invented data of this project / Apache-2.0；本项目的虚构数据",
        "notes": [
            "INVENTED: this park does not exist. Its numbers come from the assumptions in "
            "data/demonstration/archetypes.yml and seeded noise; no result for it is evidence about "
            "any real park. / "
            "虚构：本园区并不存在。其数值来自data/demonstration/archetypes.yml中的假设和给定种子的噪声；任何结果都"
            "不能作为真实园区的证据。",
            "ASSUME: the national grid factor of 2021 stands for all five years, because no verified "
            "provincial factor exists for 2016-2020. / "
            "假设（ASSUME）：2016—2020年没有经核实的省级电网因子，五年均采用2021年全国电网因子。",
            "2020 carries a dip of demand; whether it is set aside as a one-off year is a choice of the analysis. / "
            "2020年需求下降；是否作为一次性年份剔除由分析者选择。",
        ],
    }


def main(folder: Path) -> None:
    """Write every demonstration park below ``folder``."""
    recipe = Recipe()
    for park_id, park in recipe.parks.items():
        write_park(folder, park_rows(recipe, park_id, park), sidecar(recipe, park_id, park))


if __name__ == "__main__":
    main(output_folder(__doc__))
