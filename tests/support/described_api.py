"""A published description of an HTTP API, as far as we use it, and what in a request is not as described."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

_TYPES: Mapping[str, type] = {"string": str, "integer": int, "boolean": bool, "object": dict, "array": list}


@dataclass(frozen=True)
class Operation:
    """One operation of the description.

    query, body: the properties that it knows, by JSON type; no other may be sent
    required: those of them that must be
    """

    id: str
    method: str
    path: re.Pattern[str]
    statuses: tuple[int, ...]
    query: Mapping[str, str] = field(default_factory=dict)
    body: Mapping[str, str] = field(default_factory=dict)
    required: frozenset[str] = frozenset()

    def wrong(self, query: Mapping[str, str], body: Mapping[str, Any] | None) -> Iterator[str]:
        """What is not as described. `body`: None where it is none in JSON."""
        if bool(body) != bool(self.body):
            yield f"{self.id}: body {body!r}"
        for name in query.keys() - self.query.keys():
            yield f"{self.id}: parameter {name} is not described"
        for name, value in (body or {}).items():
            kind = self.body.get(name)
            if kind is None or type(value) is not _TYPES[kind]:
                yield f"{self.id}: {name} is {type(value).__name__}, described as {kind}"
        for name in self.required - query.keys() - (body or {}).keys():
            yield f"{self.id}: {name} is missing"


def read_description(file: Path, part: str = "operations") -> list[Operation]:
    tree = YAML(typ="safe").load(file)
    return [
        Operation(
            each["id"],
            each["method"],
            re.compile(tree.get("base", "") + re.sub(r"\{\w+\}", "([^/]+)", each["path"])),
            tuple(each["statuses"]),
            each.get("query", {}),
            each.get("body", {}),
            frozenset(each.get("required", ())),
        )
        for each in tree[part]
    ]
