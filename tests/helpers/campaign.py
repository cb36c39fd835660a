"""A campaign of inputs of every form: each is refused clearly, accepted rightly, or a fault.

Forms are strategies, not lists: every run of another seed tries others.  Whether an accepted input was read rightly is
judged by a second reader of the raw XML or text that shares nothing with the product's own.
"""

from __future__ import annotations

import copy
import io
import os
import random
import re
import resource
import shutil
import signal
import string
import subprocess
import sys
import tempfile
import time
import zipfile
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import click
import openpyxl
import yaml
from click.testing import CliRunner
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from openpyxl.styles import Font
from sound_calls import answered, make_run, sound_call
from workbook_maker import YEARS, Filled, cell_of, repacked

from pathway_models.cli.main import COMMANDS, main
from pathway_models.core.errors import PathwayError
from pathway_models.core.files import data_folder
from pathway_models.core.yaml_files import validated
from pathway_models.intake.assumptions import read_baselines, read_correlations
from pathway_models.intake.costs import read_costs
from pathway_models.intake.examination import examine_workbook
from pathway_models.intake.guard import read_guard
from pathway_models.intake.library import read_levers, read_scenarios
from pathway_models.intake.panels import read_series
from pathway_models.intake.pollutants import read_pollutants
from pathway_models.intake.rules import read_account, read_carbon_costs, read_profile
from pathway_models.intake.statements import Description
from pathway_models.intake.workbook.layouts import read_layout

#: Seconds and MB that any input may take.
SECONDS, MEGABYTES = 10.0, 1_000
#: A run that was made by another version.
RUN = Path(__file__).resolve().parents[1] / "data" / "run_0_2_0"
KEYS = ("bituminous", "natural_gas", "electricity", "heat")
MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
REFUSED, RIGHT, FAULT = "refused clearly", "accepted rightly", "faults"


@dataclass
class Tally:
    """Ends of the inputs of one kind, and what was wrong with the faulty ones."""

    kind: str
    ends: Counter = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    #: What the process had taken before, MB: other tests of it may have taken more than any input may.
    before: float = field(default_factory=lambda: _megabytes())

    def attempt(self, what: str, read: Callable[[], Any], is_right: Callable[[Any], bool]) -> None:
        """Read one input within the budget; note its end."""
        start = time.process_time()
        try:
            end = RIGHT if is_right(read()) else FAULT
            why = "read as something else"
        except PathwayError as error:
            end, why = (REFUSED, "") if str(error).strip() else (FAULT, "refused without a word")
        except Exception as error:  # whatever it is, a user would see a traceback
            end, why = FAULT, f"{type(error).__name__}: {error}"
        if time.process_time() - start > SECONDS or _megabytes() > MEGABYTES + self.before:
            end, why = FAULT, f"{time.process_time() - start:.1f} s, {_megabytes():.0f} MB"
        self.ends[end] += 1
        if end == FAULT:
            self.faults.append(f"{self.kind}: {what[:300]}: {why[:200]}")

    def row(self) -> str:
        """Line of the table at the end."""
        counts = "".join(f"{self.ends[end]:>18,}" for end in (REFUSED, RIGHT, FAULT))
        return f"{self.kind:<22}{sum(self.ends.values()):>8,}{counts}"


def _megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10)


