"""Table 1: every row of every seed, fold by fold, and what is not run."""

import statistics
import time
from contextlib import suppress
from dataclasses import replace

import pytest
from made_faces import write_faces
from made_untrained import untrained

from aae_course.data.datasets import load
from aae_course.data.faces import load_folds
from aae_course.data.minibatches import as_pixels
from aae_course.experiments.basic import table_1 as likelihood
from aae_course.experiments.numbers import Metrics
from aae_course.experiments.trained import Trained
from aae_course.metrics import choose_bandwidth, parzen_log_likelihood, samples
from aae_course.training.interrupt import OutOfTime


@pytest.fixture(scope="module")
def trained():
    return untrained("aae_likelihood", load("digits"), (0, 1))


@pytest.fixture(autouse=True)
def few(monkeypatch):
    monkeypatch.setattr(likelihood, "FEW", 300)
    monkeypatch.setattr(samples, "CHUNK", 100)


def test_every_row_has_a_value_for_every_seed_or_says_why_not(trained):
    measured = likelihood.measure_digits(trained)
    for row in ("mnist_10k", "training_images", "kmeans_centroids"):
        assert len(measured[row, "parzen_nats"]) == 2
        assert measured[row, "test_images"] == [300, 300]
    assert "at course and paper scale only" in measured["mnist_10m", "parzen_nats"]
    # An untrained decoder explains the test images worse than real images do.
    assert measured["mnist_10k", "parzen_nats"][0] < measured["training_images", "parzen_nats"][0]


@pytest.mark.parametrize("scale", ["course", "paper"])
def test_the_long_column_is_measured_at_the_end(trained, monkeypatch, scale):
    monkeypatch.setattr(likelihood, "MANY", 500)
    monkeypatch.setitem(likelihood.CENTROIDS, scale, 20)
    at = {**vars(trained), "scale": scale}
    measured = likelihood.measure_digits(Trained(**at))
    assert measured["mnist_10m", "samples"] == [500, 500]
    assert measured["mnist_10m", "test_images"] == [300, 300]
    x = as_pixels(trained.data.test.images)
    expected = parzen_log_likelihood(
        samples.Draws(trained.models[1], 500, 1), x, measured["mnist_10m", "bandwidth"][1]
    )
    assert measured["mnist_10m", "parzen_nats"][1] == pytest.approx(expected.mean, rel=1e-6)
    assert measured["mnist_10m", "standard_error_nats"][1] == pytest.approx(expected.standard_error)
    on_the_way = likelihood.measure_digits(Trained(**{**at, "final": False}))
    assert {name for name, value in on_the_way.items() if not isinstance(value, str)} == {
        ("mnist_10k", name)
        for name in ("parzen_nats", "standard_error_nats", "bandwidth", "samples", "test_images")
    }


def test_the_long_column_goes_on_where_it_was_stopped(trained, monkeypatch, tmp_path):
    monkeypatch.setattr(likelihood, "MANY", 500)
    monkeypatch.setitem(likelihood.CENTROIDS, "course", 20)
    course = replace(trained, scale="course", seeds=(0,), models=trained.models[:1])
    whole = likelihood.measure_digits(course)
    stops, drawn, decode = 0, [], trained.models[0].decode
    monkeypatch.setattr(trained.models[0], "decode", lambda z: drawn.append(len(z)) or decode(z))
    late = replace(course, folder=tmp_path, deadline=time.monotonic())
    with pytest.raises(OutOfTime):
        likelihood.measure_digits(late)
    assert drawn == [100, 100]  # a chunk for the short column, and one for the long
    while stops < 20:
        stops += 1
        with suppress(OutOfTime):
            assert likelihood.measure_digits(late) == whole
            break
    assert stops == 10  # two passes of five chunks
    drawn.clear()
    assert likelihood.measure_digits(replace(late, deadline=None)) == whole
    assert drawn == [100]


