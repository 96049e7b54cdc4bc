"""A decision table as DMN 1.3, the XML of the Object Management Group: written, and read from any version of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.sax.saxutils import escape, quoteattr

from ..values import NUMERIC, Kind
from .decision_table import DecisionTable, Formula, HitPolicy
from .feel import output_text, test_text
from .raw_table import RawColumn, RawRow, RawTable, refuse_file
from .xml_elements import Element, read_xml

MODEL = "https://www.omg.org/spec/DMN/20191111/MODEL/"  #: the namespace of DMN 1.3
#: of DMN 1.1, 1.2, 1.3, 1.4 and 1.5
_MODELS = (
    "http://www.omg.org/spec/DMN/20151101/dmn.xsd",
    "http://www.omg.org/spec/DMN/20180521/MODEL/",
    MODEL,
    "https://www.omg.org/spec/DMN/20211108/MODEL/",
    "https://www.omg.org/spec/DMN/20230324/MODEL/",
)
_NAMESPACE = "https://charter.example/dmn"  #: of what is written; the names in a file have to be in some
_POLICIES = {
    HitPolicy.UNIQUE: 'hitPolicy="UNIQUE"',
    HitPolicy.FIRST: 'hitPolicy="FIRST"',
    HitPolicy.ANY: 'hitPolicy="ANY"',
    HitPolicy.PRIORITY: 'hitPolicy="PRIORITY"',
    HitPolicy.SUM: 'hitPolicy="COLLECT" aggregation="SUM"',
    HitPolicy.LEAST: 'hitPolicy="COLLECT" aggregation="MIN"',
    HitPolicy.GREATEST: 'hitPolicy="COLLECT" aggregation="MAX"',
}
_LETTERS = {"UNIQUE": "U", "FIRST": "F", "ANY": "A", "PRIORITY": "P", "COLLECT": "C"}
_AGGREGATIONS = {"SUM": "C+", "MIN": "C<", "MAX": "C>", "COUNT": "C#"}
_STRANGE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  #: no character of XML


# Writing ----------------------------------------------------------------------------------------------------------


def dmn_text(table: DecisionTable, note: str) -> str:
    """A table as a file of DMN 1.3; `note` is what its reader has to know."""
    return "\n".join(['<?xml version="1.0" encoding="UTF-8"?>', *_definitions(table, note), ""])


def _definitions(table: DecisionTable, note: str) -> Iterator[str]:
    name, title = _attribute(table.name), _attribute(table.label or table.name)
    inputs = dict(_names(table))
    yield f'<definitions xmlns="{MODEL}" id="definitions_{_id(table.name)}" name={name} namespace="{_NAMESPACE}">'
    for part, kind in inputs.items():
        part_id = f"input_{_id(part)}"
        yield f'  <inputData id="{part_id}" name={_attribute(part)}>'
        yield f'    <variable id="{part_id}_variable" name={_attribute(part)} typeRef="{_type(kind)}"/>'
        yield "  </inputData>"
    yield f'  <decision id="decision_{_id(table.name)}" name={name} label={title}>'
    yield f"    <description>{_content(note)}</description>"
    typed = f' typeRef="{_type(table.outputs[0].kind)}"' if len(table.outputs) == 1 else ""
    yield f'    <variable id="variable_{_id(table.name)}" name={name}{typed}/>'
    for number, part in enumerate(inputs, 1):
        yield f'    <informationRequirement id="requirement_{number}">'
        yield f'      <requiredInput href="#input_{_id(part)}"/>'
        yield "    </informationRequirement>"
    yield from _decision_table(table)
    yield "  </decision>"
    yield "</definitions>"


def _decision_table(table: DecisionTable) -> Iterator[str]:
    yield f'    <decisionTable id="table_{_id(table.name)}" {_POLICIES[table.policy]}>'
    for number, part in enumerate(table.inputs, 1):
        yield f'      <input id="column_{number}" label={_attribute(part.label or part.feel)}>'
        yield f'        <inputExpression id="column_{number}_expression" typeRef="{_type(part.kind)}">'
        yield f"          <text>{_content(part.feel)}</text>"
        yield "        </inputExpression>"
        yield "      </input>"
    for number, output in enumerate(table.outputs, 1):
        is_whole = len(table.outputs) == 1 and output.name == table.name  # then the decision has its name
        name = "" if is_whole else f" name={_attribute(output.name)}"
        label = _attribute(output.label or output.name)
        yield f'      <output id="result_{number}"{name} label={label} typeRef="{_type(output.kind)}"/>'
    for rule in table.rules:
        yield f'      <rule id="rule_{rule.number}">'
        for number, test in enumerate(rule.tests, 1):
            yield from _entry("inputEntry", f"rule_{rule.number}_test_{number}", test_text(test))
        for number, value in enumerate(rule.outputs, 1):
            yield from _entry("outputEntry", f"rule_{rule.number}_result_{number}", output_text(value))
        yield "      </rule>"
    yield "    </decisionTable>"


def _entry(name: str, entry_id: str, text: str) -> Iterator[str]:
    yield f'        <{name} id="{entry_id}"><text>{_content(text)}</text></{name}>'


def _names(table: DecisionTable) -> Iterator[tuple[str, Kind]]:
    """The names that the table needs a value of, with their kinds."""
    for part in table.inputs:
        yield from part.names
    for rule in table.rules:
        for output in rule.outputs:
            yield from output.names if isinstance(output, Formula) else ()


def _type(kind: Kind | None) -> str:
    if kind in NUMERIC:
        return "number"
    return {Kind.YES_NO: "boolean", Kind.DATE: "date"}.get(kind or Kind.TEXT, "string")


def _id(name: str) -> str:
    return re.sub(r"[^A-Za-z0-9_.-]", "_", name)


def _content(text: str) -> str:
    return escape(_STRANGE.sub("\ufffd", text))


def _attribute(text: str) -> str:
    return quoteattr(_STRANGE.sub("\ufffd", text))


# Reading ----------------------------------------------------------------------------------------------------------


def read_dmn(content: bytes, shown: str, name: str | None) -> RawTable:
    """The table of a decision, by the name or the id of that; raises InvalidInput for a file that has none.

    `name` may be None where the file has a single decision table.
    """
    root = read_xml(content, shown)
    if root.namespace not in _MODELS:
        refuse_file("this is XML, and not DMN 1.1 to 1.5", f'its root is <definitions xmlns="{MODEL}">', root.place)
    tables = [
        (decision, table)
        for decision in root.below()
        if decision.name == "decision" and decision.namespace == root.namespace
        for table in decision.all("decisionTable")
    ]
    if name is not None:
        tables = [part for part in tables if name in (part[0].attributes.get("name"), part[0].attributes.get("id"))]
    if not tables:
        what = f"no decision table is called '{name}'" if name is not None else "it has no decision table"
        refuse_file(what, "a decision table stands in <decision> as <decisionTable>", root.place)
    if len(tables) > 1:
        names = ", ".join(repr(decision.attributes.get("name", "")) for decision, _ in tables[:12])
        refuse_file(f"it has {len(tables)} decision tables", f"say which: {names}", root.place)
    return _raw_table(*tables[0])


def _raw_table(decision: Element, table: Element) -> RawTable:
    _refuse_languages(table)
    policy = table.attributes.get("hitPolicy", "UNIQUE")
    aggregation = table.attributes.get("aggregation")
    letters = _AGGREGATIONS.get(aggregation, aggregation) if aggregation else _LETTERS.get(policy, policy)
    inputs, outputs = table.all("input"), table.all("output")
    columns = [_input(part) for part in inputs]
    for part in outputs:
        own = part.attributes.get("name") or (decision.attributes.get("name", "") if len(outputs) == 1 else "")
        ranked, default = part.text_of("outputValues"), part.text_of("defaultOutputEntry")
        columns.append(RawColumn(own, part.place, True, ranked, default))
    if not outputs:
        refuse_file("the decision table has no <output>", "give it a result", table.place)
    rows = tuple(_row(number, rule, len(inputs), len(outputs)) for number, rule in enumerate(table.all("rule"), 1))
    return RawTable(decision.attributes.get("name", ""), letters, tuple(columns), rows, table.place)


def _input(part: Element) -> RawColumn:
    expression = part.first("inputExpression")
    return RawColumn(expression.inner_text if expression else "", part.place, False)


def _row(number: int, rule: Element, inputs: int, outputs: int) -> RawRow:
    entries = [*rule.all("inputEntry"), *rule.all("outputEntry")]
    if (len(rule.all("inputEntry")), len(rule.all("outputEntry"))) != (inputs, outputs):
        message = f"row {number} has not as many cells as the table has columns"
        refuse_file(message, "give each column its cell", rule.place)
    return RawRow(number, tuple(part.inner_text for part in entries), tuple(part.place for part in entries))


def _refuse_languages(table: Element) -> None:
    """Raise InvalidInput where a part of the table is in another language than FEEL."""
    for part in table.below():
        language = part.attributes.get("expressionLanguage", "")
        if language and "feel" not in language.lower():
            refuse_file(f"this is in '{language}'", "write it in FEEL; Charter reads no other language", part.place)
