"""YAML files as checked models: every fault with its line, doubled keys refused, size bounded."""

from __future__ import annotations

from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from pathway_models.core.errors import Fault, InputError

Model = TypeVar("Model", bound=BaseModel)
Keys = tuple[str | int, ...]


#: Beyond these a file is no description: aliases of aliases would unfold to billions of values.
MOST_VALUES, DEEPEST, LARGEST = 200_000, 50, 20 * 2**20


class _TooLargeError(Exception):
    """The file unfolds to more than any description holds."""


def _walk(node: yaml.Node, keys: Keys, lines: dict[Keys, int], doubled: list[tuple[Keys, int]]) -> None:
    if len(lines) >= MOST_VALUES or len(keys) > DEEPEST:
        raise _TooLargeError
    lines[keys] = node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            if key.value in seen:
                doubled.append(((*keys, key.value), key.start_mark.line + 1))
            seen.add(key.value)
            _walk(value, (*keys, key.value), lines, doubled)
    elif isinstance(node, yaml.SequenceNode):
        for at, value in enumerate(node.value):
            _walk(value, (*keys, at), lines, doubled)


def _parsed(text: str) -> tuple[yaml.Node | None, Any]:
    """Parse nodes and content once; by libyaml, ten times as fast, unless there is an error to put in words."""
    for kind in (getattr(yaml, "CSafeLoader", yaml.SafeLoader), yaml.SafeLoader):
        loader = kind(text)
        try:
            node = loader.get_single_node()
            return node, None if node is None else loader.construct_document(node)
        except (yaml.YAMLError, ValueError):
            if kind is yaml.SafeLoader:
                raise
        finally:
            loader.dispose()
    raise AssertionError("the second loader returns or raises")


def read_yaml(path: Path) -> tuple[Any, dict[Keys, int]]:
    """Read a YAML file and the line of each of its values.

    Raises
    ------
    InputError
        The file is missing, is not UTF-8 or not YAML, or says a key twice (which YAML readers accept silently).
    """
    lines: dict[Keys, int] = {}
    doubled: list[tuple[Keys, int]] = []
    try:
        if path.stat().st_size > LARGEST:
            raise _TooLargeError
        node, content = _parsed(path.read_text(encoding="utf-8-sig"))
        if node is not None:
            _walk(node, (), lines, doubled)
    except (_TooLargeError, RecursionError):
        remedy = "it unfolds to far more values, or deeper, than a description holds; do not trust this file"
        fault = Fault(path.name, "file", "", f"at most {MOST_VALUES} values", remedy, code="yaml_large")
        raise InputError([fault]) from None
    except OSError as error:
        remedy = f"check the name: {error.strerror}"
        raise InputError([Fault(path.name, "file", "", "a file to read", remedy, code="no_file")]) from None
    except UnicodeDecodeError as error:
        place = f"byte {error.start}"
        fault = Fault(path.name, place, "", "UTF-8 text", "save the file as UTF-8", code="not_utf8")
        raise InputError([fault]) from None
    except (yaml.YAMLError, ValueError) as error:  # ValueError: a date that does not exist, such as 2020-13-45
        mark = getattr(error, "problem_mark", None)
        place = f"line {mark.line + 1}" if mark else "file"
        what = getattr(error, "problem", None) or str(error)
        fault = Fault(path.name, place, "", "valid YAML", f"mend the syntax: {what}", code="yaml_syntax")
        raise InputError([fault]) from None
    if doubled:
        raise InputError(
            Fault(
                path.name,
                f"line {line}",
                ".".join(map(str, keys)),
                "each key once",
                "keep one of them",
                code="key_twice",
            )
            for keys, line in doubled
        )
    return content, lines


def validated(path: Path, model: type[Model]) -> tuple[Model, dict[Keys, int]]:
    """Read a YAML file into a model, and the line of each value; all faults with their lines.

    Raises
    ------
    InputError
        As `read_yaml`; or a key is missing, unknown, or has a value of the wrong kind.
    """
    content, lines = read_yaml(path)
    try:
        return model.model_validate(content if content is not None else {}), lines
    except ValidationError as error:
        raise InputError(_fault(path, lines, detail) for detail in error.errors()) from None


def line_of(lines: dict[Keys, int], keys: Keys) -> int:
    """Return the line of a value, or of the nearest thing around it (a merged ``<<`` value has no line of its own)."""
    while keys and keys not in lines:
        keys = keys[:-1]
    return lines.get(keys, 1)


def _fault(path: Path, lines: dict[Keys, int], detail: Any) -> Fault:
    keys = tuple(detail["loc"])
    name = ".".join(map(str, keys)) or "file"
    remedies = {"missing": "add it", "extra_forbidden": "remove it or correct its spelling"}
    expected = {"missing": "this key", "extra_forbidden": "a key that has a meaning here"}
    value = "" if detail["type"] == "missing" else str(detail.get("input", ""))[:80]
    return Fault(
        file=path.name,
        place=f"line {line_of(lines, keys)}, {name}",
        value=value,
        expected=expected.get(detail["type"], detail["msg"].removeprefix("Input should be ")),
        remedy=remedies.get(detail["type"], "correct the value"),
        code=f"yaml_{detail['type']}",
    )
