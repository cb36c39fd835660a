"""Small parks and small notebooks, so that tests of running are about running and not about emissions."""

import shutil
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_notebook

from pathway_models.batch.running import Request
from pathway_models.core.files import data_folder

PARAMETERS = """\
park: str = ""
scenarios: list = []
members: int = 1
seed: int = 1
until: int = 2040
before: int = 2030
as_of: int = 2026
lang: str = "en"
out: str = ""
"""
READ = "from pathlib import Path\nimport pathway_models as pw\nthe_park = pw.read_park(park)\nthe_park.park_id"
WRITE = (
    "rows = [f'{the_park.park_id},{year},{total:.3f}' for year, total in"
    " zip(the_park.years, pw.take_inventory(the_park).total())]\n"
    "Path(out, 'totals.csv').write_text('\\n'.join(['park_id,year,total', *rows]) + '\\n', encoding='utf-8')"
)
KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}


def make_parks(folder, names):
    """Copy a demonstration park under other names; return the paths of its tables."""
    source = data_folder() / "parks" / "demo-cement"
    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        shutil.copyfile(source.with_suffix(".csv"), folder / f"{name}.csv")
        text = source.with_suffix(".yml").read_text(encoding="utf-8")
        (folder / f"{name}.yml").write_text(text.replace("demo-cement", name), encoding="utf-8")
    return tuple(str(folder / f"{name}.csv") for name in names)


def make_notebook(path, *between):
    """A notebook with the parameters of the batch that writes one table; cells may be put before the writing."""
    cells = [new_code_cell(text) for text in (PARAMETERS, READ, *between, WRITE)]
    cells[0].metadata["tags"] = ["parameters"]
    for at, cell in enumerate(cells):
        cell.id = f"cell-{at:02d}"
    nbformat.write(new_notebook(cells=cells, metadata={"kernelspec": KERNEL}), path)
    return Path(path)


def request(parks, notebook, **options):
    return Request(parks=tuple(parks), notebook=notebook, members=1, seed=1, until=2040, **options)


def tables(folder):
    """Every computed table of a run's folder, by park and name."""
    return {
        f"{path.parent.name}/{path.name}": path.read_bytes()
        for path in sorted(Path(folder).glob("*/*.csv"))
        if not path.parent.name.startswith(".")
    }


def statuses(run):
    return {outcome.park_id: outcome.status for outcome in run.ordered()}
