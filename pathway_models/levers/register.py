"""The actions there are, by name: the one place that lists them.

An action of your own is a file beside these and a line in `ACTIONS`, or, outside the package, a call of `register`.
"""

from __future__ import annotations

from inspect import isabstract

from pathway_models.core.errors import RecordError
from pathway_models.levers.action import ON, Action
from pathway_models.levers.capture import Capture
from pathway_models.levers.grow_sinks import GrowSinks
from pathway_models.levers.reduce_intensity import ReduceIntensity
from pathway_models.levers.reduce_process import ReduceProcess
from pathway_models.levers.replace_activity import ReplaceActivity
from pathway_models.levers.retire_activity import RetireActivity
from pathway_models.levers.substitute import Substitute

ACTIONS: dict[str, Action] = {
    one.name: one
    for one in (
        ReplaceActivity(),
        RetireActivity(),
        ReduceIntensity(),
        Substitute(),
        ReduceProcess(),
        Capture(),
        GrowSinks(),
    )
}


def register(kind: type[Action]) -> type[Action]:
    """Add an action to `ACTIONS`, for this process; the name of one that is there is taken over.

    Raises
    ------
    RecordError
        Its part of the account does not exist, it does not derive from the class of its part, or a method is missing.
    """
    part = getattr(kind, "part", None)
    if part not in ON:
        raise RecordError(f"{kind.__name__}: part {part!r} is not one of {tuple(ON)}")
    if not issubclass(kind, ON[part]):
        raise RecordError(f"{kind.__name__}: an action on {part} derives from {ON[part].__name__}")
    needed = ("name", "label", "parameters", "counted", "counted_unit")
    lacking = [name for name in needed if not hasattr(kind, name)]
    lacking += sorted(kind.__abstractmethods__) if isabstract(kind) else []
    if lacking:
        raise RecordError(f"{kind.__name__}: {', '.join(lacking)} missing")
    ACTIONS[kind.name] = kind()
    return kind


def find_action(name: str) -> Action:
    """Look an action up.

    Raises
    ------
    RecordError
        There is no such action.
    """
    if name not in ACTIONS:
        raise RecordError(f"action {name!r} is not one of {tuple(ACTIONS)}")
    return ACTIONS[name]
