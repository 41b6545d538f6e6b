"""A device's time: uptime until somebody knows better, then the wall clock; skew and jumps are told."""

from dataclasses import dataclass

from edge.device_clock import DeviceClock, Moment
from edge.time_sources import GPS_HOLDS_S, TimeSources


@dataclass
class Machine:
    steady: float = 1_000.0
    wall: int = 1_719_100_000_000
    synced: bool = False

    def pass_s(self, seconds: float) -> None:
        self.steady += seconds
        self.wall += round(seconds * 1_000)


def clock(machine: Machine) -> DeviceClock:
    return DeviceClock(lambda: machine.steady, lambda: machine.wall, lambda: machine.synced)


def test_until_somebody_knows_the_time_it_is_uptime() -> None:
    machine = Machine()
    device = clock(machine)
    machine.pass_s(12.5)
    machine.wall = 0  # whatever it says
    assert device.now() == Moment(12_500, synced=False)


def test_from_then_on_it_is_the_wall_clock() -> None:
    machine = Machine()
    device = clock(machine)
    machine.pass_s(12.5)
    machine.synced = True
    assert device.now() == Moment(machine.wall, synced=True)
    assert device.uptime_ms() == 12_500


def test_each_start_has_a_name_of_its_own() -> None:
    machine = Machine()
    assert len({clock(machine).boot for _ in range(100)}) == 100


def test_a_wall_clock_that_runs_fast_is_skewed_and_does_not_jump() -> None:
    machine = Machine(synced=True)
    device = clock(machine)
    for _ in range(100):
        device.now()
        machine.steady += 10
        machine.wall += 10_005
    device.now()
    assert (device.skew_ms, device.jumps) == (500, 0)


def test_a_clock_that_is_set_back_jumps_once_and_is_believed() -> None:
    machine = Machine(synced=True)
    device = clock(machine)
    device.now()
    machine.pass_s(10)
    machine.wall -= 3_600_000
    assert device.now().time_ms == machine.wall
    machine.pass_s(10)
    device.now()
    assert (device.skew_ms, device.jumps) == (0, 1)


def test_the_first_time_that_is_known_is_no_jump() -> None:
    machine = Machine(wall=0)
    device = clock(machine)
    device.now()
    machine.wall, machine.synced = 1_719_100_000_000, True
    device.now()
    assert device.jumps == 0


def test_satellites_say_the_time_where_the_kernel_does_not() -> None:
    machine = Machine(wall=0)
    sources = TimeSources(lambda: machine.synced, lambda: machine.wall, lambda: machine.steady)
    assert not sources.is_synced()
    sources.heard(1_719_100_000.25, machine.steady)
    machine.pass_s(10)
    assert sources.is_synced()
    assert sources.wall_ms() == 1_719_100_010_250


def test_satellites_that_were_not_heard_for_long_say_nothing() -> None:
    machine = Machine()
    sources = TimeSources(lambda: machine.synced, lambda: machine.wall, lambda: machine.steady)
    sources.heard(1_719_100_000.0, machine.steady)
    machine.pass_s(GPS_HOLDS_S + 1)
    assert not sources.is_synced()


def test_the_kernel_goes_before_satellites() -> None:
    machine = Machine(synced=True)
    sources = TimeSources(lambda: machine.synced, lambda: machine.wall, lambda: machine.steady)
    sources.heard(0.0, machine.steady)
    assert sources.wall_ms() == machine.wall


def test_clocks_between_whose_looks_the_machine_slept_are_read_again() -> None:
    machine = Machine(synced=True)
    sleeps = iter([0.0, 10.0])

    def wall_ms() -> int:
        wall = machine.wall
        machine.pass_s(next(sleeps, 0.0))
        return wall

    device = DeviceClock(lambda: machine.steady, wall_ms, lambda: machine.synced)
    device.now()
    assert device.now() == Moment(machine.wall, synced=True)
    assert (device.jumps, device.skew_ms) == (0, 0)
