"""Steps in words, as staff read them in a run's picture."""

import pytest

from administration.playbook import load_playbook
from administration.step_words import step_words
from tests.support.sabae import sabae_catalog

THEN = "then: [wait: {for: 1h}]"


@pytest.mark.parametrize(
    ("step", "words"),
    [
        (f"branch: {{when: {{site: [toba, under-oguro]}}, {THEN}}}", "場所が 鳥羽、小黒町アンダーパス なら"),
        (f"branch: {{when: {{area: kawada}}, {THEN}}}", "場所が 河和田地区 なら"),
        (f"branch: {{when: {{severity: 4}}, {THEN}}}", "重大度が 4 以上なら"),
        (
            "command: {device: rpi-under-oguro, set: {message: ''}, acts_alone: true}",
            "小黒町アンダーパスを「消灯」にする",
        ),
    ],
    ids=["sites", "area", "severity", "dark"],
)
def test_a_step_says_what_it_does_and_where(step: str, words: str) -> None:
    text = f"id: words\ntitle: {{ja: 言葉, en: words}}\nsteps:\n  - {step}\n"
    (placed,) = load_playbook(text, "words.yaml").steps
    assert step_words(placed.step, sabae_catalog()).ja == words