def _many(count: int, of: int) -> Callable[[Callable], Callable]:
    """Try so many examples of a seed."""
    chosen = settings(
        max_examples=count, database=None, deadline=None, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    return lambda test: seed(of)(chosen(test))


# --- the second reader


def plain(text: str) -> float | None:
    """A number as a careful person reads it: digits, a point, groups of three; None in doubt."""
    text = text.strip(" \u00a0\u3000\u200b\ufeff\u2009\u202f\u2060\u00ad\u200c\u200d")
    narrow = text.translate(str.maketrans("０１２３４５６７８９．，－＋Ｅｅ", "0123456789.,-+Ee"))
    if re.fullmatch(r"[+-]?[1-9]\d{0,2}([,\u00a0\u2009\u202f\u3000 ]\d{3})+(\.\d+)?", narrow, re.ASCII):
        narrow = re.sub(r"[^\d.+-]", "", narrow)
    found = re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", narrow, re.ASCII)
    return float(narrow) if found else None


def raw_cells(content: bytes) -> dict[tuple[str, str], str]:
    """Texts of the cells of a workbook by sheet name and place, straight from its parts."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        strings = [
            "".join(node.text or "" for node in item.iter(f"{MAIN}t"))
            for item in ElementTree.fromstring(archive.read("xl/sharedStrings.xml"))
        ]
        book = ElementTree.fromstring(archive.read("xl/workbook.xml"))
        found = {}
        # By place: a damaged namespace or name of an element does not change which sheet is which.
        sheets = [child for node in book.iter() if node.tag.rpartition("}")[2] == "sheets" for child in node]
        for at, sheet in enumerate(sheets, start=1):
            for cell in ElementTree.fromstring(archive.read(f"xl/worksheets/sheet{at}.xml")).iter(f"{MAIN}c"):
                text = cell.findtext(f"{MAIN}v")
                if text is not None:
                    text = strings[int(text)] if cell.get("t") == "s" else text
                    found[sheet.get("name"), cell.get("r")] = text
    return found


# --- workbooks

NUMBERS = st.one_of(
    st.floats(0, 1e6, allow_nan=False).map(lambda x: f"{x:.6g}"),
    st.integers(0, 10**7).map(lambda n: f"{n:,}"),
    st.integers(0, 10**7).map(lambda n: f"{n:,}".replace(",", " ")),
    st.integers(0, 99_999).map(lambda n: str(n).translate(str.maketrans("0123456789", "０１２３４５６７８９"))),
    st.tuples(st.integers(0, 999), st.sampled_from(",;_'` 　."), st.integers(0, 9999)).map(
        lambda t: f"{t[0]}{t[1]}{t[2]}"
    ),
    st.tuples(st.integers(0, 9999), st.sampled_from(["²", "①", "%", "t", "万", " t", "*", "e3", "年", "..", "-"])).map(
        lambda t: f"{t[0]}{t[1]}"
    ),
    st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=12),
    st.sampled_from(["nan", "inf", "-", "无", "0", "-5", "1e400", "=1+1", "#N/A", "TRUE", "١٢٣"]),
)  # fmt: skip


def _damaged(clean: bytes, part: str, place: float, piece: bytes) -> bytes:
    """A workbook with a piece over its bytes, or over those of a part."""

    def over(content: bytes) -> bytes:
        at = int(place * len(content))
        return content[:at] + piece + content[at + len(piece) :]

    return repacked(clean, lambda parts: {**parts, part: over(parts[part])}) if part else over(clean)


def workbooks(count: int, of: int, folder: Path) -> Tally:
    """Good workbooks in which a value is written in any form, bytes are damaged, or a part is."""
    tally, path = Tally("damaged workbooks"), folder / "park.xlsx"
    clean = Filled().write(path).read_bytes()
    park, cells = examine_workbook(path).park, raw_cells(clean)

    def energy(found: Any, key: str, at: int) -> float:
        return float(found.energy[:, found.carriers.index(key), at].sum())

    def is_right(content: bytes) -> Callable[[Any], bool]:
        def judge(examination: Any) -> bool:
            if examination.park is None:
                raise PathwayError("; ".join(map(str, examination.faults)))
            now = raw_cells(content)
            return all(agrees(examination.park, now, key, at, year) for key in KEYS for at, year in enumerate(YEARS))

        return judge

    def agrees(found: Any, now: dict[tuple[str, str], str], key: str, at: int, year: int) -> bool:
        """What was burnt is the use less its part as feedstock; its energy goes with it."""
        place, part = (str(year), cell_of(key)), (str(year), cell_of(key, "feedstock"))
        number, feedstock = plain(now.get(place, "")), plain(now.get(part, "0"))
        if number is None or feedstock is None:
            return False
        expected = energy(park, key, at) * (number - feedstock) / (float(cells[place]) - float(cells.get(part, "0")))
        return abs(energy(found, key, at) - expected) <= 1e-9 * max(1.0, abs(expected))

    @_many(count, of)
    @given(
        kind=st.sampled_from(["value", "value", "bytes", "part"]), key=st.sampled_from(KEYS[:2]), text=NUMBERS,
        year=st.sampled_from(YEARS), place=st.floats(0, 1, exclude_max=True),
        piece=st.text(string.printable, max_size=12),
        part=st.sampled_from(["xl/workbook.xml", "xl/worksheets/sheet2.xml", "xl/styles.xml", "xl/sharedStrings.xml"]),
    )  # fmt: skip
    def attempt(kind: str, key: str, text: str, year: int, place: float, piece: str, part: str) -> None:
        if kind == "value":
            filled = Filled()
            filled.put(year, key, text)
            content = filled.write(path).read_bytes()
        else:
            content = _damaged(clean, part if kind == "part" else "", place, piece.encode())
        path.write_bytes(content)
        tally.attempt(
            f"{kind} {key} {year} {text!r} {part} {place} {piece!r}", lambda: examine_workbook(path), is_right(content)
        )

    attempt()
    return tally


#: How offices format and write a number; a decimal point is told from one of thousands by its places.
LOOKS = ("General", "0", "0.00", "#,##0", "#,##0.00", "@", "0.0_ ", "#,##0;[Red]-#,##0")
WRITTEN: tuple[Callable[[float], Any], ...] = (
    float, int, str, lambda x: f"{x:,.1f}", lambda x: f"{x:.2f}", lambda x: f" {x:.1f} ",
)  # fmt: skip


def _as_offices_do(sheet: Any, chance: random.Random) -> None:
    """Write and format the numbers of a year in usual ways, and remarks where people put them."""
    for key in KEYS[:2]:
        cell = sheet[cell_of(key)]
        cell.value = chance.choice(WRITTEN)(float(cell.value))
        cell.number_format, cell.font = chance.choice(LOOKS), Font(bold=chance.random() < 0.2)
    if chance.random() < 0.3:
        sheet[f"I{chance.randrange(6, 40)}"] = "来源：统计年报"
    if chance.random() < 0.2:
        sheet[f"B{chance.randrange(95, 120)}"] = "填表人：张三"
        sheet.freeze_panes = "C5"


def ordinary(count: int, of: int, folder: Path) -> Tally:
    """Workbooks of usual numbers, formats, remarks and orders of sheets: none is refused."""
    tally, path, chance = Tally("ordinary workbooks"), folder / "park.xlsx", random.Random(of)
    for number in range(count):
        book = openpyxl.load_workbook(io.BytesIO(Filled().write(path).read_bytes()))
        for year in YEARS:
            _as_offices_do(book[str(year)], chance)
        if chance.random() < 0.3:
            book.move_sheet(str(chance.choice(YEARS)), offset=chance.choice([-2, -1, 1]))
        if chance.random() < 0.2:
            book.create_sheet("备注")["A1"] = "草稿"
        book.save(path)

        def is_read(examination: Any) -> bool:
            if examination.park is None:
                raise ValueError("; ".join(map(str, examination.of("error"))))
            return True

        tally.attempt(f"ordinary {number} of {of}", lambda: examine_workbook(path), is_read)
    return tally


# --- tables and descriptions beside the workbook


def side_inputs(count: int, of: int, folder: Path) -> Tally:
    """Series, costs and scenarios with values and names of any form."""
    tally = Tally("side inputs")
    table, own = folder / "own.csv", folder / "own.yml"
    anything = st.one_of(
        NUMBERS, st.booleans(), st.none(), st.integers(-(10**6), 10**6), st.floats(),
        st.lists(st.integers(), max_size=2),
    )  # fmt: skip

    @_many(count, of)
    @given(
        kind=st.sampled_from(["series", "rate", "year", "id"]), text=NUMBERS, value=anything,
        sign=st.sampled_from([",", ";", "\t"]),
    )  # fmt: skip
    def attempt(kind: str, text: str, value: Any, sign: str) -> None:
        if kind == "series":
            cell = f'"{text}"' if set(text) & set(',;\t"') and '"' not in text else text
            rows = [("entity", "year", "value"), ("A", "2010", "90"), ("A", "2011", cell), ("A", "2012", "80")]
            table.write_text("\n".join(sign.join(row) for row in rows) + "\n", encoding="utf-8", errors="replace")

            def is_right(found: Any) -> bool:
                kept = found.loc[found["year"] == 2011, "value"].tolist()
                decimal = (
                    text.replace(",", ".") if sign == ";" and re.fullmatch(r"[+-]?\d+,\d+", text, re.ASCII) else text
                )
                return kept == [plain(decimal)] if kept else not text.strip() or text.isspace()

            tally.attempt(f"series {sign!r} {text!r}", lambda: read_series(table), is_right)
        elif kind == "rate":
            rate = {
                "low": 0.02,
                "mode": value,
                "high": 0.3,
                "unit": "share/yr",
                "source": "me",
                "confidence": "assumed",
            }
            own.write_text(
                yaml.safe_dump({"discount_rate": rate}, allow_unicode=True), encoding="utf-8", errors="replace"
            )
            tally.attempt(
                f"rate {value!r}", lambda: read_costs(own), lambda _: _is_number(value) and 0.02 <= value <= 0.3
            )
        else:
            name, start = (str(value), 2025) if kind == "id" else ("own", value)
            levers = {"electrification": {"setting": "strong", "start": start}}
            content = {"scenarios": {name: {"name_en": "a", "name_zh": "b", "levers": levers}}}
            own.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8", errors="replace")
            is_id = re.fullmatch(r"[^\W][\w.-]{0,79}", name) is not None
            tally.attempt(
                f"{kind} {value!r}",
                lambda: read_scenarios(own),
                lambda _: is_id if kind == "id" else value is None or (_is_number(value) and 1950 <= value <= 2200),
            )

    attempt()
    return tally


#: Readers of descriptions of one's own, with a sound file of each.
DESCRIPTIONS: dict[str, Callable[[Path], Any]] = {
    "costs.yml": read_costs, "scenarios.yml": read_scenarios, "driver_scenarios.yml": read_scenarios,
    "levers.yml": read_levers, "pollutants.yml": read_pollutants, "guard.yml": read_guard,
    "carbon_costs.yml": read_carbon_costs, "profiles/zero_carbon_910.yml": read_profile,
    "accounts/zero_carbon_910.yml": read_account, "layouts/yearbook.yml": read_layout,
    "correlations.yml": read_correlations, "baseline.yml": read_baselines,
    "parks/demo-cement.yml": lambda path: validated(path, Description),
}  # fmt: skip
#: What stands in no description of a careful person, and what does not stand where a number or a text belongs.
UNSEEN = ("a\u202eb", "a\x07b", "\u200b", "=1+1\x0b")
MISPLACED = (True, False, float("nan"), float("inf"), -float("inf"), [], [1], "1_000", "0,3", 10**30, {"a": 1})


def _places(node: Any, keys: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Keys of every value of a description that holds no others."""
    if not isinstance(node, (dict, list)):
        return [keys]
    parts = node.items() if isinstance(node, dict) else enumerate(node)
    return [place for key, value in parts for place in _places(value, (*keys, key))]


def descriptions(count: int, of: int, folder: Path) -> Tally:
    """Sound descriptions in which one value or key is replaced by something that cannot stand there."""
    tally, chance = Tally("descriptions"), random.Random(of)
    sound = {name: yaml.safe_load((data_folder() / name).read_text(encoding="utf-8")) for name in DESCRIPTIONS}
    for number in range(count):
        name, own = chance.choice(list(DESCRIPTIONS)), folder / f"own{number}.yml"
        content = copy.deepcopy(sound[name])
        *way, last = chance.choice(_places(content))
        node = content
        for key in way:
            node = node[key]
        old, new = node[last], chance.choice((*UNSEEN, *MISPLACED))
        if isinstance(last, str) and chance.random() < 0.2:
            new = chance.choice(UNSEEN)
            node[new] = node.pop(last)
        else:
            node[last] = new
        own.write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False), encoding="utf-8")
        # A text may well be "1_000" or, where a truth value belongs, be another one.
        is_text = isinstance(old, str) and isinstance(new, str) and new not in UNSEEN
        is_truth = isinstance(old, bool) and (isinstance(new, bool) or new == 1)
        told = f"{name} {way} {last}: {old!r} -> {new!r}"
        tally.attempt(
            told, lambda own=own, name=name: DESCRIPTIONS[name](own), lambda _, fits=is_text or is_truth: fits
        )
        own.unlink()
    return tally


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and value == value


