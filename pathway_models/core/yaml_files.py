"""YAML files as checked models: every fault with its line, doubled keys refused, size bounded."""

import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar, get_args, get_origin

import yaml
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    ValidationInfo,
    field_validator,
)

from pathway_models.core import errors, files

Model = TypeVar("Model", bound=BaseModel)
Keys = tuple[str | int, ...]


#: Largest number of a description, in any unit.
LARGEST_NUMBER = 1e15


def _no_word(value: Any) -> Any:
    """Refuse booleans and texts in place of a number: YAML would read ``no`` as 0 and ``"12"`` as 12."""
    if isinstance(value, (bool, str)):
        raise ValueError("a number, without quotation marks, and not yes or no")
    return value


def _has_unseen(text: str, but: str = "") -> bool:
    """Tell whether a text has invisible characters, such as those that reverse the writing direction."""
    unseen = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")
    return any(unicodedata.category(sign) in unseen and sign not in but for sign in text)


def _one_line(text: str) -> str:
    """Refuse invisible characters, line ends, and a text that a spreadsheet would compute."""
    if not text.strip() or _has_unseen(text):
        raise ValueError("a text of printable signs in one line")
    if text.startswith(files.FORMULA_SIGNS):
        raise ValueError("a text that does not begin with = + - @")
    return text


#: Device names reserved by Windows, with any ending: no file or folder can have them.
RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?$", re.IGNORECASE)


def _plain_id(text: str) -> str:
    """Refuse an id that cannot stand in tables and file names."""
    _one_line(text)
    if not all(sign.isalnum() or sign in "_-." for sign in text) or text.startswith("."):
        raise ValueError("letters, digits, _ and -, as it stands in tables and names of files")
    if RESERVED.match(text):
        raise ValueError("a name that Windows does not keep for a device")
    return text


#: Types of fields of a user's file: finite number, year, line of text, name for tables and files.
Number = Annotated[float, BeforeValidator(_no_word), Field(allow_inf_nan=False, ge=-LARGEST_NUMBER, le=LARGEST_NUMBER)]
Year = Annotated[int, BeforeValidator(_no_word), Field(ge=1950, le=2200)]
Text = Annotated[str, AfterValidator(_one_line), Field(max_length=500)]
Id = Annotated[str, AfterValidator(_plain_id), Field(max_length=80)]


def _kinds(annotation: Any) -> set[Any]:
    """Collect the plain types that a field, or the values of a field, may have."""
    args = [arg for arg in get_args(annotation) if arg is not Ellipsis]
    if get_origin(annotation) is Annotated:
        return _kinds(args[0])
    if get_origin(annotation) is Literal:
        return {type(arg) for arg in args}
    if get_origin(annotation) is dict:
        args = args[1:]
    return set().union(*map(_kinds, args)) if args else {annotation}


def _plain_values(value: Any) -> Iterator[Any]:
    """Yield the plain values inside a value, at any depth."""
    if isinstance(value, (dict, list)):
        for one in value.values() if isinstance(value, dict) else value:
            yield from _plain_values(one)
    else:
        yield value


class Strict(BaseModel):
    """Entry of a file; refuses unknown keys, and booleans or texts in place of numbers."""

    # Deferred: a command that reads no such file does not wait until its validator is built.
    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    @field_validator("*", mode="before")
    @classmethod
    def _as_written(cls, value: Any, info: ValidationInfo) -> Any:
        kinds = _kinds(cls.model_fields[info.field_name].annotation) - {type(None)}
        if kinds & {int, float} and kinds <= {int, float, str}:
            refused = bool if str in kinds else (bool, str)
            if any(isinstance(one, refused) for one in _plain_values(value)):
                raise ValueError("a number, without quotation marks, and not yes or no")
        return value


