"""PCA, t-SNE, UMAP and an AAE in the plane: what each can do, the measures, and the words."""

import math
import subprocess
import sys

import matplotlib.pyplot as plt
import pytest
import small
import torch
from sklearn import manifold
from sklearn.datasets import make_blobs
from sklearn.neighbors import KNeighborsClassifier

from aae_course.lessons import embedding_table, embeddings
from aae_course.lessons.embedding_table import MEASURES
from aae_course.lessons.embeddings import AAE, PCA, TSNE, UMAP, Placed, place
from aae_course.metrics import Labelled

PIXELS = small.PIXELS


def blobs(n, start=0):
    """Images of three labels, each a cloud of its own."""
    x, y = make_blobs(400, PIXELS, centers=3, cluster_std=0.05, center_box=(0.2, 0.8),
                      random_state=0)  # fmt: skip
    part = slice(start, start + n)
    return Labelled(torch.from_numpy(x[part]).float(), torch.from_numpy(y[part]).long())


FITTED, NEW = blobs(150), blobs(40, start=150)


def made_aae():
    torch.manual_seed(0)
    return AAE(small.BUILDERS["aae"]().eval(), seconds=12.5, images=5000)


@pytest.fixture(scope="module")
def found():
    seen = FITTED.y.clone()
    seen[50:] = -1
    return {
        "PCA": place(PCA(), FITTED, NEW),
        "t-SNE": place(TSNE(), FITTED, NEW),
        "UMAP": place(UMAP(), FITTED, NEW),
        "UMAP, labels": place(UMAP(), FITTED, NEW, seen),
        "AAE": place(made_aae(), FITTED, NEW),
    }


# The methods


def test_every_method_places_the_images_that_it_is_fitted_to(found):
    for placed in found.values():
        assert placed.codes.x.shape == (150, 2)
        assert placed.codes.x.dtype == torch.float32
        assert torch.equal(placed.codes.y, FITTED.y)


@pytest.mark.parametrize("name", ["PCA", "t-SNE", "UMAP", "UMAP, labels"])
def test_clouds_that_stand_apart_are_kept_apart(name, found):
    assert found[name].numbers["own_error_percent"] < 3
    assert found[name].numbers.get("new_error_percent", 0) < 3


def test_tsne_alone_can_neither_place_new_images_nor_decode(found):
    missing = {name: MEASURES.keys() - placed.numbers.keys() for name, placed in found.items()}
    assert missing.pop("t-SNE") == {
        "new_error_percent", "embed_seconds", "decode_seconds", "half_squared_error",
    }  # fmt: skip
    assert not any(missing.values())
    assert found["t-SNE"].decoded is None
    assert found["UMAP"].decoded.shape == (embeddings.DECODED, PIXELS)


def test_pca_is_the_projection_onto_two_principal_components(found):
    pca = PCA()
    z = pca.fit(FITTED.x)
    centred = FITTED.x - FITTED.x.mean(0)
    values = torch.linalg.svdvals(centred)
    torch.testing.assert_close(z.std(0) * math.sqrt(149), values[:2], rtol=1e-3, atol=1e-4)
    torch.testing.assert_close(pca.embed(FITTED.x[:5]), z[:5], rtol=1e-4, atol=1e-5)
    lost = (pca.decode(z) - FITTED.x).square().sum()
    torch.testing.assert_close(lost, values[2:].square().sum(), rtol=1e-3, atol=1e-4)


def test_umap_is_the_same_the_second_time(found):
    again = UMAP().fit(FITTED.x)
    torch.testing.assert_close(again, found["UMAP"].codes.x)


def test_an_aae_was_fitted_before(found):
    method, numbers = made_aae(), found["AAE"].numbers
    with torch.no_grad():
        z = method.model.encode(FITTED.x)
        x_hat = method.model.reconstruct(NEW.x[: embeddings.DECODED])
    torch.testing.assert_close(found["AAE"].codes.x, z)
    torch.testing.assert_close(found["AAE"].decoded, x_hat)
    assert (numbers["fit_seconds"], numbers["fitted_images"]) == (12.5, 5000)
    assert numbers["own_images"] == 150
    error = 0.5 * (x_hat - NEW.x[: embeddings.DECODED]).square().sum(1).mean().item()
    assert numbers["half_squared_error"] == pytest.approx(error)


