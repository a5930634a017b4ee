"""Checkpoints: written whole, and taken up by the run they are of, under the source they are of."""

from dataclasses import replace

import numpy as np
import pytest
import small
import torch
from made_runs import StopAt, assert_same, run, weights
from safetensors.torch import save_file
from torch import nn

from aae_course.models import Autoencoder, Prior
from aae_course.networks.layers import Linear
from aae_course.training import NoProgress, fit, origin
from aae_course.training.checkpoint import CheckpointError, sittings
from aae_course.training.optimisation import SGD, Annealed, StepDecay
from aae_course.training.source import modules_behind


def test_nothing_is_left_beside_the_checkpoint(tmp_path):
    run(small.BUILDERS["aae"], path=tmp_path / "run.safetensors", save_every=0.0)
    assert [entry.name for entry in tmp_path.iterdir()] == ["run.safetensors"]


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda path: path.write_bytes(path.read_bytes()[:-50]), "truncated or not a checkpoint"),
        (lambda path: path.write_bytes(path.read_bytes()[:5]), "truncated or not a checkpoint"),
        (lambda path: path.write_bytes(b""), "truncated or not a checkpoint"),
        (lambda path: path.write_text("hello" * 100), "truncated or not a checkpoint"),
    ],
)
def test_a_damaged_checkpoint_is_named(spoil, message, tmp_path):
    path = tmp_path / "run.safetensors"
    run(small.BUILDERS["aae"], path=path)
    spoil(path)
    with pytest.raises(CheckpointError, match=message):
        run(small.BUILDERS["aae"], path=path)


def test_a_checkpoint_of_an_older_version_is_named(tmp_path):
    path = tmp_path / "run.safetensors"
    save_file({"a": torch.zeros(1)}, path, {"format": "aae_course run, version 1"})
    with pytest.raises(CheckpointError, match=r"written by another version.*delete it, or") as e:
        run(small.BUILDERS["aae"], path=path)
    assert "\n" not in str(e.value)


def test_a_file_of_something_else_is_named(tmp_path):
    path = tmp_path / "run.safetensors"
    save_file({"a": torch.zeros(1)}, path)
    with pytest.raises(CheckpointError, match="is not a checkpoint of a run of this course"):
        run(small.BUILDERS["aae"], path=path)


def faster(**settings):
    model = small.BUILDERS["aae"]()
    return replace(small.training(model), **settings)


@pytest.mark.parametrize(
    ("again", "message"),
    [
        ({"build": small.BUILDERS["vae"]}, "its model.kind is AdversarialAutoencoder, here it is"),
        ({"seeds": (1,)}, r"its seeds is \[0\], here it is \[1\]"),
        ({"about": {"data hash": "b"}}, "its data hash is a, here it is b"),
        ({"about": {}}, "its data hash is a, here it is absent"),
        ({"build": small.build_aae(prior=lambda: small.Gaussian(3))}, r"its model\.encoder.widths"),
        (
            {"build": small.build_aae(prior=lambda: small.Gaussian(std=2))},
            r"its .*prior.*std is 1.0",
        ),
        (
            {"training": faster(schedule=Annealed())},
            "its schedule.kind is StepDecay, here it is An",
        ),
        (
            {"training": faster(optimisers={**faster().optimisers, "generator": SGD(0.1, 0.5)})},
            "its optimisers.generator.lr is 0.05, here it is 0.1",
        ),
        ({"training": faster(epochs=2)}, "holds a run of 3 epochs, more than the 2 asked for"),
    ],
)
def test_a_checkpoint_of_another_run_is_refused(again, message, tmp_path):
    path, usual = tmp_path / "run.safetensors", {"about": {"data hash": "a"}}
    run(small.BUILDERS["aae"], path=path, **usual)
    with pytest.raises(CheckpointError, match=message) as refused:
        run(**{"build": small.BUILDERS["aae"], "path": path, **usual, **again})
    assert "\n" not in str(refused.value)


def test_a_checkpoint_of_other_images_is_refused(tmp_path):
    path, other = tmp_path / "run.safetensors", small.split()
    other.images[0, 0] += 1
    run(small.BUILDERS["aae"], path=path)
    model = small.BUILDERS["aae"]()
    with pytest.raises(CheckpointError, match="its training data is"):
        fit(model, other, small.training(model), path=path, progress=NoProgress())


def test_a_checkpoint_with_other_frozen_layers_is_refused(tmp_path):
    path, build = tmp_path / "run.safetensors", small.BUILDERS["aae"]
    run(build, path=path)
    model = build()
    next(model.encoder.parameters()).requires_grad_(False)
    with pytest.raises(CheckpointError, match=r"its frozen is \[\], here it is \['encoder"):
        fit(model, small.split(), small.training(model), path=path, progress=NoProgress())


