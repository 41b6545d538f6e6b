"""Playbooks of every shape, for properties."""

from typing import Final

from hypothesis import strategies as st

from administration.playbook import Playbook
from administration.steps.approve import Approve
from administration.steps.branch import Branch
from administration.steps.command import Command
from administration.steps.step import PlaybookStep
from administration.steps.wait import Wait
from administration.steps.webhook import Webhook
from city.messages.text import Text
from city.right import Role

Steps = tuple[PlaybookStep, ...]
WEBHOOK: Final = PlaybookStep("webhook", Webhook())
WAIT: Final = PlaybookStep("wait", Wait(60_000))
SIGN: Final = PlaybookStep("command", Command("sign", {"lamp": "red"}, 1, {"lamp": "off"}, acts_alone=False))


def asks(on_reject: Steps, on_expire: Steps, ladder: int) -> PlaybookStep:
    roles = (Role.MAYOR, Role.CIO, Role.DEPARTMENT_HEAD)[:ladder]
    return PlaybookStep("approve", Approve(roles, 1, False, "?", on_reject, on_expire))


def branches(then: Steps, otherwise: Steps) -> PlaybookStep:
    return PlaybookStep("branch", Branch(4, (), then, otherwise))


def playbook_of(steps: Steps, on_resolve: Steps = ()) -> Playbook:
    return Playbook("p", "1", Text("試験", "test"), "", steps, on_resolve=on_resolve)


LEAF: Final = st.sampled_from([WEBHOOK, WAIT, SIGN])
LISTS: Final = st.recursive(
    st.lists(LEAF, max_size=3).map(tuple),
    lambda inner: st.lists(
        LEAF | st.builds(asks, inner, inner, st.integers(1, 3)) | st.builds(branches, inner, inner), max_size=4
    ).map(tuple),
    max_leaves=12,
)
