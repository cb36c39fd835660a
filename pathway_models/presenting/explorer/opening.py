"""Opening the explorer from a notebook, from the command line, or by an address in a browser."""

from __future__ import annotations

import json
import os
from pathlib import Path
from urllib.parse import parse_qs

from pathway_models.intake.register import read_register
from pathway_models.presenting.explorer.panel import Explorer

#: What the command line asks for, handed to the notebook's kernel as JSON.
WISHES = "PATHWAYS_EXPLORE"


def explore(park: str, scenario_file: str | Path = "my_scenarios.yml", **given: object) -> Explorer:
    """Open the explorer; show its ``box``.

    What the command line asked for goes before the arguments, and a park named in the address of a page
    (``?park=region-d``) before both: an address opens parks of the register only, never a file.

    Parameters
    ----------
    park, scenario_file, **given
        As for `Explorer`.
    """
    wishes = {"park": park, "scenario_file": str(scenario_file), **given}
    wishes |= json.loads(os.environ.get(WISHES, "{}"))
    asked = parse_qs(os.environ.get("QUERY_STRING", "")).get("park", [""])[0]
    if asked in [entry.park_id for entry in read_register() if entry.has_data]:
        wishes["park"] = asked
    return Explorer(**wishes)
