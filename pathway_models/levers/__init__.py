"""Register of actions: every action defined in a file of this folder is found.

Your own action is a file beside these, or, outside the package, a call of `register`.
"""

from importlib import import_module
from inspect import isabstract
from pathlib import Path

from pathway_models.core.errors import RecordError
from pathway_models.levers.action import ON, SINKS, Action

#: Parts of the account in the order in which actions are listed.
ORDER = ("structure", "intensity", "mix", "process", "capture", SINKS)
#: Actions by name, in this order.
ACTIONS: dict[str, Action] = {}


def register(kind: type[Action]) -> type[Action]:
    """Add an action to `ACTIONS`, for this process; it replaces one of the same name.

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


def _find_all() -> None:
    found: list[type[Action]] = []
    for file in sorted(Path(__file__).parent.glob("*.py")):
        if file.stem not in ("__init__", "action"):
            inside = vars(import_module(f"{__name__}.{file.stem}")).values()
            found += [kind for kind in inside if isinstance(kind, type) and kind.__module__.endswith(f".{file.stem}")]
    actions = [kind for kind in found if issubclass(kind, Action)]
    for kind in sorted(actions, key=lambda kind: (ORDER.index(kind.part), kind.name)):
        register(kind)


_find_all()