def test_sums_of_other_weights_are_not_taken_up(trained, monkeypatch, tmp_path):
    monkeypatch.setattr(likelihood, "MANY", 500)
    monkeypatch.setitem(likelihood.CENTROIDS, "course", 20)
    one, other = (
        replace(trained, scale="course", seeds=(0,), models=[model], folder=tmp_path)
        for model in trained.models
    )
    expected = likelihood.measure_digits(replace(other, folder=None))
    assert likelihood.measure_digits(one) != expected
    assert likelihood.measure_digits(other) == expected


@pytest.fixture
def faces(tmp_path, monkeypatch):
    write_faces(tmp_path)
    monkeypatch.setenv("AAE_DATA_DIR", str(tmp_path))
    return replace(untrained("aae_likelihood_tfd", load("tfd"), (5,)), scale="course")


def test_faces_are_measured_fold_by_fold(faces, monkeypatch):
    monkeypatch.setattr(likelihood, "MANY", 400)
    measured = likelihood.measure_faces(faces)
    drawn = next(iter(samples.Draws(faces.models[0], likelihood.FEW, 5)))
    means = []
    for validation, test in load_folds():
        bandwidth = choose_bandwidth(drawn, as_pixels(validation.images))
        means.append(parzen_log_likelihood(drawn, as_pixels(test.images), bandwidth).mean)
    assert measured["tfd_10k", "parzen_nats"] == [pytest.approx(statistics.mean(means), rel=1e-6)]
    error = statistics.stdev(means) / 5**0.5
    assert measured["tfd_10k", "standard_error_nats"] == [pytest.approx(error, rel=1e-3)]
    assert measured["tfd_10k", "test_images"] == [20]
    assert measured["tfd_10m", "samples"] == [400] and measured["tfd_10m", "test_images"] == [20]


def test_on_the_way_validation_images_of_the_first_fold_are_measured(faces):
    measured = likelihood.measure_faces(replace(faces, final=False))
    assert measured["tfd_10k", "test_images"] == [len(faces.data.validation)]
    assert isinstance(measured["tfd_10m", "parzen_nats"], str)


def entry(mean, paper=None):
    return {"mean": mean, "std": None, "per_seed": [mean], "paper": paper}


def measured(**test_images):
    """Made-up numbers of MNIST, over so many images in a row; the faces are absent."""
    metrics = {
        f"{row}.{name}": entry(value)
        for row in ("mnist_10k", "mnist_10m", "training_images", "kmeans_centroids")
        for name, value in {
            "parzen_nats": 300.4,
            "standard_error_nats": 2.26,
            "samples": 1000,
            "test_images": test_images.get(row, 1000),
        }.items()
    }
    metrics |= {f"tfd_{n}.parzen_nats": entry(None, p) for n, p in (("10k", 2252), ("10m", 2522))}
    return Metrics(metrics)


def test_the_table_has_ours_below_the_paper_s():
    table = likelihood.table_1(measured())
    assert table.heading == ["log-likelihood, nats", "MNIST", "TFD"]
    assert ["GAN", "225 ± 2", "2057 ± 26"] in table.blocks["the paper"]
    assert ["GAN, 10M samples", "386", ""] in table.blocks["the paper"]
    assert table.blocks["ours"] == [
        ["AAE", "300 ± 2.3", "not run"],
        ["AAE, 10M samples", "300 ± 2.3", "not run"],
        ["1,000 training images as samples", "300 ± 2.3", ""],
        ["1,000 k-means centroids as samples", "300 ± 2.3", ""],
    ]
    assert "†" not in table.markdown()


def test_a_number_over_fewer_images_than_the_papers_is_marked():
    table = likelihood.table_1(measured(mnist_10m=500))
    assert table.blocks["ours"][1] == ["AAE, 10M samples", "300 ± 2.3 †", "not run"]
    assert table.notes[1].startswith("† Over the first 500 of 1,000 test images")
    assert table.markdown().count("†") == 2


def test_the_papers_numbers_are_the_same_in_the_table_and_in_the_record():
    rows = {title: cells for (title,), cells in likelihood.QUOTED_ROWS.items()}
    for (row, _), nats in likelihood.ARTEFACT.paper.items():
        data, samples = row.split("_")
        title = {"10k": "AAE", "10m": "AAE, 10M samples"}[samples]
        assert float(rows[title][data].split()[0]) == nats
