"""A Modbus device as a process: `modbus_server.py tcp PORT` or `modbus_server.py rtu PATH`. Unit 17, some registers."""

import asyncio
import sys

from pymodbus.framer import FramerType
from pymodbus.server import ModbusSerialServer, ModbusTcpServer
from pymodbus.simulator import DataType, SimData, SimDevice

UNIT = 17


def device() -> SimDevice:
    """Registers from 0: 1234, −5; from 10: 123,456 as 32 bits; from 20: 4.525 as float32."""
    return SimDevice(
        id=UNIT,
        simdata=[
            SimData(address=0, values=[1234, 65_531], datatype=DataType.UINT16),
            SimData(address=10, values=123_456, datatype=DataType.UINT32),
            SimData(address=20, values=4.525, datatype=DataType.FLOAT32),
        ],
    )


async def main(kind: str, where: str) -> None:
    if kind == "tcp":
        await ModbusTcpServer(device(), address=("127.0.0.1", int(where))).serve_forever()
    else:
        await ModbusSerialServer(device(), framer=FramerType.RTU, port=where, baudrate=9_600).serve_forever()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2]))
