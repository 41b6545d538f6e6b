import pytest

from city.catalog import Catalog, Point
from city.catalog_file import load_catalog
from city.errors import MistakesError
from city.messages.text import Lang, Text
from city.reading import SeriesKey
from city.sensor_health import measured

CITY = """\
city: {id: sabae, title: {ja: 鯖江市, en: Sabae}, outline: [[35.9, 136.1], [36.0, 136.1], [36.0, 136.3]]}
zones: [{id: plain, title: {ja: 平野, en: Plain}}, {id: hills, title: {ja: 山, en: Hills}}]
areas:
  - {id: shinmyo, title: {ja: 神明, en: Shinmyo}, zone: plain}
  - {id: kawada, title: {ja: 河和田, en: Kawada}, zone: hills}
rivers: [{id: asamizu, title: {ja: 浅水川, en: Asamizu}, line: []}]
departments: [{id: doboku, title: {ja: 土木課, en: Works}}]
sites: [{id: toba, title: {ja: 鳥羽, en: Toba}, area: shinmyo, latitude: 35.98, longitude: 136.19, river: asamizu}]
devices:
  - id: rpi-toba
    site: toba
    owner: doboku
    sensors: {water_level: {levels: {standby: 4.4}, unit: cm, resolution: 0.01}, battery_voltage: {}}
"""
HEAD = "device,like,area,latitude,longitude,title_ja,title_en\n"
ROW = "gauge-1,rpi-toba,kawada,35.95,136.28,河和田川 1 号,Kawada River 1\n"


def load(table: str) -> Catalog:
    return load_catalog({"catalog/city.yaml": CITY, "catalog/register.csv": table})


def told(table: str) -> list[str]:
    with pytest.raises(MistakesError) as caught:
        load(table)
    return [mistake.text(Lang.EN) for mistake in caught.value.mistakes]


def test_a_row_is_a_device_at_its_own_site_with_the_sensors_of_another() -> None:
    catalog = load(HEAD + ROW)
    site, gauge = catalog.sites["gauge-1"], catalog.sensors[catalog.index[SeriesKey("gauge-1", "water_level")]]

    assert site.point == Point(35.95, 136.28)
    assert (gauge.device, gauge.site, gauge.area, gauge.zone, gauge.river) == (
        "gauge-1",
        "gauge-1",
        "kawada",
        "hills",
        None,
    )
    assert (gauge.owner, gauge.levels, gauge.unit, gauge.resolution) == ("doboku", {"standby": 4.4}, "cm", 0.01)
    assert gauge.title == Text("河和田川 1 号 河川水位", "Kawada River 1: River water level")
    assert len(measured(catalog.sensors)) == len(catalog.sensors) / 2 == 4
    assert catalog.devices["gauge-1"].zone == "hills"


def test_columns_stand_in_any_order_and_excel_may_have_written_them() -> None:
    head = "\ufefftitle_en,title_ja,longitude,latitude,area,like,device"
    table = f"{head}\r\nOne,一,136.28,35.95,kawada,rpi-toba,gauge-1\r\n\r\n"

    assert load(table).sites["gauge-1"].title == Text("一", "One")


@pytest.mark.parametrize(
    ("row", "line", "cell", "named"),
    [
        ("Gauge 1,rpi-toba,kawada,35.95,136.28,a,b\n", 2, 1, "Gauge 1"),
        ("gauge-1,rpi-tobo,kawada,35.95,136.28,a,b\n", 2, 2, "rpi-toba"),
        ("gauge-1,rpi-toba,kawado,35.95,136.28,a,b\n", 2, 3, "kawada"),
        ("gauge-1,rpi-toba,kawada,53.95,136.28,a,b\n", 2, 4, "53.95"),
        ("gauge-1,rpi-toba,kawada,35.95,east,a,b\n", 2, 5, "east"),
        ("gauge-1,rpi-toba,kawada,35.95,136.28,,b\n", 2, 6, "title_ja"),
        ("gauge-1,rpi-toba,kawada,35.95,136.28,a\n", 2, 1, "6"),
        (ROW + ROW, 3, 1, "register.csv:2:1"),
        ("rpi-toba,rpi-toba,kawada,35.95,136.28,a,b\n", 2, 1, "catalog/city.yaml"),
    ],
)
def test_what_is_wrong_is_told_with_line_and_cell(row: str, line: int, cell: int, named: str) -> None:
    mistakes = told(HEAD + row)

    assert len(mistakes) == 1
    assert mistakes[0].startswith(f"catalog/register.csv:{line}:{cell}: ")
    assert named in mistakes[0]


def test_all_mistakes_are_told_at_once() -> None:
    assert len(told(HEAD + "a,b,kawada,1,2,x,y\n" + "c,rpi-toba,d,35.95,136.2,x,y\n")) == 4


@pytest.mark.parametrize("table", ["", "device,like\n", HEAD.replace("like", "model")])
def test_a_table_without_its_columns_says_which(table: str) -> None:
    assert "device,like,area" in told(table)[0]
