"""Growth laws by name: every file of this folder, or one below, that registers one is found; so is one of one's own."""

from collections.abc import Callable, Mapping
from functools import cache
from importlib import import_module
from pathlib import Path

from pathway_models.core.errors import PathwayError
from pathway_models.records.assumptions import Assumptions
from pathway_models.records.growth_laws import GrowthLaw, Stream

#: What a law forecasts: totals or an energy index, activity, energy per activity, the log of a carrier's share, and
#: population as an activity.
USES = ("emissions", "activity", "intensity", "mix", "population")
#: Makes the law of a use: fitted where the assumptions hold its parameters, else to be fitted to panels.
Build = Callable[[str, Assumptions | None], GrowthLaw]

_BUILDS: dict[str, Build] = {}


def register(name: str) -> Callable[[Build], Build]:
    """Register what makes a law under a name; use as a decorator.

    Raises
    ------
    PathwayError
        The name is taken.
    """

    def added(build: Build) -> Build:
        taken = _BUILDS.get(name)
        if taken is not None and taken.__module__ != build.__module__:
            raise PathwayError(f"growth law {name!r} is registered already, by {taken.__module__}")
        _BUILDS[name] = build
        return build

    return added


@cache
def _import_all() -> None:
    package = __name__.rpartition(".")[0]
    folder = Path(__file__).parent
    for file in sorted([*folder.glob("*.py"), *folder.glob("*/*.py")]):
        import_module(".".join([package, *file.relative_to(folder).with_suffix("").parts]))


def law_names() -> tuple[str, ...]:
    """List the names of all registered laws."""
    _import_all()
    return tuple(sorted(_BUILDS))


def law_named(name: str, use: str = "emissions", assumptions: Assumptions | None = None) -> GrowthLaw:
    """Make a registered law.

    Parameters
    ----------
    name : str
    use : str
        One of `USES`.
    assumptions : Assumptions, optional
        For laws whose parameters or long-run growth are assumptions.

    Raises
    ------
    PathwayError
        No law of that name is registered, or it needs assumptions.
    """
    if name not in law_names():
        raise PathwayError(f"no growth law {name!r}; registered are {', '.join(law_names())}")
    return _BUILDS[name](use, assumptions)


def laws_of(assumptions: Assumptions) -> Mapping[str, GrowthLaw]:
    """Look up the laws of parks by use: the fits of the assumptions, else their law as shipped.

    Raises
    ------
    PathwayError
        The law has no shipped parameters and was not fitted.
    """
    laws = {use: assumptions.fits.get(use) or law_named(assumptions.law, use, assumptions) for use in USES}
    lacking = [use for use, law in laws.items() if not law.is_fitted]
    if lacking:
        raise PathwayError(
            f"growth law {assumptions.law!r} has no parameters for {', '.join(lacking)}: fit it by"
            f" pw.with_law(assumptions, {assumptions.law!r})"
        )
    return laws


def streams_of(assumptions: Assumptions) -> tuple[Stream, ...]:
    """List the standard normals that the laws of parks need beside the usual ones, each once."""
    return tuple(dict.fromkeys(stream for law in laws_of(assumptions).values() for stream in law.streams))


def moves_mix(assumptions: Assumptions) -> bool:
    """Tell whether shares of carriers drift under the law of parks, so that their draws are needed."""
    return getattr(laws_of(assumptions)["mix"], "moves", True)
