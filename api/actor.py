"""Who did something, as people read it: `person:…` by name, `rule:…` by title, `run:…` as automatic."""

from collections.abc import Mapping
from dataclasses import dataclass

from api.ports import View
from city.alert import NO_DATA
from city.catalog import Catalog
from city.messages import say
from city.messages.text import Lang
from city.rule import Rule


@dataclass(frozen=True, slots=True)
class Actors:
    """Everybody and everything that can have done something. What is gone meanwhile keeps its id."""

    people: Mapping[str, str]
    programs: Mapping[str, str]
    rules: Mapping[str, Rule]
    catalog: Catalog

    @classmethod
    def of(cls, view: View) -> "Actors":
        """Asks the city; blocking."""
        people = {f"person:{one.id}": one.name for one in view.access.people.all()}
        if view.access.visitor is not None:
            people[view.access.visitor.id] = view.access.visitor.name
        programs = {f"token:{one.id}": one.name for one in view.access.tokens.all()}
        return cls(people, programs, view.rules(), view.catalog())

    def name(self, by: str, lang: Lang) -> str:
        """Whoever that is."""
        kind, _, ident = by.partition(":")
        said = by
        match kind:
            case "person":
                said = self.people.get(by, by)
            case "token":
                said = say("business.by-token", lang, title=self.programs.get(by, by))
            case "rule":
                rule = self.rules.get(ident.removesuffix(NO_DATA))
                said = say("business.by-rule", lang, title=rule.title if rule else ident)
            case "run":
                said = say("business.by-run", lang)
            case "device":
                device = self.catalog.devices.get(ident)
                said = say("business.by-device", lang, title=device.title if device else ident)
            case "socket":
                said = say("business.by-socket", lang)
            case _:
                pass
        return said
