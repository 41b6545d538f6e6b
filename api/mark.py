"""The mark that says how bad something is: a shape, a sign in it, and a name. Never by colour alone.

Filled shapes are the five official alert levels in their official colours; hollow ones are our own severities, where
an alert is not about floods, landslides or surges: the two are never mixed up, in print and by colour-blind eyes too.
"""

from dataclasses import dataclass

from city.messages import say
from city.messages.text import Lang


@dataclass(frozen=True, slots=True, order=True)
class Mark:
    """How bad, comparable: the greater the worse.

    urgency: severity 1..5 of a firing alert; 0 where nothing fires
    level: the official alert level, 0 where it has none
    silent: nothing is heard from it
    """

    urgency: int = 0
    level: int = 0
    silent: bool = False

    @property
    def shape(self) -> str:
        """Id of its drawing (templates/shapes.html) and its class in style sheets."""
        if self.silent:
            return "silent"
        if self.level:
            return f"level-{self.level}"
        return f"severity-{self.urgency}" if self.urgency else "calm"

    @property
    def alarms(self) -> bool:
        """Whether it must be seen at once. Silence is told, but it is no alarm about the world."""
        return self.urgency > 0 and not self.silent

    def name(self, lang: Lang) -> str:
        """What it is called: `警戒レベル4相当 危険`, `至急`, `データなし`, `平常`."""
        return say(f"api.mark.{self.shape}", lang)

    def short(self, lang: Lang) -> str:
        """The same in one word, for counting."""
        return say(f"api.mark.short.{self.shape}", lang)


CALM = Mark()
SILENT = Mark(silent=True)


def mark_of(severity: int, alert_level: int | None, *, silent: bool) -> Mark:
    """The mark of a firing alert. Alerts of silence sort below everything that is known to be wrong."""
    return SILENT if silent else Mark(severity, alert_level or 0)
