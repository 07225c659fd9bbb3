"""A document's context to JSON and back: what the dataclasses declare, and nothing else."""

from __future__ import annotations

from dataclasses import MISSING, fields, is_dataclass
from types import UnionType
from typing import Any, Literal, get_args, get_origin, get_type_hints

from casework.errors import Invalid


def plain(value: Any) -> Any:
    """The value of `asdict` as JSON has it, its tuples as lists."""
    if isinstance(value, dict):
        return {name: plain(part) for name, part in value.items()}
    if isinstance(value, tuple):
        return [plain(part) for part in value]
    return value


class Reader:
    """Reads JSON data into the types that the dataclasses declare, and nothing else."""

    def __init__(self, kind: str) -> None:
        self.kind = kind

    def read(self, wanted: Any, value: Any, where: str) -> Any:
        if is_dataclass(wanted):
            return self._dataclass(wanted, value, where)
        if isinstance(wanted, UnionType):
            return None if value is None else self.read(get_args(wanted)[0], value, where)
        if get_origin(wanted) is tuple:
            parts = self._expect(isinstance(value, list | tuple), value, where)
            part = get_args(wanted)[0]
            return tuple(self.read(part, one, f"{where}[{n}]") for n, one in enumerate(parts))
        if get_origin(wanted) is Literal:
            return self._expect(value in get_args(wanted), value, where)
        return self._expect(type(value) is wanted, value, where)

    def _dataclass(self, wanted: Any, value: Any, where: str) -> Any:
        self._expect(isinstance(value, dict), value, where)
        types = get_type_hints(wanted)
        names = {field.name for field in fields(wanted)}
        for unknown in sorted(value.keys() - names):
            self._expect(False, value, _inside(where, unknown))
        read = {n: self.read(types[n], v, _inside(where, n)) for n, v in value.items()}
        for field in fields(wanted):
            self._expect(
                field.name in read or field.default is not MISSING, None, _inside(where, field.name)
            )
        return wanted(**read)

    def _expect(self, true: bool, value: Any, where: str) -> Any:
        if not true:
            raise self._wrong(where)
        return value

    def _wrong(self, where: str) -> Invalid:
        return Invalid("context_wrong", kind=self.kind, field=where or "(roten)")


def _inside(where: str, name: str) -> str:
    return f"{where}.{name}" if where else name
