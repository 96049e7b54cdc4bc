"""Texts for people: both languages have all of them, in their own letters, and no other module has any."""

from __future__ import annotations

import re
import subprocess
import sys
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from string import Formatter

import pytest
from charter.engine.texts import en, ru
from charter.engine.texts.texts import texts_in

from .programmes import ROOT

CYRILLIC = re.compile(r"[а-яёА-ЯЁ]")
WORD = re.compile(r"[^\W\d_]+")

#: English words of texts that the docs and schemas happen not to use
PLAIN_WORDS = {"Contents", "concerned", "keeping", "provisions"}

#: Files in which Cyrillic letters are data and not text for people.
CYRILLIC_DATA = {
    "engine/problems.py",  # letters that look like Latin ones
    "engine/review/checks/homoglyphs.py",  # the same, mixed in one word
    "engine/source/letters.py",  # letters that look like those of other scripts
    "engine/source/scalars.py",  # yes and no as a person writes them in YAML
}

#: Russian texts without a Russian word, each the same in both languages.
NO_RUSSIAN_WORD = {
    ("COMPARED", "page"),  # numbers of two releases
    ("ADVICE", "gives"),  # an amount alone
    ("ADVICE", "field"),  # titles of a list and of its field
}


def groups(module: object) -> dict[str, Mapping[str, str]]:
    """The groups of texts in the file of a language, by their names."""
    return {name: value for name, value in vars(module).items() if name.isupper()}


ENGLISH, RUSSIAN = groups(en), groups(ru)
TEXTS = [(name, key) for name, group in ENGLISH.items() for key in group]


def placeholders(template: str) -> Counter[str]:
    return Counter(field for _, field, _, _ in Formatter().parse(template) if field is not None)


def latin_words(template: str) -> list[str]:
    """The words in Latin letters outside the placeholders."""
    return re.findall(r"[A-Za-z]{2,}", "".join(literal for literal, *_ in Formatter().parse(template)))


def test_both_languages_have_the_same_groups_and_keys() -> None:
    assert ENGLISH.keys() == RUSSIAN.keys()
    for name, group in ENGLISH.items():
        assert group.keys() == RUSSIAN[name].keys(), name


@pytest.mark.parametrize(("name", "key"), TEXTS)
def test_a_text_is_there_in_both_languages_with_the_same_placeholders(name: str, key: str) -> None:
    english, russian = ENGLISH[name][key], RUSSIAN[name][key]
    assert english
    assert russian
    assert placeholders(english) == placeholders(russian)


def test_no_english_text_has_cyrillic_letters() -> None:
    assert not CYRILLIC.search(Path(en.__file__).read_text("utf-8"))


def test_russian_texts_are_in_russian() -> None:
    """Latin words stand in a Russian text only beside Russian ones."""
    untranslated = {
        (name, key)
        for name, group in RUSSIAN.items()
        for key, text in group.items()
        if not CYRILLIC.search(text) and (latin_words(text) or (ENGLISH[name][key] == text and name != "FORMS"))
    }
    assert untranslated == NO_RUSSIAN_WORD


def words(template: str) -> list[str]:
    """The words of a text outside its placeholders."""
    parts = Formatter().parse(template)
    return WORD.findall("".join(literal + " " * (field is not None) for literal, field, *_ in parts))


def test_the_words_of_english_texts_are_words_of_the_docs() -> None:
    """A misspelt word, or one that nobody explains, stands out."""
    files = [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md"), *(ROOT / "engine" / "catalogue").glob("*.yaml")]
    files += [*(ROOT / "schemas").glob("*.json"), *(ROOT / "examples").rglob("*.yaml")]
    written = {word for path in files for word in WORD.findall(path.read_text("utf-8"))}
    written |= {word.capitalize() for word in written}
    unexplained = {word for group in ENGLISH.values() for text in group.values() for word in words(text)} - written
    assert unexplained == PLAIN_WORDS


@pytest.mark.parametrize(("name", "key"), TEXTS)
def test_a_russian_text_is_written_as_the_english_one_is(name: str, key: str) -> None:
    """In letters of one script to a word, with Latin words of the English text alone, and with its capitals."""
    english, russian = words(ENGLISH[name][key]), words(RUSSIAN[name][key])
    latin = {word for word in russian if re.search("[A-Za-z]", word)}
    assert latin <= {*english, "charter"}
    capitals = [word for word in russian if len(word) > 1 and word.isupper() and word not in english]
    assert not capitals
    first = [text.lstrip("\n “«(;,.:")[:1] for text in (ENGLISH[name][key], RUSSIAN[name][key])]
    if all(letter.isalpha() for letter in first):
        assert first[0].isupper() == first[1].isupper()


def cyrillic_files(root: Path) -> set[str]:
    """The modules of the product that hold Cyrillic letters, by their paths, without the Russian texts."""
    paths = [*(root / "engine").rglob("*.py"), *(root / "commands").rglob("*.py"), root / "cli.py"]
    names = {path.relative_to(root).as_posix() for path in paths if CYRILLIC.search(path.read_text("utf-8"))}
    return names - {"engine/texts/ru.py"}


def test_no_other_module_has_russian_text() -> None:
    assert cyrillic_files(ROOT) == CYRILLIC_DATA


def test_only_the_language_asked_for_is_loaded() -> None:
    code = (
        "import sys; from charter.engine.texts.texts import texts_in; texts_in(sys.argv[1]);"
        "print(*sorted(name for name in sys.modules if name.startswith('charter.engine.texts.')))"
    )
    for lang in ("en", "ru"):
        done = subprocess.run([sys.executable, "-c", code, lang], capture_output=True, text=True, check=True)
        assert done.stdout.split() == [f"charter.engine.texts.{lang}", "charter.engine.texts.texts"]


def test_another_language_is_refused() -> None:
    with pytest.raises(ValueError, match="no texts in 'de'"):
        texts_in("de")
