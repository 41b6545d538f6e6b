"""Modbus RTU and TCP: meters, loggers, pumps, level transmitters.

A reading is one register or several, as the device's table has them: MODBUS Application Protocol V1.1b3, functions 3
and 4. Which word of a longer number comes first the standard leaves open: `words` says it.
"""

import struct
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Final, Literal

import msgspec

from edge.drivers.driver import DriverError, Kind

if TYPE_CHECKING:
    from pymodbus.client import ModbusSerialClient, ModbusTcpClient

_TIMEOUT_S: Final = 2.0  # slow meters answer within one; the other sensors of the device wait for none of it
_FORMS: Final = {"uint16": "H", "int16": "h", "uint32": "I", "int32": "i", "float32": "f", "float64": "d"}


class Options(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """port: of a serial line, or host: of a network; register counts from 0; unit: the device's number on its line."""

    register: Annotated[int, msgspec.Meta(ge=0, le=65_535)]
    port: str = ""
    host: str = ""
    tcp_port: Annotated[int, msgspec.Meta(ge=1, le=65_535)] = 502
    baud: int = 9_600
    parity: Literal["N", "E", "O"] = "N"
    unit: Annotated[int, msgspec.Meta(ge=0, le=247)] = 1
    function: Literal["holding", "input"] = "holding"
    form: Literal["uint16", "int16", "uint32", "int32", "float32", "float64"] = "uint16"
    words: Literal["high_first", "low_first"] = "high_first"


class Modbus:
    """One number of one device. The connection is made when it is first read, and anew after a failure."""

    def __init__(self, options: Options) -> None:
        if bool(options.port) == bool(options.host):
            raise DriverError("modbus: either port (a serial line) or host (a network), not both")
        self._options = options
        self._client = _client(options)

    def read(self) -> Mapping[str, float]:
        """The only channel."""
        from pymodbus.exceptions import ModbusException  # noqa: PLC0415

        options = self._options
        ask = (
            self._client.read_holding_registers if options.function == "holding" else self._client.read_input_registers
        )
        try:
            if not self._client.connect():
                raise DriverError(f"{options.host or options.port}: no connection")
            answer = ask(options.register, count=_count(options.form), device_id=options.unit)
        except (ModbusException, OSError) as error:
            self._client.close()  # type: ignore[no-untyped-call]  # pymodbus types what it returns alone
            raise DriverError(f"{options.host or options.port}: {error}") from None
        if answer.isError():
            raise DriverError(f"{options.host or options.port}: unit {options.unit} refuses: {answer}")
        return {"": number(answer.registers, options)}

    def close(self) -> None:
        """Lets go of the connection."""
        self._client.close()  # type: ignore[no-untyped-call]  # the same


def number(registers: Sequence[int], options: Options) -> float:
    """What the registers say. Raises DriverError where there are too few."""
    if len(registers) != _count(options.form):
        raise DriverError(f"{len(registers)} registers; {_count(options.form)} were asked for")
    ordered = registers if options.words == "high_first" else registers[::-1]
    written = b"".join(register.to_bytes(2, "big") for register in ordered)
    return float(struct.unpack(">" + _FORMS[options.form], written)[0])


def _count(form: str) -> int:
    return struct.calcsize(_FORMS[form]) // 2


def _client(options: Options) -> "ModbusSerialClient | ModbusTcpClient":
    try:
        from pymodbus.client import ModbusSerialClient, ModbusTcpClient  # noqa: PLC0415  imported on opening
    except ImportError:
        raise DriverError("pymodbus is not installed: pip install pymodbus[serial]") from None
    if options.host:
        return ModbusTcpClient(options.host, port=options.tcp_port, timeout=_TIMEOUT_S, retries=0)
    return ModbusSerialClient(options.port, baudrate=options.baud, parity=options.parity, timeout=_TIMEOUT_S, retries=0)


MODBUS: Final = Kind("modbus", Options, Modbus)
