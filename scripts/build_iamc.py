"""Write the regions, scenarios and mapping of the shipped nomenclature project in data/iamc from the register.

    python scripts/build_iamc.py [FOLDER]

FOLDER is written to instead of ``data/``.  The definitions of the variables are written by hand.  Run after a change
of the register, the scenarios or the version.
"""

from pathlib import Path

from _tables import output_folder

import pathway_models as pw
from pathway_models.exports.iamc import write_codelists


def main(folder: Path) -> None:
    """Write the files of every park and region with data below ``folder``."""
    parks = [pw.read_park(entry.park_id) for entry in pw.read_register() if entry.has_data]
    for path in write_codelists(folder / "iamc", parks, pw.read_scenarios().values()):
        print(path.relative_to(folder).as_posix())


if __name__ == "__main__":
    main(output_folder(__doc__))
