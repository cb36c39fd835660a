"""The records everything passes around: frozen, valid from birth, arrays read-only."""

import copyreg
from dataclasses import dataclass
from types import MappingProxyType


def read_only(mapping: dict) -> MappingProxyType:
    """Return a view of a mapping that cannot be changed."""
    return MappingProxyType(mapping)


# Records can be sent to other processes: their read-only mappings travel as dicts.
copyreg.pickle(MappingProxyType, lambda mapping: (read_only, (dict(mapping),)))


@dataclass(frozen=True)
class Carrier:
    """An energy carrier: its names, its group, and the fuel of the official tables it maps to."""

    carrier: str
    name_zh: str
    name_en: str
    group: str
    fuel_cn: str