def test_the_module_needs_umap_only_where_it_is_used():
    code = "import sys; sys.modules['umap'] = None; import aae_course.lessons.embeddings"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_umap_compiles_without_a_trace():
    before = torch.get_rng_state()
    embeddings.compile_umap(PIXELS)
    assert torch.equal(torch.get_rng_state(), before)


# The measures


def ring(n=200):
    angle = 2 * math.pi * torch.arange(n) / n
    return torch.stack([angle.cos(), angle.sin()], 1), angle[:, None]


def test_a_copy_is_trustworthy_and_continuous():
    x, _ = ring()
    turned = 3 * x.flip(1) + 1
    assert embeddings.trustworthiness(x, turned) == embeddings.continuity(x, turned) == 1


def test_tearing_costs_continuity_and_pressing_flat_costs_trust():
    x, angle = ring()
    torn = embeddings.trustworthiness(x, angle), embeddings.continuity(x, angle)
    flat = embeddings.trustworthiness(x, x[:, :1]), embeddings.continuity(x, x[:, :1])
    assert torn[0] > 0.99 > torn[1]
    assert flat[1] > 0.98 > flat[0]


def test_continuity_is_trustworthiness_with_the_spaces_swapped():
    torch.manual_seed(0)
    x, z = torch.randn(60, 5), torch.randn(60, 2)
    swapped = manifold.trustworthiness(z.numpy(), x.numpy(), n_neighbors=7)
    assert embeddings.continuity(x, z, 7) == swapped != embeddings.trustworthiness(x, z, 7)


def test_every_code_is_left_out_in_turn():
    torch.manual_seed(0)
    codes = Labelled(torch.randn(50, 2), torch.randint(4, (50,)))
    wrong = 0
    for i in range(50):
        others = torch.arange(50) != i
        votes = KNeighborsClassifier(5).fit(codes.x[others], codes.y[others])
        wrong += int(votes.predict(codes.x[i : i + 1])[0] != codes.y[i])
    assert embeddings.leave_one_out_error(codes) == pytest.approx(100 * wrong / 50)


def test_a_label_that_occurs_once_is_never_found():
    codes = Labelled(torch.arange(10.0)[:, None], torch.arange(10))
    assert embeddings.leave_one_out_error(codes, 1) == 100
    with pytest.raises(ValueError, match="10 neighbours among 9 other codes"):
        embeddings.leave_one_out_error(codes, 10)


# Table and words


def made(**numbers):
    return Placed(blobs(20), {"fitted_images": 2000, "own_images": 2000} | numbers)


def test_the_table_has_a_dash_where_a_method_cannot(found):
    rows = {row[0]: row[1:] for row in embedding_table.table(found)}
    assert rows[""] == list(found)
    assert rows["images fitted"] == ["150", "150", "150", "150", "5,000"]
    assert rows["k-NN error, new images"][1] == rows["error of what is decoded"][1] == "–"
    assert rows["time to fit"][-1] == "12.50 s"
    assert len({len(row) for row in rows.values()}) == 1


def words(name, **values):
    """The line of a measure, for methods whose value is given by their name."""
    found = {
        who: made(new_images=1000, **({} if value is None else {name: value}))
        for who, value in values.items()
    }
    (line,) = embedding_table.in_words(found, "UMAP", "AAE", [name])
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


def test_the_words_go_through_every_measure(found):
    lines = embedding_table.in_words(found, "UMAP", "AAE")
    assert len(lines) == len(MEASURES)
    for line, measure in zip(lines, MEASURES.values(), strict=True):
        assert line.startswith(f"- **{measure.heading}**: UMAP ")


# The picture


def test_every_method_has_a_panel_and_its_codes_are_left_alone(found, closed):
    before = {name: placed.codes.x.clone() for name, placed in found.items()}
    figure = embedding_table.draw_planes(found)
    assert [ax.get_title() for ax in figure.axes] == list(found)
    for ax, (name, placed) in zip(figure.axes, found.items(), strict=True):
        assert torch.equal(placed.codes.x, before[name])
        drawn = torch.from_numpy(ax.collections[0].get_offsets().data).float()
        moved = drawn - placed.codes.x
        torch.testing.assert_close(moved, moved[:1].expand_as(moved), atol=1e-4, rtol=0)
        assert ax.get_xlim()[1] >= drawn.abs().max() * 0.99
    plt.close(figure)
