"""No deadlines: what an example takes says more about the machine's load than about the code."""

from hypothesis import settings

settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")
