"""Energy carriers: names, groups and the fuels of the official tables."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Carrier:
    """An energy carrier: its names, its group, and the fuel of the official tables it maps to."""

    carrier: str
    name_zh: str
    name_en: str
    group: str
    fuel_cn: str
