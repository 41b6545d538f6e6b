"""Schedules once more, slow and obvious: what the clock on the wall shows, day by day."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from city.schedule import Schedule

# The Cabinet Office's list.
HOLIDAYS_2024 = (
    *("01-01", "01-08", "02-11", "02-12", "02-23", "03-20", "04-29", "05-03", "05-04", "05-05", "05-06"),
    *("07-15", "08-11", "08-12", "09-16", "09-22", "09-23", "10-14", "11-03", "11-04", "11-23"),
)


def by_the_wall(schedules: tuple[Schedule, ...], time_ms: int) -> bool:
    """The same, slow and obvious."""
    return any(one_by_the_wall(schedule, time_ms) for schedule in schedules)


def one_by_the_wall(schedule: Schedule, time_ms: int) -> bool:
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=time_ms)
    wall = moment.astimezone(ZoneInfo(schedule.zone)).replace(tzinfo=None)
    for from_, until in schedule.times or ((0, 1440),):
        for day in (wall.date() - timedelta(days=1), wall.date()):
            begin = datetime.combine(day, datetime.min.time())
            end = begin + timedelta(minutes=until if until > from_ else until + 1440)
            if begin + timedelta(minutes=from_) <= wall < end and day_is_on(schedule, day):
                return True
    return False


def day_is_on(schedule: Schedule, day: date) -> bool:
    holiday = day.year == 2024 and day.strftime("%m-%d") in HOLIDAYS_2024
    named = day.weekday() in schedule.days or (holiday and schedule.holidays is True)
    if (schedule.days or schedule.holidays) and not named:
        return False
    if holiday and schedule.holidays is False:
        return False
    number = (day.month, day.day)
    return not schedule.dates or any(
        low <= number <= high if low <= high else number >= low or number <= high for low, high in schedule.dates
    )