def test_a_checkpoint_with_other_weights_in_a_frozen_layer_is_refused(tmp_path):
    def trained(value):
        model = small.BUILDERS["aae"]()
        weight = next(model.encoder.parameters()).requires_grad_(False)
        nn.init.constant_(weight, value)
        path = tmp_path / "run.safetensors"
        fit(model, small.split(), small.training(model), path=path, progress=NoProgress())

    trained(0.1)
    trained(0.1)
    with pytest.raises(CheckpointError, match=r"its frozen is .*encoder\.0\.weight"):
        trained(0.2)


class Around(Prior):
    """Draws around a centre, which is an attribute, an array or a buffer."""

    def __init__(self, centre, keep):
        super().__init__(2)
        keep(self, centre)

    def draw(self, shape, labels):
        return torch.randn(*shape, 2) + torch.as_tensor(self.centre)


@pytest.mark.parametrize(
    "keep",
    [
        lambda prior, centre: setattr(prior, "centre", torch.tensor(centre)),
        lambda prior, centre: setattr(prior, "centre", np.float32([centre])),
        lambda prior, centre: prior.register_buffer("centre", torch.tensor(centre)),
        lambda prior, centre: prior.register_buffer("centre", torch.tensor(centre), False),
    ],
    ids=["tensor", "array", "buffer", "buffer that is not saved"],
)
def test_a_checkpoint_with_another_prior_of_a_reader_s_own_is_refused(tmp_path, keep):
    path = tmp_path / "run.safetensors"
    for centre in (1.0, 1.0):
        run(small.build_aae(prior=lambda c=centre: Around(c, keep)), path=path)
    with pytest.raises(CheckpointError, match=r"its frozen is .*prior\.centre"):
        run(small.build_aae(prior=lambda: Around(3.0, keep)), path=path)


@pytest.mark.parametrize(
    ("name", "message"),
    [("", "is a folder: name a file in it"), ("file/run.safetensors", "cannot be written")],
)
def test_a_place_where_nothing_can_be_written_is_told_before_the_first_step(
    tmp_path, name, message
):
    (tmp_path / "file").write_text("", encoding="utf-8")
    steps = []
    with pytest.raises(CheckpointError, match=message):
        run(small.BUILDERS["aae"], path=tmp_path / name, evaluate=steps.append)
    assert not steps


class Transposed(nn.Module):
    """A decoder with the encoder's weight, the other way round: (batch, dim) -> (batch, pixels)."""

    def __init__(self, layer):
        super().__init__()
        self.weight = layer.weight

    def forward(self, z):
        return torch.sigmoid(z @ self.weight.mT)


def build_tied(replicas=None):
    encoder = Linear(small.PIXELS, 2, "kaiming", replicas)
    return Autoencoder(encoder, Transposed(encoder))


@pytest.mark.parametrize("seeds", [(0,), (0, 1)], ids=["one seed", "two seeds"])
def test_a_weight_of_two_networks_is_saved_and_stays_one(seeds, tmp_path):
    path = tmp_path / "run.safetensors"
    straight, _ = run(build_tied, seeds)
    with pytest.raises(KeyboardInterrupt):
        run(build_tied, seeds, path=path, progress=StopAt(8))
    resumed, _ = run(build_tied, seeds, path=path)
    assert_same(weights(straight), weights(resumed))
    assert resumed.decoder.weight is resumed.encoder.weight


def other_source(monkeypatch, *changed):
    """From now on these modules count as changed."""
    behind = modules_behind

    def modules(parts):
        return {name: "new" if name in changed else each for name, each in behind(parts).items()}

    monkeypatch.setattr(origin, "modules_behind", modules)


LOSSES, PRIORS = "aae_course.models.losses", "aae_course.models.priors"


def test_a_checkpoint_of_other_source_is_refused_and_says_what_changed(tmp_path, monkeypatch):
    path = tmp_path / "run.safetensors"
    run(small.BUILDERS["aae"], path=path)
    commit = sittings(path)[0]["commit"]
    other_source(monkeypatch, LOSSES)
    with pytest.raises(CheckpointError, match=r"aae_course/models/losses.py has changed") as e:
        run(small.BUILDERS["aae"], path=path)
    assert "--force" in str(e.value) and "keep=True" in str(e.value) and "\n" not in str(e.value)
    assert commit is None or f"(commit {commit[:7]})" in str(e.value)
    other_source(monkeypatch, LOSSES, PRIORS)
    with pytest.raises(CheckpointError, match=r"models/losses.py, .*/priors.py have changed"):
        run(small.BUILDERS["aae"], path=path)


