"""What the maps measure: the table, the differences in words, the picture."""

import matplotlib.pyplot as plt
import pytest
import torch
from made_clouds import FITTED, NEW, blobs, made_aae

from aae_course.lessons import embedding_table
from aae_course.lessons.embeddings import PCA, TSNE, Placed, place


@pytest.fixture(scope="module")
def maps():
    """UMAP is slow to compile; PCA, which can do all that it can, stands in for it."""
    methods = {"PCA": PCA(), "t-SNE": TSNE(), "UMAP": PCA(), "UMAP, labels": PCA()}
    every = {**methods, "AAE": made_aae()}
    return {name: [place(each, FITTED, NEW)] for name, each in every.items()}


def made(**numbers):
    return Placed(blobs(20), {"fitted_images": 2000, "own_images": 2000} | numbers)


def fits(measure, **values):
    """Method -> fits that got these values."""
    return {name: [made(**{measure: v}) for v in each] for name, each in values.items()}


def test_the_table_has_a_dash_where_a_method_cannot(maps):
    rows = {row[0]: row[1:] for row in embedding_table.table(maps)}
    assert rows[""] == list(maps)
    assert rows["fits"] == ["1"] * 5
    assert rows["images fitted"] == ["150", "150", "150", "150", "5,000"]
    assert rows["k-NN error, new images"][1] == rows["error of 100 decoded"][1] == "–"
    assert rows["time to fit"][-1] == "12.5 s"
    assert len({len(row) for row in rows.values()}) == 1


def test_the_table_has_the_spread_over_the_fits():
    rows = {row[0]: row[1:] for row in embedding_table.table(fits("continuity", A=[0.9, 0.94]))}
    assert rows["fits"] == ["2"]
    assert rows["continuity"] == ["0.920 ± 0.028"]


def test_a_difference_that_is_told_names_the_better_method():
    found = embedding_table.verdicts(
        fits("trustworthiness", UMAP=[0.95, 0.951, 0.952], AAE=[0.90, 0.902, 0.904]), "UMAP", "AAE"
    )
    assert found["trustworthiness"].better == "UMAP"
    (line,) = embedding_table.in_words(found.values())
    assert line.startswith("- **trustworthiness**: -0.049, from -0.05")
    assert line.endswith(": **UMAP** is better.")


def test_of_an_error_less_is_better():
    errors = fits("new_error_percent", UMAP=[9.0, 9.1, 9.2], AAE=[5.0, 5.1, 5.2])
    assert embedding_table.verdicts(errors, "UMAP", "AAE")["new_error_percent"].better == "AAE"


def test_a_difference_within_the_spread_is_open():
    found = embedding_table.verdicts(
        fits("continuity", UMAP=[0.95, 0.90, 0.97], AAE=[0.93, 0.96, 0.91]), "UMAP", "AAE"
    )
    assert found["continuity"].better is None
    (line,) = embedding_table.in_words(found.values())
    assert line.endswith("not told apart.")


def test_more_measures_ask_for_more():
    """A p-value of 0.03 counts by itself, and not among two."""
    values = {"UMAP": [9.0, 10.0, 11.0], "AAE": [11.7, 12.7, 13.7]}
    one = fits("new_error_percent", **values)
    assert embedding_table.verdicts(one, "UMAP", "AAE")["new_error_percent"].better == "UMAP"
    two = {
        name: [made(new_error_percent=v, own_error_percent=v) for v in each]
        for name, each in values.items()
    }
    assert embedding_table.verdicts(two, "UMAP", "AAE")["new_error_percent"].better is None


def test_what_only_one_can_do_is_not_compared():
    fits_of = {"t-SNE": [made(continuity=0.9)] * 2, "AAE": [made(half_squared_error=12.0)] * 2}
    assert embedding_table.verdicts(fits_of, "t-SNE", "AAE") == {}


def test_every_method_has_a_panel_and_its_codes_are_left_alone(maps, closed):
    before = {name: fits[0].codes.x.clone() for name, fits in maps.items()}
    figure = embedding_table.draw_planes(maps)
    assert [ax.get_title() for ax in figure.axes] == list(maps)
    for ax, (name, (placed,)) in zip(figure.axes, maps.items(), strict=True):
        assert torch.equal(placed.codes.x, before[name])
        drawn = torch.from_numpy(ax.collections[0].get_offsets().data).float()
        moved = drawn - placed.codes.x
        torch.testing.assert_close(moved, moved[:1].expand_as(moved), atol=1e-4, rtol=0)
        assert ax.get_xlim()[1] >= drawn.abs().max() * 0.99
    plt.close(figure)
