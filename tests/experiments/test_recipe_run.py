"""The training of a recipe: blocks of seeds, seeds that diverge, and several devices."""

from dataclasses import replace

import pytest
import torch

from aae_course.data.datasets import load
from aae_course.experiments import recipes
from aae_course.experiments.recipe_run import RecipeRun, checkpoints_of, file_of, in_rows
from aae_course.experiments.request import Request
from aae_course.experiments.trained import Trained
from aae_course.training.checkpoint import CheckpointError
from aae_course.training.history import History, NonFiniteLoss, side_by_side

CPU = torch.device("cpu")


def run_of(out, seeds=(0,), devices=1, name="linear_autoencoder"):
    request = Request("try", "smoke", None, seeds, (CPU,) * devices, out, "aae-course try")
    return RecipeRun(name, load("digits"), request)


@pytest.fixture
def diverging(tmp_path, monkeypatch):
    """A run of three seeds that survives, and what makes some of them diverge."""

    def diverge(*broken):
        def train_together(run, report=None):
            seeds = run.request.seeds
            if set(seeds) & set(broken):
                raise NonFiniteLoss("the loss is not finite")
            history = History([1], {"reconstruction": [[float(seed) for seed in seeds]]})
            return Trained(run.recipe, run.data, seeds, [run.build()], history)

        monkeypatch.setattr(RecipeRun, "train_together", train_together)
        return run_of(tmp_path, (0, 1, 2), name="perceptrons_generation")

    return diverge


def test_seeds_that_diverge_are_named_and_the_others_go_on(diverging):
    found = diverging(1).train()
    assert found.seeds == (0, 2) and found.lost == (1,) and len(found.models) == 2
    assert found.history.losses == {"reconstruction": [[0.0, 2.0]]}


def test_all_seeds_may_diverge(diverging):
    found = diverging(0, 1, 2).train()
    assert found.seeds == () and found.lost == (0, 1, 2) and found.models == []


def test_seeds_that_are_known_to_diverge_are_not_tried_again(diverging):
    run = diverging(0, 1, 2)  # whatever is tried
    known = frozenset((run.name, seed) for seed in (0, 2))
    found = replace(run, request=replace(run.request, lost=known)).train()
    assert found.lost == (0, 1, 2)
    run = diverging()
    found = replace(run, request=replace(run.request, lost=known)).train()
    assert found.seeds == (1,) and found.lost == (0, 2)


def test_elsewhere_a_seed_that_diverges_stops_the_run(diverging, monkeypatch):
    recipe = recipes.RECIPES["perceptrons_generation"]
    monkeypatch.setitem(recipes.RECIPES, "perceptrons_generation", replace(recipe, survives=False))
    with pytest.raises(NonFiniteLoss):
        diverging(1).train()


def test_what_diverged_together_is_not_tried_together_again(diverging, tmp_path):
    run = diverging(1)
    folder = run.request.runs_of(run.name)
    folder.mkdir(parents=True)
    for block in ((0, 1, 2), (0,)):
        run.path(block).touch()
    run.train()
    assert [path.name for path in folder.iterdir()] == ["seed_0.safetensors"]


def files(folder):
    return sorted(path.name for path in folder.rglob("*.safetensors"))


@pytest.mark.usefixtures("quick")
def test_seeds_are_added_to_those_that_are_there(tmp_path):
    first = run_of(tmp_path, (0, 1)).train()
    more = run_of(tmp_path, (0, 1, 2, 3)).train()
    assert files(tmp_path) == ["seeds_0-1.safetensors", "seeds_2-3.safetensors"]
    assert more.seeds == (0, 1, 2, 3) and len(more.models) == 4
    assert [each["seeds"] for each in more.origins] == [[0, 1], [2, 3]]
    assert len(more.history.losses["reconstruction"][0]) == 4
    for before, after in zip(first.models, more.models, strict=False):
        for name, value in before.state_dict().items():
            assert torch.equal(value, after.state_dict()[name])


