"""Checkpoints: written whole; damaged ones and those of another run are refused."""

import pytest
import small
from made_runs import run

from aae_course.training.checkpoint import CheckpointError


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


@pytest.mark.parametrize(
    ("again", "message"),
    [
        ({"build": small.BUILDERS["vae"]}, "its model is AdversarialAutoencoder"),
        ({"seeds": (1,)}, r"its seeds is \[0\], here it is \[1\]"),
        ({"about": {"data hash": "b"}}, "its data hash is a, here it is b"),
        ({"build": small.build_aae(prior=lambda: small.Gaussian(3))}, "its weights is"),
    ],
)
def test_a_checkpoint_of_another_run_is_refused(again, message, tmp_path):
    path, usual = tmp_path / "run.safetensors", {"about": {"data hash": "a"}}
    run(small.BUILDERS["aae"], path=path, **usual)
    with pytest.raises(CheckpointError, match=message):
        run(**{"build": small.BUILDERS["aae"], "path": path, **usual, **again})
