"""The kinds of outputs that there are, by the name that configurations give them. Adding one is a file and a line."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from edge.outputs.output import Kind
from edge.outputs.relay import RELAY
from edge.outputs.sign import SIGN

OUTPUTS: Final[Mapping[str, Kind[Any]]] = MappingProxyType({kind.name: kind for kind in (RELAY, SIGN)})
