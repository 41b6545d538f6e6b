"""Payload formats. A new one is a file here and a line in a table."""

from collections.abc import Callable, Mapping
from typing import Final

from city.catalog import Catalog
from ingest.codecs.chirpstack import ChirpstackCodec
from ingest.codecs.json_mapping import JsonCodec
from ingest.codecs.senml import SenmlCodec
from ingest.codecs.sparkplug import SparkplugCodec
from ingest.codecs.tasmota import TasmotaCodec
from ingest.ports import Codec, ForeignCodec

CODECS: Final[Mapping[str, Callable[[Catalog], Codec]]] = {
    "senml": SenmlCodec,  # RFC 8428, JSON and CBOR
}

# What other people's devices speak, under topics of their own. Each topic belongs to the first that claims it.
FOREIGN_CODECS: Final[Mapping[str, Callable[[Catalog], ForeignCodec]]] = {
    "json": JsonCodec,  # by the mapping in the catalog
    "chirpstack": ChirpstackCodec,  # LoRaWAN uplinks of ChirpStack v4
    "sparkplug": SparkplugCodec,  # Eclipse Sparkplug 3.0, payload B
    "tasmota": TasmotaCodec,
}
