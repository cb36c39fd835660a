"""Tables of plans written for a test: one good line each, of which a test changes cells."""

from builders import mixed_park

from pathway_models.intake.plans.reading import COLUMNS as PROJECTS
from pathway_models.intake.plans.reading import read_plans, with_plans
from pathway_models.intake.plans.scenario_tables import OVERRIDE_COLUMNS as OVERRIDES

PROJECT = {
    "project": "boiler",
    "sector": "works",
    "start": "2023",
    "ramp_years": "2",
    "probability": "1",
    "quantity": "energy",
    "item": "bituminous",
    "value": "100",
    "unit": "TJ",
    "source": "invented",
    "confidence": "invented",
}
TARGET = {
    "driver": "activity",
    "sector": "works",
    "year": "2030",
    "kind": "level",
    "value": "200",
    "unit": "million CNY",
    "source": "invented",
    "confidence": "invented",
}


def write(path, columns, lines):
    """Write a table of lines given by their filled cells."""
    rows = [",".join(columns), *(",".join(str(line.get(name, "")) for name in columns) for line in lines)]
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return path


def plans_of(folder, projects=(), targets=(), park=None):
    """Plans read from tables of the good line with changed cells, one dict a line."""
    park = park or mixed_park()
    paths = {}
    if projects:
        lines = [PROJECT | line for line in projects]
        paths["projects"] = write(folder / "tiny.projects.csv", PROJECTS, lines)
    if targets:
        lines = [TARGET | line for line in targets]
        paths["overrides"] = write(folder / "tiny.overrides.csv", OVERRIDES, lines)
    return read_plans(park, **paths)


def planned(folder, projects=(), targets=(), park=None):
    """The mixed park, or another, with such plans."""
    park = park or mixed_park()
    return with_plans(park, plans_of(folder, projects, targets, park))