#: Most values, deepest nesting and largest size of a file: aliases of aliases could unfold to billions of values.
MOST_VALUES, DEEPEST, LARGEST = 200_000, 50, 20 * 2**20
#: Tag of integers, and most digits of one: longer hexadecimal ones can be read but not written in a message.
INTEGER, MOST_DIGITS = "tag:yaml.org,2002:int", 100
#: Most characters of one text: reading a sexagesimal number takes the square of its length.
LONGEST = 2**17


class _TooLargeError(Exception):
    """The file unfolds to more than any description holds."""


def _walk(node: yaml.Node, keys: Keys, lines: dict[Keys, int], doubled: list[tuple[Keys, int]]) -> None:
    if len(lines) >= MOST_VALUES or len(keys) > DEEPEST:
        raise _TooLargeError
    lines[keys] = node.start_mark.line + 1
    if isinstance(node, yaml.ScalarNode) and node.tag == INTEGER and len(node.value) > MOST_DIGITS:
        raise yaml.MarkedYAMLError(problem="a number has too many digits", problem_mark=node.start_mark)
    if isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise yaml.MarkedYAMLError(problem="a key is one word, no list or table", problem_mark=key.start_mark)
            if key.value in seen:
                doubled.append(((*keys, key.value), key.start_mark.line + 1))
            seen.add(key.value)
            _walk(value, (*keys, key.value), lines, doubled)
    elif isinstance(node, yaml.SequenceNode):
        for at, value in enumerate(node.value):
            _walk(value, (*keys, at), lines, doubled)


def _refuse_large(text: str, kind: type) -> None:
    """Refuse a large or deep file by its events: its nodes could take gigabytes, or end the process."""
    depth = 0
    for count, event in enumerate(yaml.parse(text, Loader=kind)):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        is_long = isinstance(event, yaml.ScalarEvent) and len(event.value) > LONGEST
        if count > MOST_VALUES or depth > DEEPEST or is_long:
            raise _TooLargeError


def _parsed(text: str, lines: dict[Keys, int], doubled: list[tuple[Keys, int]]) -> Any:
    """Parse content and the lines of its values; by libyaml, ten times as fast, unless an error is to be worded.

    Values are counted before any is made, those of aliases and merges each time they are used.
    """
    for kind in (getattr(yaml, "CSafeLoader", yaml.SafeLoader), yaml.SafeLoader):
        try:
            _refuse_large(text, kind)
            loader = kind(text)
            try:
                node = loader.get_single_node()
                if node is None:
                    return None
                _walk(node, (), lines, doubled)
                return _constructed(loader, node)
            finally:
                loader.dispose()
        except (yaml.YAMLError, ValueError):
            if kind is yaml.SafeLoader:
                raise
    raise AssertionError("the second loader returns or raises")


def _constructed(loader: Any, node: yaml.Node) -> Any:
    try:
        return loader.construct_document(node)
    except (KeyError, TypeError, AttributeError, IndexError, OverflowError):  # as the library meets ``!!bool x``
        raise yaml.MarkedYAMLError(problem="a value does not fit its tag", problem_mark=node.start_mark) from None


