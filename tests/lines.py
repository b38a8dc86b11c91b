"""Which lines of the measured files the tests run, noted by the files themselves.

Before Python 3.12 whoever asks the interpreter which line it is at slows all of it down, measured or not: the tests took
half as long again. So each file that `.coveragerc` names is compiled with a note before each of its statements, and what
was noted is written as data of coverage.py, which makes the report.
"""

import ast
import sys
from collections.abc import Iterator, Sequence
from configparser import ConfigParser
from contextlib import contextmanager
from fnmatch import fnmatch
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any

from coverage import CoverageData

ROOT = Path(__file__).parent.parent
NOTES = "_lines_run_"
_run = bytearray()  # a byte for each line of all measured files
_begins: dict[str, int] = {}  # where the lines of a file begin in it


def note_lines() -> None:
    """From here on, whatever is imported and measured notes its lines."""
    given = ConfigParser()
    given.read(ROOT / ".coveragerc")
    _Finder.measured = given["run"]["include"].split()
    sys.meta_path.insert(0, _Finder)


@contextmanager
def not_counted() -> Iterator[None]:
    """What is run meanwhile is forgotten."""
    kept = bytes(_run)
    yield
    _run[: len(kept)] = kept


def write_lines(to: str) -> None:
    """Leave what was run for `coverage combine`, as a file beside `to`; nothing where no lines are noted."""
    if not _begins:
        return
    data = CoverageData(basename=to, suffix=True)
    ends = [*list(_begins.values())[1:], len(_run)]
    for (path, begin), end in zip(_begins.items(), ends, strict=True):
        data.add_lines({path: [line for line, ran in enumerate(_run[begin:end]) if ran]})
    data.write()


class _Finder(PathFinder):
    measured: Sequence[str] = ()

    @classmethod
    def find_spec(cls, *args: Any, **kwargs: Any) -> ModuleSpec | None:
        found = super().find_spec(*args, **kwargs)
        if found and found.origin and any(fnmatch(found.origin, one) for one in cls.measured):
            found.loader = _Noting(found.name, found.origin)
        return found


class _Noting(SourceFileLoader):
    def get_code(self, fullname: str) -> CodeType:
        """Compiled each time: kept code has no notes in it, and none with notes is to be kept."""
        source = self.get_data(self.path)
        path = Path(self.path).relative_to(ROOT).as_posix()
        _begins[path] = len(_run)
        _run.extend(bytes(source.count(b"\n") + 2))
        noted = _Notes(_begins[path]).visit(ast.parse(source))
        return compile(ast.fix_missing_locations(noted), self.path, "exec", dont_inherit=True)

    def exec_module(self, module: ModuleType) -> None:
        setattr(module, NOTES, _run)
        super().exec_module(module)


class _Notes(ast.NodeTransformer):
    """Puts `_lines_run_[n] = 1` before each statement, and at the top of what an `except` or a `case` begins."""

    def __init__(self, begin: int) -> None:
        self.begin = begin

    def generic_visit(self, node: ast.AST) -> ast.AST:
        super().generic_visit(node)
        for name in ("body", "orelse", "finalbody"):
            statements = getattr(node, name, None)
            if isinstance(statements, list):
                noted = [self._noted(one, at == 0) for at, one in enumerate(statements)]
                setattr(node, name, [part for parts in noted for part in parts])
        if isinstance(node, ast.ExceptHandler):
            node.body.insert(0, self._note(node, node.lineno))
        if isinstance(node, ast.match_case):
            node.body.insert(0, self._note(node.pattern, node.pattern.lineno))
        return node

    def _noted(self, statement: ast.stmt, first: bool) -> list[ast.stmt]:
        if getattr(statement, "module", "") == "__future__" or (first and _is_text(statement)):
            return [statement]
        decorators = getattr(statement, "decorator_list", [])
        lines = {statement.lineno, *(one.lineno for one in decorators)}
        return [*(self._note(statement, line) for line in lines), statement]

    def _note(self, at: ast.AST, line: int) -> ast.stmt:
        note = ast.parse(f"{NOTES}[{self.begin + line}] = 1").body[0]
        for part in ast.walk(note):
            if hasattr(part, "lineno"):
                ast.copy_location(part, at)
        return note


def _is_text(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
