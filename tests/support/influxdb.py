"""What an InfluxDB holds, asked past the store."""

import httpx

from ingest.stores.influxdb_tables import Table, tables


def ask(url: str, influxql: str, database: str = "") -> list[Table]:
    """What an InfluxDB answers, without any of the store's own words."""
    answer = httpx.post(f"{url}/query", params={"epoch": "ms", "db": database}, data={"q": influxql}, timeout=60)
    answer.raise_for_status()
    return tables(answer.content)
