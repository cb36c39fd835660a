"""Plans of a park: reading them, putting them on the park, taking them off, and the years it sets aside."""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import numpy as np

from pathway_models.core.errors import Fault, InputError
from pathway_models.core.files import fingerprint
from pathway_models.intake.factors.tables import default_factor, read_carriers
from pathway_models.intake.plans.overrides import read_targets
from pathway_models.intake.plans.projects import read_projects
from pathway_models.records.park import Park, Process, one_off_problem, set_aside
from pathway_models.records.plans import DriverTarget, Plans, Project

#: How the files beside a park's table are called.
PROJECTS, OVERRIDES = ".projects.csv", ".overrides.csv"


def read_plans(park: Park, projects: str | Path | None = None, overrides: str | Path | None = None) -> Plans:
    """Read committed projects and overrides of drivers.

    Parameters
    ----------
    park : Park
        Says which sectors, carriers and processes there are.
    projects, overrides : str or Path, optional
        Tables with the columns described in ``data/README.md``.

    Returns
    -------
    Plans
        To be put on the park by `with_plans`.

    Raises
    ------
    InputError
        Every fault of both files.
    """
    faults: list[Fault] = []
    files, found, factors, targets = [], (), {}, ()
    if projects is not None:
        found, factors = read_projects(Path(projects), park, faults)
        files.append(Path(projects))
    if overrides is not None:
        targets = read_targets(Path(overrides), park, faults)
        files.append(Path(overrides))
    if faults:
        raise InputError(faults)
    return Plans(
        projects=found,
        targets=targets,
        files=tuple(fingerprint(path) for path in files),
        notes=tuple(_notes([path.name for path in files], found, targets)),
        factors=tuple((process, sector, unit, value) for (sector, process), (unit, value) in factors.items()),
    )


def _notes(files: list[str], projects: tuple[Project, ...], targets: tuple[DriverTarget, ...]) -> Iterable[str]:
    """What has to be shown with every result, English and Chinese in one."""
    listed = ", ".join(files)
    if projects:
        yield (
            f"PLANS: {len(projects)} committed projects stand on top of the baseline ({listed})."
            f" / 基线之上叠加了{len(projects)}个已定项目。"
        )
    if targets:
        drivers = len({target.key for target in targets})
        yield (
            f"PLANS: the paths of {drivers} drivers are given by the user, not forecast ({listed})."
            f" / {drivers}个驱动因素的路径由用户给定，并非预测。"
        )
    both = sorted({project.sector for project in projects} & {target.sector for target in targets})
    if both:
        names = ", ".join(both)
        yield (
            f"PLANS: in {names} the given paths hold without the projects, whose loads come on top."
            f" / {names}：给定路径不含项目负荷，项目负荷另行叠加。"
        )


def with_plans(park: Park, plans: Plans) -> Park:
    """The park with some plans in place of those it had.

    Parameters
    ----------
    park : Park
    plans : Plans
        Made by `read_plans` for this park.

    Returns
    -------
    Park
        With the carriers and processes that the plans bring in, at zero in all observed years.
    """
    bare = without_plans(park)
    return replace(
        _with_processes(_with_carriers(bare, plans), plans),
        plans=plans,
        notes=(*bare.notes, *plans.notes),
        files=(*bare.files, *plans.files),
    )


def without_plans(park: Park) -> Park:
    """The park without its plans; carriers and processes they brought in stay, at zero."""
    if not park.plans:
        return park
    notes, files = park.plans.notes, park.plans.files
    return replace(
        park,
        plans=Plans(),
        notes=tuple(note for note in park.notes if note not in notes),
        files=tuple(file for file in park.files if file not in files),
    )


def _with_carriers(park: Park, plans: Plans) -> Park:
    named = [load.item for one in plans.projects for load in one.loads if load.quantity == "energy" and load.value]
    named += [target.item for target in plans.targets if target.driver == "share" and target.value]
    new = tuple(name for name in dict.fromkeys(named) if name not in park.carriers)
    if not new:
        return park
    library, shape = read_carriers(), (len(park.sectors), len(new), park.years.size)
    level = np.array([default_factor(park.factor_set, library[name]) for name in new], dtype=float)
    factors = np.broadcast_to(level[:, None], shape)
    return replace(
        park,
        carriers=(*park.carriers, *new),
        groups=(*park.groups, *(library[name].group for name in new)),
        energy=np.concatenate([park.energy, np.zeros(shape)], axis=1),
        factors=np.concatenate([park.factors, factors], axis=1),
    )


def _with_processes(park: Park, plans: Plans) -> Park:
    known = {(park.sectors[process.sector], process.name) for process in park.processes}
    new = [one for one in plans.factors if (one[1], one[0]) not in known]
    if not new:
        return park
    zero = np.zeros((len(new), park.years.size))
    level = np.array([factor for *_, factor in new])
    return replace(
        park,
        processes=(*park.processes, *(Process(name, park.sectors.index(s), unit) for name, s, unit, _ in new)),
        outputs=np.concatenate([park.outputs, zero]),
        process_factors=np.concatenate([park.process_factors, zero + level[:, None]]),
    )


def with_plans_beside(park: Park, table: Path) -> Park:
    """The park with the plans that lie beside its table, if any do, and a note on the years it sets aside.

    Raises
    ------
    InputError
        Every fault of them.
    """
    park = set_aside(park, park.one_off_years) if park.one_off_years else park
    memo_items = [table.with_name(f"{park.park_id}{ending}") for ending in (PROJECTS, OVERRIDES)]
    projects, overrides = (path if path.is_file() else None for path in memo_items)
    return with_plans(park, read_plans(park, projects, overrides)) if projects or overrides else park


def one_off_faults(file: str, years: np.ndarray, one_off: Iterable[int]) -> list[Fault]:
    """What is wrong with the one-off years of a description."""
    one_off = list(one_off)
    wrong = one_off_problem(years, one_off) if one_off else ""
    if not wrong:
        return []
    expected = "observed years, with at least three others left"
    return [Fault(file, "one_off_years", ", ".join(map(str, one_off)), expected, wrong, code="one_off_years")]