# --- calls and kills

WORDS = (
    "nan",
    "inf",
    "-1",
    "0",
    "1e400",
    "2030",
    "1800",
    "x",
    "",
    "９",
    "1_000",
    "=1+1",
    "bau",
    "demo-cement",
    "../..",
)
#: Calls from which a run is worth its time.
MANY_CALLS = 50
NOT_CALLED = ("explore", "list", "reproduce", "run", "verify")
SOUND = ("good", "demo-cement", "s.csv")
#: Options by which a call that is sound ends soon; all shipped panels would take minutes, so that one is always named.
SMALL = {"members": "3", "fresh": "3", "search": "3", "horizon": "3", "records": "5", "quick": "", "panels": ""}


def calls(count: int, of: int, folder: Path) -> Tally:
    """Commands with arguments and options of any form."""
    tally, chance = Tally("calls"), random.Random(of)
    (folder / "s.csv").write_text("entity,year,value\nA,2010,90\nA,2011,100\nA,2012,80\n", encoding="utf-8")
    (folder / "run").mkdir()
    (folder / "run" / "run.json").write_text('{"parameters": 3}', encoding="utf-8")
    (folder / "loop").symlink_to("loop")
    shutil.copytree(RUN, folder / "good")
    paths = ["good", "s.csv", "run", "loop", "nowhere", "s.csv/a", ".", "x" * 300, "x" * 300 + ".xlsx", os.devnull]
    before = Path.cwd()
    os.chdir(folder)
    try:
        if count >= MANY_CALLS:
            make_run(folder)
        for number in range(count):
            if number % 5 > 1:  # three of five are sound, and have to keep what they promise
                sound = sound_call(chance, folder)
                told = " ".join(sound.words)
                tally.attempt(told, lambda sound=sound: answered(sound), lambda text, sound=sound: sound.holds(text))
                continue
            name = chance.choice([name for name in COMMANDS if name not in NOT_CALLED])
            words = _call(name, chance, paths)

            def call(words: list[str] = words) -> int:
                answer = CliRunner().invoke(main, words)
                if answer.exception is not None and not isinstance(answer.exception, SystemExit):
                    raise answer.exception
                if answer.exit_code:
                    raise PathwayError(answer.output)
                return answer.exit_code

            tally.attempt(" ".join(words), call, lambda code: code == 0)
    finally:
        os.chdir(before)
    return tally


