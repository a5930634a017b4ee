"""Which source counts as that of a run, and which changes of it count."""

from textwrap import dedent

import pytest
import small

from aae_course.models import AdversarialAutoencoder
from aae_course.training import source
from aae_course.training.optimisation import Adam
from aae_course.training.source import file_of, hash_of, joint_hash, modules_behind

AAE = modules_behind(small.BUILDERS["aae"]().modules())


def test_the_modules_of_a_model_and_of_what_it_imports_count():
    needed = {
        *(f"models.{name}" for name in ("aae", "encoder_decoder", "model", "losses", "priors")),
        *("networks.encoders", "networks.layers", "networks.replicas"),
        *("data.minibatches", "data.labels", "randomness"),
        *("training.loop", "training.feed", "training.optimisation", "training.precision"),
    }
    assert {f"aae_course.{name}" for name in needed} <= AAE.keys()


@pytest.mark.parametrize(
    "name",
    [
        *("models", "models.gan", "models.vae", "networks.convolutional", "data.downloads"),
        *("settings", "training.progress", "training.checkpoint", "training.source", "pictures"),
    ],
)
def test_what_leaves_no_trace_in_the_weights_does_not_count(name):
    assert f"aae_course.{name}" in source.package_source()
    assert f"aae_course.{name}" not in AAE


def test_each_model_has_its_own():
    gan = modules_behind(small.build_gan().modules())
    assert "aae_course.models.gan" in gan and "aae_course.models.aae" not in gan
    assert joint_hash(gan) != joint_hash(AAE)


def test_what_is_named_as_without_a_trace_is_there():
    assert source.package_source().keys() >= source.LEAVE_NO_TRACE | source.ALWAYS


def test_optimisers_count_by_their_module():
    assert "aae_course.training.optimisation" in modules_behind([Adam(1e-3)])


def of(text):
    return hash_of(dedent(text))


PLAIN = """
    class A:
        def f(self, x):
            return x + 1
"""


@pytest.mark.parametrize(
    "same",
    [
        '"""What one finds in it."""' + PLAIN,
        PLAIN.replace("return", "# why\n            return"),
        PLAIN.replace("(self, x)", "(self,\n              x)"),
        PLAIN.replace("def f", '"""A class."""\n\n        def f'),
        PLAIN.replace("return", '"""One more."""\n            return'),
    ],
)
def test_comments_docstrings_and_formatting_do_not_count(same):
    assert hash_of(dedent(same.replace('"""' + PLAIN, '"""\n' + dedent(PLAIN)))) == of(PLAIN)


@pytest.mark.parametrize("now", [("+", "-"), ("1", "1.0"), ("A", "B"), ("x + 1", "x")])
def test_what_is_computed_counts(now):
    assert of(PLAIN.replace(*now)) != of(PLAIN)


def test_a_text_that_is_no_docstring_counts():
    assert of("x = 'a'") != of("x = 'b'")


class Mine(AdversarialAutoencoder):
    def training_step(self, batch):
        yield from super().training_step(batch)


def test_a_class_of_the_reader_s_own_counts_by_itself():
    own = modules_behind([Mine.build(small.networks(), small.PIXELS, small.Gaussian())])
    assert own.keys() - AAE.keys() == {f"{__name__}.Mine"}
    assert own[f"{__name__}.Mine"] != hash_of("")


def class_of_a_notebook(text):
    """As a notebook makes it: in a module without a file, whose methods know their cell."""
    import linecache

    linecache.cache["<cell>"] = len(text), None, text.splitlines(True), "<cell>"
    scope = {"__name__": "__main__"}
    exec(compile(text, "<cell>", "exec"), scope)
    return scope["A"]


def test_a_class_of_a_notebook_counts_by_its_methods():
    cell = dedent(PLAIN)
    before, same, after = (
        modules_behind([class_of_a_notebook(text)()])["__main__.A"]
        for text in (cell, f"# Now\n{cell}", cell.replace("1", "2"))
    )
    assert before == same != after


def test_a_class_without_source_does_not_stop_a_run():
    assert modules_behind([type("A", (), {"__module__": "nowhere"})()])["nowhere.A"] == hash_of("")


def test_files_are_named_for_people():
    assert file_of("aae_course.models.losses") == "aae_course/models/losses.py"
    assert file_of("__main__.Mine") == "__main__.Mine"
