"""Put the data and the notebooks into the wheel; everything else about the package stands in pyproject.toml.

Both folders stand at the top of the repository. A wheel holds them as ``pathway_models/_shipped``, where
``pathway_models/core/files.py`` looks for them; an editable installation uses the repository's own.
"""

import shutil
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

ROOT = Path(__file__).resolve().parent
SHIPPED = ("data", "notebooks")
#: What only scripts read: sources that shipped tables were made from.
LEFT_OUT = (
    "data/demonstration",
    "data/raw/ceads_provinces_1997_2019.csv.gz",
    "data/raw/china_now",
    "data/raw/drivers",
    "data/raw/eip_parks.csv",
    "data/raw/eip_parks_seen_again.csv",
    "data/raw/panels",
    "data/raw/region_d",
    "data/raw/sites",
    "data/raw/zero_carbon_parks_batch1.csv",
    "data/sites",
)


def left_out(folder: str, names: list[str]) -> set[str]:
    """Name the files and folders of a folder that stay out of the wheel."""
    place = Path(folder).relative_to(ROOT)
    return {name for name in names if name.startswith((".", "__")) or (place / name).as_posix() in LEFT_OUT}


class BuildWithShippedFiles(build_py):
    """Build the package with the data and the notebooks inside."""

    def run(self) -> None:
        """Copy modules, then the shipped folders."""
        if self.editable_mode:
            super().run()
            return
        package = Path(self.build_lib) / "pathway_models"
        shutil.rmtree(package, ignore_errors=True)  # what an earlier build left would be packed again
        super().run()
        for name in SHIPPED:
            shutil.copytree(ROOT / name, package / "_shipped" / name, ignore=left_out)


setup(cmdclass={"build_py": BuildWithShippedFiles})