def test_long_lists_of_changes_are_cut(tmp_path, monkeypatch):
    path = tmp_path / "run.safetensors"
    run(small.BUILDERS["aae"], path=path)
    other_source(
        monkeypatch, *(f"aae_course.models.{n}" for n in ("aae", "losses", "model", "priors"))
    )
    with pytest.raises(CheckpointError, match=r"model.py and 1 more have changed"):
        run(small.BUILDERS["aae"], path=path)


def test_a_kept_checkpoint_says_so_until_its_source_is_back(tmp_path, monkeypatch):
    path = tmp_path / "run.safetensors"
    first, _ = run(small.BUILDERS["aae"], path=path)
    with monkeypatch.context() as changed:
        other_source(changed, LOSSES)
        kept, _ = run(small.BUILDERS["aae"], path=path, keep=True)
        assert_same(weights(first), weights(kept))
        assert [each.get("kept") for each in sittings(path)] == [True]
        with pytest.raises(CheckpointError, match=r"losses.py has changed"):
            run(small.BUILDERS["aae"], path=path)
    run(small.BUILDERS["aae"], path=path)
    assert [each.get("kept") for each in sittings(path)] == [None]


def test_a_kept_run_that_goes_on_tells_of_both_sources(tmp_path, monkeypatch):
    path = tmp_path / "run.safetensors"
    with pytest.raises(KeyboardInterrupt):
        run(small.BUILDERS["aae"], path=path, progress=StopAt(8))
    other_source(monkeypatch, LOSSES)
    run(small.BUILDERS["aae"], path=path, keep=True)
    first, second = sittings(path)
    assert (first["from_step"], first["kept"]) == (0, True)
    assert second["from_step"] == 8 and "kept" not in second
    assert second["modules"][LOSSES] == "new" != first["modules"][LOSSES]
    run(small.BUILDERS["aae"], path=path)  # it is of this source now
    assert sittings(path) == [first, second]


def test_a_run_under_the_same_conditions_has_one_sitting(tmp_path):
    path = tmp_path / "run.safetensors"
    with pytest.raises(KeyboardInterrupt):
        run(small.BUILDERS["aae"], path=path, progress=StopAt(8))
    run(small.BUILDERS["aae"], path=path)
    (only,) = sittings(path)
    assert only["from_step"] == 0 and only["device"] == "cpu" and only["modules"]


def test_loading_a_finished_run_elsewhere_adds_no_sitting(tmp_path, monkeypatch):
    path = tmp_path / "run.safetensors"
    run(small.BUILDERS["aae"], path=path)
    monkeypatch.setattr(origin, "processor_name", lambda: "another")
    run(small.BUILDERS["aae"], path=path)
    assert len(sittings(path)) == 1
    run(small.BUILDERS["aae"], path=path, training=faster(epochs=4))
    assert [each["from_step"] for each in sittings(path)] == [0, 18]
    assert [each["processor"] == "another" for each in sittings(path)] == [False, True]


@pytest.mark.parametrize("name", ["aae universal", "semi-supervised", "aae batch norm"])
def test_more_epochs_give_what_as_many_at_once_give(name, tmp_path):
    path, build = tmp_path / "run.safetensors", small.BUILDERS[name]
    settings = small.training(build(), schedule=StepDecay((2, 4)))
    straight, history = run(build, training=replace(settings, epochs=5))
    run(build, training=settings, path=path)
    longer, longer_history = run(build, training=replace(settings, epochs=5), path=path)
    assert_same(weights(straight), weights(longer))
    assert longer_history.losses == history.losses and longer_history.steps == history.steps


def test_more_epochs_may_make_the_blocks_of_the_history_longer(tmp_path, monkeypatch):
    monkeypatch.setattr("aae_course.training.history.POINTS", 5)
    path, build = tmp_path / "run.safetensors", small.BUILDERS["aae"]
    run(build, path=path)
    _, history = run(build, training=faster(epochs=9), path=path)
    assert history.steps[-1] == 54 and history.steps == sorted(set(history.steps))
    assert all(len(points) == len(history.steps) for points in history.losses.values())


def test_with_annealed_rates_more_epochs_are_trained_too(tmp_path):
    path, build = tmp_path / "run.safetensors", small.BUILDERS["aae"]
    run(build, training=faster(schedule=Annealed()), path=path)
    _, history = run(build, training=faster(schedule=Annealed(), epochs=4), path=path)
    assert history.steps[-1] == 24
