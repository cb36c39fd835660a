"""Names imported when they are first used, so that ``import pathway_models`` and the command line start at once."""

from collections.abc import Mapping
from importlib import import_module
from types import ModuleType
from typing import Any


def look_up(owner: str, homes: Mapping[str, str], name: str) -> Any:
    """Import the module that a name lives in and return the object.

    Parameters
    ----------
    owner : str
        Module that offers the name.
    homes : mapping name -> module below ``pathway_models``
        A home that ends in the name and holds nothing of that name is the object itself (``pw.plotting``); behind a
        colon stands the name that the object has at home, where it is another one.
    name : str

    Raises
    ------
    AttributeError
        The owner offers no such name.
    """
    if name not in homes:
        raise AttributeError(f"{owner} has no {name!r}; there are {', '.join(homes)}")
    home, _, own = homes[name].partition(":")
    module: ModuleType = import_module(f"pathway_models.{home}")
    return getattr(module, name, module) if home.split(".")[-1] == name else getattr(module, own or name)


class Shown:
    """Show a record in a notebook, and give it as a table (`pathways.tables`, loaded when one is asked for)."""

    def to_frame(self) -> Any:
        """Return a long table (pandas.DataFrame), one value a row, in canonical units."""
        return look_up(__name__, {"frame_of": "pathways.tables"}, "frame_of")(self)

    def _repr_html_(self) -> str:
        return look_up(__name__, {"html_of": "pathways.tables"}, "html_of")(self)
