"""PCA, t-SNE, UMAP and an AAE in the plane: what each can do, and the measures."""

import math
import subprocess
import sys

import pytest
import torch
from made_clouds import FITTED, NEW, PIXELS, made_aae
from sklearn import manifold
from sklearn.neighbors import KNeighborsClassifier

from aae_course.lessons import embeddings
from aae_course.lessons.embedding_table import MEASURES
from aae_course.lessons.embeddings import PCA, TSNE, UMAP, place
from aae_course.metrics import Labelled


@pytest.fixture(scope="module")
def maps():
    seen = FITTED.y.clone()
    seen[50:] = -1
    return {
        "PCA": place(PCA(), FITTED, NEW),
        "t-SNE": place(TSNE(), FITTED, NEW),
        "UMAP": place(UMAP(), FITTED, NEW),
        "UMAP, labels": place(UMAP(), FITTED, NEW, seen, decodes=False),
        "AAE": place(made_aae(), FITTED, NEW),
    }


# The methods


def test_every_method_places_the_images_that_it_is_fitted_to(maps):
    for placed in maps.values():
        assert placed.codes.x.shape == (150, 2)
        assert placed.codes.x.dtype == torch.float32
        assert torch.equal(placed.codes.y, FITTED.y)


@pytest.mark.parametrize("name", ["PCA", "t-SNE", "UMAP", "UMAP, labels"])
def test_clouds_that_stand_apart_are_kept_apart(name, maps):
    assert maps[name].numbers["own_error_percent"] < 3
    assert maps[name].numbers.get("new_error_percent", 0) < 3


def test_tsne_alone_can_neither_place_new_images_nor_decode(maps):
    missing = {name: MEASURES.keys() - placed.numbers.keys() for name, placed in maps.items()}
    assert missing.pop("UMAP, labels") == {"decode_seconds", "half_squared_error"}  # not asked to
    assert missing.pop("t-SNE") == {
        "new_error_percent", "embed_seconds", "decode_seconds", "half_squared_error",
    }  # fmt: skip
    assert not any(missing.values())
    assert maps["t-SNE"].decoded is None
    assert maps["UMAP"].decoded.shape == (len(NEW), PIXELS)  # it has fewer than are decoded


def test_pca_is_the_projection_onto_two_principal_components(maps):
    pca = PCA()
    z = pca.fit(FITTED.x)
    centred = FITTED.x - FITTED.x.mean(0)
    values = torch.linalg.svdvals(centred)
    torch.testing.assert_close(z.std(0) * math.sqrt(149), values[:2], rtol=1e-3, atol=1e-4)
    torch.testing.assert_close(pca.embed(FITTED.x[:5]), z[:5], rtol=1e-4, atol=1e-5)
    lost = (pca.decode(z) - FITTED.x).square().sum()
    torch.testing.assert_close(lost, values[2:].square().sum(), rtol=1e-3, atol=1e-4)


def test_umap_is_the_same_the_second_time(maps):
    again = UMAP().fit(FITTED.x)
    torch.testing.assert_close(again, maps["UMAP"].codes.x)


def test_another_seed_gives_another_map(maps):
    assert not torch.allclose(UMAP(seed=1).fit(FITTED.x), maps["UMAP"].codes.x)


def test_an_aae_was_fitted_before(maps):
    method, numbers = made_aae(), maps["AAE"].numbers
    with torch.no_grad():
        z = method.model.encode(FITTED.x)
        x_hat = method.model.reconstruct(NEW.x[: embeddings.DECODED])
    torch.testing.assert_close(maps["AAE"].codes.x, z)
    torch.testing.assert_close(maps["AAE"].decoded, x_hat)
    assert (numbers["fit_seconds"], numbers["fitted_images"]) == (12.5, 5000)
    assert numbers["own_images"] == 150
    error = 0.5 * (x_hat - NEW.x[: embeddings.DECODED]).square().sum(1).mean().item()
    assert numbers["half_squared_error"] == pytest.approx(error)


def test_the_module_needs_umap_only_where_it_is_used():
    code = "import sys; sys.modules['umap'] = None; import aae_course.lessons.embeddings"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_umap_compiles_without_a_trace():
    before, threads = torch.get_rng_state(), torch.get_num_threads()
    embeddings.compile_umap(PIXELS)
    assert torch.equal(torch.get_rng_state(), before)
    assert torch.get_num_threads() == threads


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
