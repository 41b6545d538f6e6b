"""Each of what an attacker may try is refused, stands in the list, and disturbs nobody else."""

import json
import ssl
import time

import httpx
import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

from bench.waiting import wait_for
from city.wire.command import Command
from city.wire.enrolment import Code
from tests.support.town import FoundTown, Town

ATTACKED, OTHER, THIEF = "rpi-toba", "rpi-matsunari", "rpi-miono"
EVIL = "[red]evil"  # no name of a device, and markup where it is printed as such


def client(town: Town, device: str | None) -> mqtt.Client:
    """With a device's certificate at its door; None: a program of this machine."""
    made = mqtt.Client(CallbackAPIVersion.VERSION2, client_id=device or "", reconnect_on_failure=False)
    if device is not None:
        folder = town.edges[device].certificates
        context = ssl.create_default_context(cafile=folder / "ca.pem")
        context.load_cert_chain(folder / "device.pem", folder / "device.key")
        made.tls_set_context(context)
    made.connect("127.0.0.1", town.city.mqtt_port if device is None else town.port)
    made.loop_start()
    return made


def test_each_is_refused_and_listed_and_nobody_else_is_disturbed(found_town: FoundTown) -> None:
    town = found_town(ATTACKED, OTHER, THIEF)
    city = town.city
    attacked, other, thief = (town.edges[name] for name in (ATTACKED, OTHER, THIEF))
    used = [town.enrol(name) for name in town.edges]
    with attacked, other:
        wait_for(lambda: city.readings()["stored"] > 20, "what they read")

        def say(who: mqtt.Client, topic: str, payload: bytes | bytearray, *, retain: bool = False) -> None:
            who.publish(topic, payload, 1, retain).wait_for_publish(30)

        machine = client(town, None)
        heard: list[mqtt.MQTTMessage] = []
        machine.on_message = lambda _, __, message: heard.append(message)
        machine.subscribe("megane/#", 1)

        # Another zone than its own, and another's start and numbers.
        stolen = client(town, THIEF)
        say(stolen, f"megane/elsewhere/{THIEF}/up", b'[{"n":"water_level","u":"m","v":1}]')
        theirs = wait_for(lambda: [m for m in heard if m.topic.endswith(f"{ATTACKED}/up")], "what another says")
        say(stolen, f"megane/sabae/{THIEF}/up", theirs[0].payload)
        # What is another's topic, the broker lets through to nobody.
        count = len([m for m in heard if b"rpi-forged" in m.payload])
        say(stolen, f"megane/sabae/{OTHER}/up", b'[{"bn":"rpi-forged"}]')
        stolen.disconnect()

        # Out, once it is revoked.
        town.post(f"/devices/{THIEF}/revoke")

        def is_out() -> bool:
            try:
                client(town, THIEF).disconnect()
            except (OSError, ssl.SSLError):
                return True
            return ("certificate_refused", None) in town.refused()

        wait_for(is_out, "that it is out")

        # A configuration that cannot be, retained; a command once more; one that is late; a code once more.
        say(machine, f"megane/sabae/{ATTACKED}/config", b'{"revision":99,"sensors":[{"name":1}]}', retain=True)
        town.post(f"/devices/{ATTACKED}/commands", {"by": "hanako", "name": "ping", "within_s": 60})
        replayed = wait_for(lambda: [m for m in heard if m.topic.endswith(f"{ATTACKED}/cmd")], "the command")[0]
        say(machine, replayed.topic, replayed.payload)
        say(machine, replayed.topic, replayed.payload)
        late = Command("late-1", "ping", round(time.time() * 1000) - 60_000)
        say(machine, replayed.topic, late.encode())
        assert thief.enrol(city.url, used[2]).returncode == 2
        httpx.get(f"{city.url}/v1/devices", headers={"host": "evil.example"}, trust_env=False)
        httpx.post(f"{city.url}/v1/enrolment", headers={"origin": "http://evil.example"}, trust_env=False)

        wanted = {
            ("wrong_topic", THIEF),
            ("others_numbers", THIEF),
            ("certificate_refused", None),
            ("configuration_refused", ATTACKED),
            ("command_replayed", ATTACKED),
            ("command_late", ATTACKED),
            ("enrolment_refused", None),
            ("request_refused", None),
        }
        wait_for(lambda: wanted <= set(town.refused()), f"all of {wanted}", 30)
        assert set(town.refused()) == wanted
        assert len([m for m in heard if b"rpi-forged" in m.payload]) == count == 0

        # Nothing else is disturbed: both are heard, and stored.
        stored = city.readings()["stored"]
        wait_for(lambda: city.readings()["stored"] > stored + 40, "what they read now")
        so_far = len(heard)
        receipts = {f"megane/sabae/{name}/receipt" for name in (ATTACKED, OTHER)}
        wait_for(lambda: receipts <= {m.topic for m in heard[so_far:]}, "receipts for both")
        shown = town.shown(ATTACKED)
        assert shown["revision"] == 1
        assert shown["refused"] is not None
        machine.disconnect()
        assert attacked.stop() == 0
        assert other.stop() == 0


def test_what_was_refused_is_listed_at_the_desk(found_town: FoundTown) -> None:
    town = found_town(ATTACKED)
    assert town.megane("security", "list").stdout.strip() == "Nothing was refused."
    for _ in range(3):
        assert town.edge.enrol(town.city.url, str(Code.new())).returncode == 2
    machine = client(town, None)
    machine.publish(f"megane/sabae/{EVIL}/up", b"[]", 1).wait_for_publish(30)
    machine.publish(f"megane/elsewhere/{ATTACKED}/up", b'[{"n":"water_level","u":"m","v":1}]', 1).wait_for_publish(30)
    machine.disconnect()
    wait_for(lambda: {("wrong_topic", EVIL), ("wrong_topic", ATTACKED)} <= set(town.refused()), "both topics")

    def listed(*options: str) -> list[tuple[str, str | None]]:
        run = town.megane("security", "list", "--json", *options)
        assert run.returncode == 0, run.stderr
        return [(event["kind"], event["device"]) for event in json.loads(run.stdout)["events"]]

    everything = listed()
    assert everything == town.refused()
    assert set(everything) == {("enrolment_refused", None), ("wrong_topic", EVIL), ("wrong_topic", ATTACKED)}
    assert sorted(listed("--kind", "wrong_topic"), key=str) == [("wrong_topic", EVIL), ("wrong_topic", ATTACKED)]
    assert listed("--device", ATTACKED) == [("wrong_topic", ATTACKED)]
    assert listed("--limit", "1") == everything[:1]

    table = town.megane("security", "list")
    assert table.returncode == 0
    assert EVIL in table.stdout  # as it was sent, and in no colour
    assert ATTACKED in table.stdout

    unknown = town.megane("security", "list", "--kind", "burglary")
    assert (unknown.returncode, unknown.stdout) == (1, "")
    assert "burglary" in unknown.stderr
    assert "wrong_topic" in unknown.stderr
    assert "Traceback" not in unknown.stderr
