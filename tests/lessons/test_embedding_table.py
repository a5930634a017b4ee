"""What the maps measure: the table, the words, the picture."""

import matplotlib.pyplot as plt
import pytest
import torch
from made_clouds import FITTED, NEW, blobs, made_aae

from aae_course.lessons import embedding_table
from aae_course.lessons.embedding_table import MEASURES
from aae_course.lessons.embeddings import PCA, TSNE, Placed, place


@pytest.fixture(scope="module")
def maps():
    """UMAP is slow to compile; PCA, which can do all that it can, stands in for it."""
    methods = {"PCA": PCA(), "t-SNE": TSNE(), "UMAP": PCA(), "UMAP, labels": PCA()}
    return {name: place(each, FITTED, NEW) for name, each in {**methods, "AAE": made_aae()}.items()}


def made(**numbers):
    return Placed(blobs(20), {"fitted_images": 2000, "own_images": 2000} | numbers)


def test_the_table_has_a_dash_where_a_method_cannot(maps):
    rows = {row[0]: row[1:] for row in embedding_table.table(maps)}
    assert rows[""] == list(maps)
    assert rows["images fitted"] == ["150", "150", "150", "150", "5,000"]
    assert rows["k-NN error, new images"][1] == rows["error of what is decoded"][1] == "–"
    assert rows["time to fit"][-1] == "12.50 s"
    assert len({len(row) for row in rows.values()}) == 1


def words(name, **values):
    """The line of a measure, for methods whose value is given by their name."""
    maps = {
        who: made(new_images=1000, **({} if value is None else {name: value}))
        for who, value in values.items()
    }
    (line,) = embedding_table.in_words(maps, "UMAP", "AAE", [name])
    return line


def test_the_words_say_plainly_who_wins():
    assert words("new_error_percent", PCA=50.0, UMAP=8.0, AAE=20.0) == (
        "- **k-NN error, new images**: UMAP 8.0 %, AAE 20.0 %: **UMAP wins**. "
        "Best of all: UMAP, 8.0 %."
    )
    assert "**AAE wins**. Best of all: PCA, 0.01 s." in words(
        "fit_seconds", PCA=0.01, UMAP=9.0, AAE=8.0
    )
    assert "**UMAP wins**" in words("trustworthiness", UMAP=0.95, AAE=0.90)
    assert "Best of all: t-SNE, 0.990" in words(
        "continuity", UMAP=0.95, AAE=0.97, **{"t-SNE": 0.99}
    )


def test_the_words_call_no_winner_within_two_standard_errors():
    # Of 1000 images each, a tenth wrong: the standard error of the difference is 1.34.
    assert "too close to call" in words("new_error_percent", UMAP=9.0, AAE=11.0)
    assert "**UMAP wins**" in words("new_error_percent", UMAP=8.5, AAE=11.5)
    assert "a draw" in words("trustworthiness", UMAP=0.9501, AAE=0.9502)


def test_the_words_say_who_can_at_all():
    assert "UMAP –, AAE 12.0: only AAE can" in words("half_squared_error", UMAP=None, AAE=12.0)
    assert "only UMAP can" in words("half_squared_error", UMAP=12.0, AAE=None)


def test_the_words_go_through_every_measure(maps):
    lines = embedding_table.in_words(maps, "UMAP", "AAE")
    assert len(lines) == len(MEASURES)
    for line, measure in zip(lines, MEASURES.values(), strict=True):
        assert line.startswith(f"- **{measure.heading}**: UMAP ")


def test_every_method_has_a_panel_and_its_codes_are_left_alone(maps, closed):
    before = {name: placed.codes.x.clone() for name, placed in maps.items()}
    figure = embedding_table.draw_planes(maps)
    assert [ax.get_title() for ax in figure.axes] == list(maps)
    for ax, (name, placed) in zip(figure.axes, maps.items(), strict=True):
        assert torch.equal(placed.codes.x, before[name])
        drawn = torch.from_numpy(ax.collections[0].get_offsets().data).float()
        moved = drawn - placed.codes.x
        torch.testing.assert_close(moved, moved[:1].expand_as(moved), atol=1e-4, rtol=0)
        assert ax.get_xlim()[1] >= drawn.abs().max() * 0.99
    plt.close(figure)
