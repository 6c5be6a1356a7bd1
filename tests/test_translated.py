"""A project's own texts in another language: catalogues are filled, kept, marked and applied."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor import translated
from monitor.errors import DefinitionError
from monitor.project import Project, load


@pytest.fixture(scope="module")
def project() -> Project:
    return load(Path(__file__).parent.parent)


def with_layer(project: Project, folder: Path) -> Project:
    from dataclasses import replace

    return replace(project, layers=(folder, *project.layers))


def test_every_text_for_readers_is_offered_once(project: Project) -> None:
    there = translated.texts(project)
    assert len(there) == len(set(there))
    one = next(iter(project.indicators.values()))
    assert there[one.title][0] == f"{one.id}.title"
    assert all(text.strip() for text in there)


def test_a_translation_stays_and_is_marked_when_made_by_machine(project: Project, tmp_path: Path) -> None:
    path = tmp_path / "reports/words/eo.po"
    one = next(iter(project.indicators.values()))
    translated.update(project, "eo", path)
    first = path.read_bytes()
    translated.update(project, "eo", path)
    assert path.read_bytes() == first, "the same texts give the same file"
    translated.update(project, "eo", path, {one.title: "Titolo", "no such text": "nenio"})
    known = translated.catalogue(with_layer(project, tmp_path), "eo")
    assert known.texts == {one.title: "Titolo"}
    assert known.fuzzy == {one.title}
    path.write_text(path.read_text().replace("#, fuzzy\n", ""))
    translated.update(project, "eo", path)
    confirmed = translated.catalogue(with_layer(project, tmp_path), "eo")
    assert confirmed.texts == {one.title: "Titolo"}
    assert not confirmed.fuzzy


def test_a_text_that_changed_is_shown_in_the_original_and_its_old_translation_kept(
    project: Project, tmp_path: Path
) -> None:
    path = tmp_path / "reports/words/eo.po"
    path.parent.mkdir(parents=True)
    path.write_text('msgid "A title of old"\nmsgstr "Malnova titolo"\n')
    translated.update(project, "eo", path)
    assert '#~ msgid "A title of old"' in path.read_text()
    assert translated.catalogue(with_layer(project, tmp_path), "eo").texts == {}


def test_what_the_documents_say_word_for_word_is_not_replaced(project: Project) -> None:
    spoken = next(r for r in project.recommendations.values() if r.text and r.parts)
    known = translated.Catalogue("eo", {text: f"eo {text}" for text in translated.texts(project)})
    made = translated.into(project, known)
    assert made.recommendations[spoken.id].text == spoken.text
    assert [p.text for p in made.recommendations[spoken.id].parts] == [p.text for p in spoken.parts]
    assert made.recommendations[spoken.id].title == f"eo {spoken.title}"
    for key, one in made.indicators.items():
        assert one.title == f"eo {project.indicators[key].title}"
        assert one.caveats == [f"eo {c}" for c in project.indicators[key].caveats]
        assert one.data == project.indicators[key].data
    foreign = translated.foreign(project, known)
    assert spoken.text in foreign
    assert spoken.title not in foreign


@pytest.mark.parametrize("content", [b"title: Titolo\n", b'msgid "\xff"\nmsgstr "x"\n'])
def test_a_file_that_is_no_catalogue_is_refused(project: Project, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "reports/words/eo.po"
    path.parent.mkdir(parents=True)
    path.write_bytes(content)
    with pytest.raises(DefinitionError, match=r"eo\.po"):
        translated.catalogue(with_layer(project, tmp_path), "eo")
