"""Cases as the API writes them."""

from typing import Annotated

from pydantic import BaseModel, Field

from api.moment import iso, iso_or_none
from api.problem import BothLanguages
from api.routes.sensors import both
from city.case import AttachedReadings, CaseFile, CaseState, ChecklistItem, Line, LineKind
from city.case import Case as CaseRecord
from city.case_words import number_text, state_text, told
from city.catalog import Catalog
from city.messages.text import Text


class Case(BaseModel):
    """A case as it stands. Times are ISO 8601 UTC."""

    id: Annotated[str, Field(examples=["2026-bosai-12"])]
    number: Annotated[BothLanguages, Field(examples=[{"ja": "令和8年度 防災危機管理課 第12号", "en": "2026-bosai-12"}])]
    year: Annotated[int, Field(description="Fiscal year, from April.", examples=[2026])]
    section: Annotated[str, Field(description="The department whose case it is.", examples=["bosai"])]
    title: Annotated[str, Field(examples=["鳥羽の水門の点検"])]
    state: CaseState
    state_title: Annotated[BothLanguages, Field(examples=[{"ja": "対応中", "en": "in progress"}])]
    assignee: Annotated[str | None, Field(description="Who takes care of it.", examples=["鯖江 花子"])]
    due: Annotated[str | None, Field(examples=["2026-12-01T08:15:00.000Z"])]
    overdue: Annotated[bool, Field(description="It should have ended by now and has not.")]
    opened: str
    opened_by: str
    changed: str
    ended: str | None
    version: Annotated[int, Field(description="Name it when you change the case.", examples=[3])]
    run: Annotated[str | None, Field(description="The run that opened it; null: a person did.")]
    step: Annotated[str | None, Field(description="At which of its steps.")]
    items: Annotated[int, Field(description="How long its checklist is.")]
    ticked: Annotated[int, Field(description="How much of it is ticked.")]


class Item(BaseModel):
    """One thing to do."""

    number: Annotated[int, Field(examples=[2])]
    text: Annotated[str, Field(examples=["水門確認"])]
    ticked: Annotated[str | None, Field(description="When; null until it is.")]
    by: str | None


class HistoryLine(BaseModel):
    """Who changed what, when. Lines of one change have the same version."""

    version: int
    at: str
    by: Annotated[str, Field(examples=["鯖江 太郎"])]
    kind: LineKind
    was: Annotated[str | None, Field(description="Null where there was nothing.")]
    becomes: Annotated[str | None, Field(description="Null where there is nothing.")]
    text: Annotated[str, Field(description="Words beside it.")]
    told: Annotated[
        BothLanguages, Field(examples=[{"ja": "担当: なし → 鯖江 花子", "en": "assignee: none → 鯖江 花子"}])
    ]


class AttachedEvidence(BaseModel):
    """Readings as they stood when they were attached; `/v1/cases/{id}/evidence/{number}` gives them themselves."""

    number: int
    series: Annotated[str, Field(examples=["rpi-toba:water_level"])]
    unit: Annotated[str, Field(examples=["m"])]
    from_: Annotated[str, Field(serialization_alias="from")]
    to: str
    readings: Annotated[int, Field(description="How many.", examples=[144])]
    sha256: Annotated[str, Field(description="Of the answer's body that gives them, hexadecimal.")]
    attached: str
    by: str


class IssuedDocument(BaseModel):
    """A document that was issued in the case. Nothing issues any yet: this is the place for them."""

    title: str
    issued: str
    sha256: str


class WholeCase(Case):
    """A case with all that hangs on it, each in its order."""

    checklist: list[Item]
    evidence: list[AttachedEvidence]
    documents: Annotated[list[IssuedDocument], Field(description="Documents issued. None are yet.")]
    history: list[HistoryLine]


def case_shown(case: CaseRecord, catalog: Catalog, now_ms: int) -> Case:
    """A case with its number in words; of a section that is gone from the catalog, with its id."""
    department = catalog.departments.get(case.section)
    section = department.title if department else Text(ja=case.section, en=case.section)
    return Case(
        id=case.id,
        number=both(number_text(case, section)),
        year=case.year,
        section=case.section,
        title=case.title,
        state=case.state,
        state_title=both(state_text(case.state)),
        assignee=case.assignee,
        due=iso_or_none(case.due_ms),
        overdue=case.overdue(now_ms),
        opened=iso(case.opened_ms),
        opened_by=case.opened_by,
        changed=iso(case.changed_ms),
        ended=iso_or_none(case.ended_ms),
        version=case.version,
        run=case.run,
        step=case.step,
        items=case.items,
        ticked=case.ticked,
    )


def whole_case(found: CaseFile, catalog: Catalog, now_ms: int) -> WholeCase:
    """The same with all that hangs on it."""
    return WholeCase(
        **case_shown(found.case, catalog, now_ms).model_dump(),
        checklist=[_item(item) for item in found.checklist],
        evidence=[_evidence(piece) for piece in found.evidence],
        documents=[],
        history=[_line(line) for line in found.history],
    )


def _item(item: ChecklistItem) -> Item:
    return Item(number=item.number, text=item.text, ticked=iso_or_none(item.ticked_ms), by=item.ticked_by)


def _line(line: Line) -> HistoryLine:
    return HistoryLine(
        version=line.version,
        at=iso(line.at_ms),
        by=line.by,
        kind=line.kind,
        was=line.was,
        becomes=line.becomes,
        text=line.text,
        told=both(told(line)),
    )


def _evidence(piece: AttachedReadings) -> AttachedEvidence:
    return AttachedEvidence(
        number=piece.number,
        series=piece.series,
        unit=piece.unit,
        from_=iso(piece.from_ms),
        to=iso(piece.to_ms),
        readings=piece.readings,
        sha256=piece.sha256,
        attached=iso(piece.attached_ms),
        by=piece.attached_by,
    )
