"""Write the regions, scenarios and mapping of the shipped nomenclature project in data/iamc from the register.

The definitions of the variables are written by hand. Run after a change of the register, the scenarios or the version.
"""

from pathlib import Path

import pathway_models as pw
from pathway_models.exports.iamc import write_codelists

ROOT = Path(__file__).resolve().parents[1]


def main() -> None:
    """Write the files of every park and region with data."""
    parks = [pw.read_park(entry.park_id) for entry in pw.read_register() if entry.has_data]
    for path in write_codelists(ROOT / "data" / "iamc", parks, pw.read_scenarios().values()):
        print(path.relative_to(ROOT).as_posix())


if __name__ == "__main__":
    main()