def _call(name: str, chance: random.Random, paths: list[str]) -> list[str]:
    """Words of a call; ensembles small, so that calls that are sound end soon."""
    module, _, attribute = COMMANDS[name][0].partition(":")
    words = [name]
    for one in getattr(import_module(module), attribute).params:
        choices = [*WORDS, *paths]
        if isinstance(one, click.Argument):
            # Half of them sound, or all calls would end at the door.
            words.append(chance.choice(SOUND if chance.random() < 0.5 else choices))
        elif one.name in SMALL:
            words += [one.opts[0], *([] if one.is_flag else [SMALL[one.name] or chance.choice(choices)])]
        elif one.name == "out":
            words += ["--out", chance.choice(paths)]
        elif not one.is_flag and chance.random() < 0.2:
            words += [one.opts[0], *(chance.choice(choices) for _ in range(one.nargs))]
    return words


def kills(count: int, of: int, folder: Path) -> Tally:
    """A command ended by a signal at any moment: its code, one line, an empty temporary folder."""
    tally, chance = Tally("kills"), random.Random(of)
    for number in range(count):
        temporary = folder / f"temporary{number}"
        temporary.mkdir()
        which, seconds = chance.choice([signal.SIGTERM, signal.SIGHUP]), chance.uniform(0.3, 4)

        def end(which: int = which, seconds: float = seconds, temporary: Path = temporary) -> bool:
            command = [sys.executable, "-m", "pathway_models", "decide", "region-d", "--members", "2000"]
            env = {**os.environ, "TMPDIR": str(temporary)}
            # What nohup ignores for this campaign would be ignored by the command too.
            with subprocess.Popen(
                command, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
                preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_DFL),
            ) as process:  # fmt: skip
                time.sleep(seconds)
                process.send_signal(which)
                try:
                    _, errors = process.communicate(timeout=30)
                finally:
                    process.kill()
            # Before Python reads its first line, the signal ends it as the system does.
            is_early = process.returncode == -which and not errors
            is_told = process.returncode == 128 + which and errors == "Stopped. 已停止。\n"
            left = [path.name for path in temporary.iterdir()]
            if not (is_early or is_told) or left:
                raise OSError(f"code {process.returncode}, {errors[-150:]!r}, left {left}")
            return True

        tally.attempt(f"{which} after {seconds:.2f} s", end, bool)
    return tally


def campaign(workbooks_: int, sides: int, calls_: int, kills_: int, of: int) -> list[Tally]:
    """Try so many inputs of each kind."""
    halves = ((side_inputs, sides - sides // 2), (descriptions, sides // 2))
    kinds = ((workbooks, workbooks_), (ordinary, workbooks_ // 20), *halves, (calls, calls_), (kills, kills_))
    tallies = []
    for kind, count in kinds:
        with tempfile.TemporaryDirectory() as folder:
            tallies += [kind(count, of, Path(folder))] if count else []
    return tallies


def run(size: int, of: int) -> int:
    """Run a campaign of a size (10,000 is the full one), print its table; 1 where anything was faulty."""
    tallies = campaign(size, max(1, size // 5), max(1, size // 20), max(1, size // 200), of)
    print(f"{f'seed {of}':<22}{'tried':>8}" + "".join(f"{end:>18}" for end in (REFUSED, RIGHT, FAULT)))
    for tally in tallies:
        print(tally.row())
    for told in [told for tally in tallies for told in tally.faults][:50]:
        print(told)
    return int(any(tally.faults for tally in tallies))


if __name__ == "__main__":
    sys.exit(run(int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else random.randrange(10**6)))
