"""Jobs and outcomes: one park of a run as a worker receives and returns it."""

from dataclasses import asdict, dataclass, field
from pathlib import Path

from pathway_models.core.files import PARK_NOTEBOOK

#: Statuses of parks that have results.
CAME_OUT = ("done", "unchanged")


@dataclass(frozen=True)
class Outcome:
    """Result of running one park.

    Parameters
    ----------
    status : {"done", "unchanged", "failed", "refused", "cancelled"}
    cause : str
        Error and place in one line; empty when done.
    """

    park_id: str
    status: str
    seconds: float
    cause: str = ""

    @property
    def came_out(self) -> bool:
        """True when the park has results."""
        return self.status in CAME_OUT


@dataclass(frozen=True)
class Job:
    """Order to a worker: one park, and how to run it.

    Parameters
    ----------
    park_id : str
    folder : str
        Folder of the run.
    parameters : dict
        Of the notebook, without ``out``.
    key : str
        Hash of everything the results depend on.
    engine : str
        Name of a papermill engine.
    timeout : int
        Seconds one cell may take.
    memory : int
        Largest address space of a forked notebook, bytes; 0 for no limit.
    """

    park_id: str
    folder: str
    parameters: dict[str, object]
    key: str = ""
    engine: str = "pathways-kernel"
    timeout: int = 600
    memory: int = 0
    notebook: str = str(PARK_NOTEBOOK)
    basis: dict[str, object] = field(default_factory=dict)

    def record(self) -> dict[str, object]:
        """Return the job as JSON content."""
        return asdict(self)


def park_id_of(park: str) -> str:
    """Derive the folder name of a park given by id or by path."""
    return Path(park).stem if park.endswith((".csv", ".xlsx")) else park
