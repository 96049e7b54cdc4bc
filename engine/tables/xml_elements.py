"""Reads XML from outside as elements with their places, by the parser of the standard library.

A document type is refused as soon as it begins, and with it every entity but the five of XML itself: so nothing grows
when it is read, and nothing else is fetched. Size and depth are limited.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from typing import Any, NoReturn
from xml.parsers import expat

from ..limits import MAX_NESTING, MAX_NODES
from ..problems import Place, Source
from .raw_table import check_size, refuse_file

_APART = "\n"  #: stands between the namespace of a name and the name


class Element:
    """An element: its namespace, its name, attributes, elements, text, and the place of its start."""

    def __init__(self, namespace: str, name: str, attributes: dict[str, str], place: Place) -> None:
        self.namespace, self.name, self.attributes, self.place = namespace, name, attributes, place
        self.elements: list[Element] = []
        self.texts: list[str] = []

    @property
    def text(self) -> str:
        """Its own text, without blanks around it."""
        return "".join(self.texts).strip()

    def all(self, name: str) -> list[Element]:
        """The elements of this name and of its own namespace directly in it."""
        return [part for part in self.elements if part.name == name and part.namespace == self.namespace]

    def first(self, name: str) -> Element | None:
        """The first of these; None where there is none."""
        return next(iter(self.all(name)), None)

    def text_of(self, name: str) -> str:
        """The text of the element `text` in the element of this name; empty where there is none."""
        part = self.first(name)
        return part.inner_text if part else ""

    @property
    def inner_text(self) -> str:
        """The text of the element `text` in it; empty where there is none."""
        text = self.first("text")
        return text.text if text else ""

    def below(self) -> Iterator[Element]:
        """It and all elements in it."""
        yield self
        for part in self.elements:
            yield from part.below()


def read_xml(content: bytes, shown: str) -> Element:
    """The root of an XML file; raises InvalidInput where it cannot be read."""
    check_size(content, shown)
    return _Reader(content, shown).root


class _Reader:
    """Takes the events of one file."""

    def __init__(self, content: bytes, shown: str) -> None:
        wide = content[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
        self._source = Source(shown, content.decode("utf_16" if wide else "utf-8-sig", errors="replace"))
        self._lines = [0, *(match.end() for match in re.finditer("\r\n|\r|\n", self._source.text))]
        self._open: list[Element] = []
        self._roots: list[Element] = []
        self._number = 0
        self._parser = parser = expat.ParserCreate(namespace_separator=_APART)
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        parser.StartDoctypeDeclHandler = self._doctype
        parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
        try:
            parser.Parse(content, True)
        except expat.ExpatError as error:
            message = f"this cannot be read as XML: {expat.ErrorString(error.code)}"
            refuse_file(message, "save the table again as DMN", self._at(error.lineno, error.offset))
        except (LookupError, ValueError):  # an encoding that Python does not know
            refuse_file("the encoding of the file is not known", "save it as UTF-8", self._place())
        self.root = self._roots[0]

    def _place(self) -> Place:
        return self._at(self._parser.CurrentLineNumber, self._parser.CurrentColumnNumber)

    def _at(self, line: int, column: int) -> Place:
        start = min(self._lines[min(line, len(self._lines)) - 1] + column, len(self._source.text))
        return Place(self._source, start, start + 1)

    def _doctype(self, *_: Any) -> NoReturn:
        refuse_file("a document type is not read", "remove the lines of '<!DOCTYPE'", self._place())

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._number += 1
        if len(self._open) >= MAX_NESTING or self._number > MAX_NODES:
            help = "keep one table in a file"
            refuse_file("the file has too many elements, or too many within each other", help, self._place())
        namespace, _, local = name.rpartition(_APART)
        element = Element(namespace, local, attributes, self._place())
        (self._open[-1].elements if self._open else self._roots).append(element)
        self._open.append(element)

    def _end(self, _name: str) -> None:
        self._open.pop()

    def _text(self, text: str) -> None:
        self._open[-1].texts.append(text)
