import pytest
from httpx import Client
from prometheus_client import Counter

from api.ports import Check
from tests.support.served_pages import browse
from tests.support.shown_city import ShownCity, sabae

RESEND = "/v1/quarantine/resend"


def test_every_answer_forbids_scripts_from_elsewhere(client: Client) -> None:
    for path in ("/", "/v1/latest", "/nowhere", "/static/css/page.css"):
        headers = client.get(path).headers
        assert "default-src 'self'" in headers["content-security-policy"]
        assert "unsafe" not in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:8080", "127.0.0.1.evil.example", "", "[", "localhost@evil.example"]
)
def test_a_name_that_is_not_ours_is_refused(client: Client, host: str) -> None:
    answer = client.get("/v1/latest", headers={"host": host})
    assert answer.status_code == 400
    assert answer.json()["type"] == "urn:megane:problem:api.unknown-host"


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:1", "127.0.0.1:8080", "[::1]:8080", "megane.city.example"])
def test_our_names_are_taken(flooded: ShownCity, host: str) -> None:
    with browse(flooded, ["megane.city.example"]) as client:
        assert client.get("/readyz", headers={"host": host}).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": "http://127.0.0.1:1"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
    ],
)
def test_a_page_of_another_site_changes_nothing(client: Client, headers: dict[str, str]) -> None:
    answer = client.post(RESEND, json={"ids": [1]}, headers=headers)
    assert answer.status_code == 403
    assert answer.json()["type"] == "urn:megane:problem:api.other-origin"


def test_our_pages_and_programs_may(client: Client) -> None:
    ours = {"origin": str(client.base_url).rstrip("/"), "sec-fetch-site": "same-origin"}
    assert client.post(RESEND, json={"ids": [1]}, headers=ours).status_code == 200
    assert client.post(RESEND, json={"ids": [1]}).status_code == 200


def test_a_body_has_a_limit(client: Client) -> None:
    answer = client.post(RESEND, content=b" " * 100_000, headers={"content-type": "application/json"})
    assert answer.status_code == 413


def test_what_is_not_there_is_a_problem_too(client: Client) -> None:
    assert client.get("/v2").json()["type"] == "urn:megane:problem:api.no-such-page"
    assert client.post("/v1/latest").json()["type"] == "urn:megane:problem:api.method-not-allowed"


def test_readiness_names_what_is_missing() -> None:
    city = sabae()
    city.ready = [Check("journal", ok=True), Check("broker", ok=False, detail="connecting")]
    with browse(city) as client:
        answer = client.get("/readyz")
        assert answer.status_code == 503
        assert {c["name"]: c["ok"] for c in answer.json()["checks"]}["broker"] is False
        city.ready = [Check("journal", ok=True)]
        assert client.get("/readyz").status_code == 200


def test_metrics_are_those_of_the_registry(empty: tuple[ShownCity, Client]) -> None:
    city, client = empty
    Counter("megane_messages", "Messages", ["outcome"], registry=city.registry).labels("accepted").inc(3)
    answer = client.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain")
    assert 'megane_messages_total{outcome="accepted"} 3.0' in answer.text


def test_openapi_describes_every_route_with_its_problems(client: Client) -> None:
    described = client.get("/openapi.json").json()
    assert "Problem" in described["components"]["schemas"]
    for path, methods in described["paths"].items():
        for method, route in methods.items():
            assert route["summary"], path
            assert route["description"], path
            assert route["tags"], path
            assert "422" not in route["responses"], f"{method} {path} is answered with 400"
    for reference in _references(described):
        assert reference in described["components"]["schemas"]


def _references(node: object) -> list[str]:
    if isinstance(node, dict):
        here = [str(node["$ref"]).rsplit("/", 1)[1]] if "$ref" in node else []
        return here + [r for value in node.values() for r in _references(value)]
    if isinstance(node, list):
        return [r for value in node for r in _references(value)]
    return []


def test_no_answer_about_anybody_is_kept_and_files_of_pages_are(client: Client) -> None:
    for path in ("/v1/alerts", "/sensors", "/nowhere", "/openapi.json"):
        assert client.get(path).headers["cache-control"] == "no-store", path
    assert "cache-control" not in client.get("/static/icon.svg").headers


def test_who_came_by_https_is_told_to_come_so_again(client: Client) -> None:
    assert "strict-transport-security" not in client.get("/healthz").headers
    behind_tls = client.get("/healthz", headers={"x-forwarded-proto": "https"})
    assert behind_tls.headers["strict-transport-security"] == "max-age=31536000"


def test_no_answer_lets_pages_of_others_read_it_nor_takes_other_methods(client: Client) -> None:
    answer = client.get("/v1/alerts", headers={"origin": "https://evil.example"})
    assert not [name for name in answer.headers if name.startswith("access-control-")]
    assert client.request("TRACE", "/v1/alerts").status_code == 405
    assert client.request("PUT", "/v1/alerts").status_code == 405


@pytest.mark.parametrize(
    "path", ["/static/", "/static/css/", "/static/../app.py", "/static/%2e%2e/app.py", "/static/..%2fapp.py"]
)
def test_no_folder_is_listed(client: Client, path: str) -> None:
    assert client.get(path).status_code == 404
