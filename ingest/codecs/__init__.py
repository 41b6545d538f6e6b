"""Payload formats. A new one is a file here and a line in the table."""

from collections.abc import Callable, Mapping
from typing import Final

from city.catalog import Catalog
from ingest.codecs.senml import SenmlCodec
from ingest.ports import Codec

CODECS: Final[Mapping[str, Callable[[Catalog], Codec]]] = {
    "senml": SenmlCodec,  # RFC 8428, JSON and CBOR
}