def read_yaml(path: Path) -> tuple[Any, dict[Keys, int]]:
    """Read a YAML file and the line of each of its values.

    Raises
    ------
    InputError
        The file is missing, is not UTF-8 or not YAML, or has a key twice (which YAML readers accept silently).
    """
    lines: dict[Keys, int] = {}
    doubled: list[tuple[Keys, int]] = []
    try:
        if path.stat().st_size > LARGEST:
            raise _TooLargeError
        content = _parsed(path.read_text(encoding="utf-8-sig"), lines, doubled)
    except (_TooLargeError, RecursionError):
        remedy = "it unfolds to far more values, or deeper, than a description holds; do not trust this file"
        fault = errors.Fault(path.name, "file", "", f"at most {MOST_VALUES} values", remedy, code="yaml_large")
        raise errors.InputError([fault]) from None
    except OSError as error:
        remedy = f"check the name: {error.strerror}"
        raise errors.InputError(
            [errors.Fault(path.name, "file", "", "a file to read", remedy, code="no_file")]
        ) from None
    except UnicodeDecodeError as error:
        place = f"byte {error.start}"
        fault = errors.Fault(path.name, place, "", "UTF-8 text", "save the file as UTF-8", code="not_utf8")
        raise errors.InputError([fault]) from None
    except (yaml.YAMLError, ValueError) as error:  # ValueError: a date that does not exist, such as 2020-13-45
        mark = getattr(error, "problem_mark", None)
        place = f"line {mark.line + 1}" if mark else "file"
        what = getattr(error, "problem", None) or str(error)
        fault = errors.Fault(path.name, place, "", "valid YAML", f"mend the syntax: {what}", code="yaml_syntax")
        raise errors.InputError([fault]) from None
    if doubled:
        raise errors.InputError(
            errors.Fault(
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


def _unsound(content: Any, keys: Keys = ()) -> Iterator[tuple[Keys, str, str, str]]:
    """Yield values that no description may hold: keys, value, what was expected, code."""
    if isinstance(content, (dict, list)):
        for key, value in content.items() if isinstance(content, dict) else enumerate(content):
            if isinstance(key, str) and (not key.strip() or _has_unseen(key) or key.startswith(files.FORMULA_SIGNS)):
                yield (*keys, key), key, "a key of printable signs that does not begin with = + - @", "yaml_key"
            yield from _unsound(value, (*keys, key))
    elif isinstance(content, str) and _has_unseen(content, but="\n\t"):
        yield keys, content, "a text of printable signs", "yaml_text"
    elif isinstance(content, (int, float)) and not abs(content) <= LARGEST_NUMBER:
        yield keys, str(content), f"a finite number up to {LARGEST_NUMBER:g}", "yaml_number"


def validated(path: Path, model: type[Model]) -> tuple[Model, dict[Keys, int]]:
    """Read a YAML file into a model, with the line of each value; report all faults at once.

    Raises
    ------
    InputError
        As `read_yaml`; or a key is missing, unknown, or has a value of the wrong kind.
    """
    content, lines = read_yaml(path)
    faults = [_of(path, lines, *found) for found in _unsound(content)]
    try:
        model_of_file = model.model_validate(content if content is not None else {})
    except ValidationError as error:
        told = {fault.place for fault in faults}
        found = [_fault(path, lines, detail) for detail in error.errors()]
        raise errors.InputError([*(fault for fault in found if fault.place not in told), *faults]) from None
    if faults:
        raise errors.InputError(faults)
    return model_of_file, lines


def _of(path: Path, lines: dict[Keys, int], keys: Keys, value: str, expected: str, code: str) -> errors.Fault:
    name = ".".join(map(str, keys))
    return errors.Fault(
        path.name, f"line {line_of(lines, keys)}, {name}", value[:80], expected, "correct it", code=code
    )


def line_of(lines: dict[Keys, int], keys: Keys) -> int:
    """Return the line of a value, or of the nearest thing around it (a merged ``<<`` value has no line of its own)."""
    while keys and keys not in lines:
        keys = keys[:-1]
    return lines.get(keys, 1)


def _told(message: str) -> str:
    """Reword a message of pydantic so that it continues 'expected'."""
    return message.removeprefix("Value error, ").removeprefix("Input should be ")


def _fault(path: Path, lines: dict[Keys, int], detail: Any) -> errors.Fault:
    keys = tuple(detail["loc"])
    name = ".".join(map(str, keys)) or "file"
    remedies = {"missing": "add it", "extra_forbidden": "remove it or correct its spelling"}
    expected = {"missing": "this key", "extra_forbidden": "a key that has a meaning here"}
    value = "" if detail["type"] == "missing" else str(detail.get("input", ""))[:80]
    return errors.Fault(
        file=path.name,
        place=f"line {line_of(lines, keys)}, {name}",
        value=value,
        expected=expected.get(detail["type"], _told(detail["msg"])),
        remedy=remedies.get(detail["type"], "correct the value"),
        code=f"yaml_{detail['type']}",
    )