@pytest.mark.usefixtures("quick")
def test_fewer_seeds_are_taken_from_what_is_there(tmp_path):
    together = run_of(tmp_path, (0, 1, 2)).train()
    one = run_of(tmp_path, (1,)).train()
    assert files(tmp_path) == ["seeds_0-2.safetensors"]
    assert one.seeds == (1,)
    assert one.history.curve("reconstruction") == together.history.curve("reconstruction", 1)
    (model,) = one.models
    for name, value in together.models[1].state_dict().items():
        assert torch.equal(value, model.state_dict()[name])


@pytest.mark.parametrize(
    ("there", "wanted", "devices", "blocks"),
    [
        ([], (0, 1, 2), 1, [(0, 1, 2)]),
        ([], (0, 1, 2), 2, [(0,), (1, 2)]),
        ([(0, 1)], (0, 1, 2, 3, 4), 2, [(0, 1), (2,), (3, 4)]),
        ([(1,), (4, 5)], (0, 1, 2, 3, 4), 1, [(0,), (1,), (2, 3), (4, 5)]),
        ([(0,), (0, 1, 2)], (0, 2), 1, [(0, 1, 2)]),
        ([(7, 8)], (0,), 1, [(0,)]),
    ],
)
def test_a_seed_belongs_to_one_block(tmp_path, there, wanted, devices, blocks):
    run = run_of(tmp_path, wanted, devices)
    for block in there:
        run.path(block).parent.mkdir(parents=True, exist_ok=True)
        run.path(block).touch()
    assert run.blocks == blocks


def test_seeds_are_cut_where_a_number_is_missing():
    assert in_rows([0, 1, 3, 4, 5, 9]) == [(0, 1), (3, 4, 5), (9,)]
    assert in_rows([]) == []


def test_data_and_precision_of_ones_own_have_checkpoints_of_their_own(tmp_path):
    usual = run_of(tmp_path).request
    folders = {
        changed.runs_of("linear_autoencoder")
        for changed in (
            usual,
            replace(usual, scale="course"),
            replace(usual, data="mnist"),
            replace(usual, precision="bf16"),
        )
    }
    assert len(folders) == 4
    assert replace(usual, data="digits").runs_of("linear_autoencoder") in folders


def test_two_devices_give_what_one_gives(tmp_path):
    """This model draws no noise, so its replicas do not depend on who stands beside them."""
    together = run_of(tmp_path / "one", (0, 1), 1).train()
    apart = run_of(tmp_path / "two", (0, 1), 2).train()
    assert apart.seeds == (0, 1) and len(apart.models) == 2
    assert files(tmp_path / "two") == ["seed_0.safetensors", "seed_1.safetensors"]
    for first, second in zip(together.models, apart.models, strict=True):
        for name, value in first.state_dict().items():
            torch.testing.assert_close(second.state_dict()[name], value, atol=1e-4, rtol=1e-3)
    assert [(each["seeds"], each["from_step"]) for each in apart.origins] == [([0], 0), ([1], 0)]


def test_a_share_raises_in_one_line_what_is_wrong_with_its_checkpoint(tmp_path):
    run = run_of(tmp_path, (0, 1), 2)
    for block in ((0,), (1,)):
        run.path(block).parent.mkdir(parents=True, exist_ok=True)
        run.path(block).write_text("something else")
    with pytest.raises(CheckpointError, match=r"seed_0.safetensors is truncated or not a"):
        run.train()


def test_checkpoints_of_seeds_are_found_and_no_others(tmp_path):
    blocks = [(0,), (0, 1, 2), (3,), (10, 11)]
    for name in [*map(file_of, blocks), "else.safetensors", "seed_1.json", "seeds_x.safetensors"]:
        (tmp_path / name).touch()
    assert {path.name for path in checkpoints_of(tmp_path, (1, 10))} == {
        "seeds_0-2.safetensors", "seeds_10-11.safetensors",
    }  # fmt: skip
    assert checkpoints_of(tmp_path / "nowhere", (1,)) == []


def test_histories_side_by_side():
    first = History([1, 2], {"a": [[1.0], [2.0]]}, seconds=3.0)
    second = History([1, 2], {"a": [[5.0, 6.0], [7.0, 8.0]]}, seconds=4.0)
    both = side_by_side([first, second])
    assert both.losses == {"a": [[1.0, 5.0, 6.0], [2.0, 7.0, 8.0]]}
    assert both.seconds == 4.0 and both.steps == [1, 2]
