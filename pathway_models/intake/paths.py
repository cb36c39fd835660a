"""Where the shipped data and notebooks stand: the one place that knows."""

from __future__ import annotations

import os
from pathlib import Path

from pathway_models.foundations.errors import Fault, InputError

#: The package itself.  Resolved once: following links takes longer than reading a cell.
PACKAGE_FOLDER = Path(__file__).resolve().parents[1]
_PACKED = PACKAGE_FOLDER / "_shipped"
#: Folder with ``data`` and ``notebooks``: the repository, or the copy that the wheel holds (``setup.py``).
SHIPPED_FOLDER = _PACKED if _PACKED.is_dir() else PACKAGE_FOLDER.parent
#: The notebook that is run for every park.
PARK_NOTEBOOK = SHIPPED_FOLDER / "notebooks" / "02_park_pathways.ipynb"
#: The notebook behind ``pathways explore``.
EXPLORER_NOTEBOOK = SHIPPED_FOLDER / "notebooks" / "06_explore.ipynb"
_SHIPPED_DATA = SHIPPED_FOLDER / "data"


def data_folder() -> Path:
    """The folder of the shipped data, or the one named by the variable ``PATHWAY_DATA``.

    Raises
    ------
    InputError
        The variable names no folder.
    """
    given = os.environ.get("PATHWAY_DATA")
    if given and not os.path.isdir(given):
        expected, remedy = "the folder of the data", "correct the variable or leave it out"
        raise InputError([Fault("environment", "PATHWAY_DATA", given, expected, remedy, code="data_folder")])
    return Path(given) if given else _SHIPPED_DATA


def fingerprint(path: Path) -> tuple[str, str]:
    """Name and SHA-256 of a file, for the provenance of a result."""
    import hashlib  # not needed to list parks, which shall start at once

    return path.name, hashlib.sha256(path.read_bytes()).hexdigest()
