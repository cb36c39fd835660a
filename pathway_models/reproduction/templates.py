"""Published scenario tables without results to compare: templates for runs of one's own, and what they lack."""

from __future__ import annotations

import io

import pandas as pd

from pathway_models.core.errors import Fault, InputError
from pathway_models.core.files import read_text
from pathway_models.intake.library import read_scenarios
from pathway_models.intake.published import published_folder
from pathway_models.records.levers import Scenario


def read_templates() -> pd.DataFrame:
    """Table the templates: file, citation, licence, verdict and what is missing for one of them to be judged."""
    text = read_text(published_folder() / "templates" / "missing.csv")
    return pd.read_csv(io.StringIO(text), keep_default_na=False)


def template_scenarios(table: str) -> dict[str, Scenario]:
    """Read the scenarios of a template, ready for any park.

    Parameters
    ----------
    table : str
        Name as in :func:`read_templates`.

    Raises
    ------
    InputError
        There is no such template.
    """
    known = [name for name in read_templates()["table"] if name]
    if table not in known:
        raise InputError([Fault("templates", "table", table, f"one of {', '.join(known)}", "correct the name")])
    path = published_folder() / "templates" / table
    own = set(pd.read_csv(io.StringIO(read_text(path)))["scenario"])
    return {name: scenario for name, scenario in read_scenarios(path).items() if name in own}
