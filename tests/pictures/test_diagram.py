"""The drawing of an architecture: widths, phases, what feeds what, and nothing over a word."""

import itertools

import matplotlib
import pytest
import small
import torch
from matplotlib.patches import Rectangle
from matplotlib.text import Annotation

from aae_course.models import AdversarialAutoencoder
from aae_course.models.priors import Gaussian
from aae_course.networks.perceptrons import Perceptrons
from aae_course.pictures.diagram import ROW, draw_architecture
from aae_course.pictures.diagram_parts import HALF
from aae_course.pictures.style import STYLE

pytestmark = pytest.mark.usefixtures("closed")
DRAWN = [
    "vae", "aae swiss roll", "gan", "label informed", "supervised informed",
    "clustering batch norm", "reduction", "reduction with fixed heads", "labels alone",
]  # fmt: skip


def texts(figure):
    return [text.get_text() for text in figure.axes[0].texts]


@pytest.mark.parametrize("name", small.BUILDERS)
def test_a_drawing_names_networks_widths_and_phases(name):
    model = small.BUILDERS[name]()
    drawn = " ".join(texts(draw_architecture(model)))
    networks = {network.replace("_", " ") for _, network, _ in model.wiring}
    for word in (*model.phases, *networks, str(small.PIXELS), "8"):
        assert word in drawn


def units(figure):
    """The grey of each unit of a vector, and of each weight of a matrix."""
    drawn = [p for p in figure.axes[0].patches if type(p) is Rectangle and p.get_width() == 0.13]
    return [patch.get_facecolor()[0] for patch in drawn]


def test_a_code_of_label_and_style_is_a_softmax_above_linear_units():
    figure = draw_architecture(small.BUILDERS["semi-supervised"]())
    drawn = texts(figure)
    assert [drawn.count(word) for word in ("$y$", "$z$", "softmax", "linear")] == [1] * 4
    assert len(units(figure)) == 10 + 3
    assert [drawn.count(sign) for sign in ("+", "−")] == [2, 2]  # two discriminators


def test_the_label_of_a_discriminator_has_a_place_for_no_label_and_a_decoders_has_none():
    dashed = {}
    for name in ("label informed", "supervised", "supervised informed"):
        figure = draw_architecture(small.BUILDERS[name]())
        patches = figure.axes[0].patches
        dashed[name] = (
            texts(figure).count("one-hot"),
            texts(figure).count("no label"),
            sum(patch.get_linestyle() not in ("-", "solid") for patch in patches),
            sum(grey < 0.2 for grey in units(figure)),
        )
    assert dashed == {
        "label informed": (1, 1, 1, 1),
        "supervised": (1, 0, 0, 1),
        "supervised informed": (2, 1, 1, 2),
    }


def test_the_sum_of_heads_and_style_is_drawn():
    figure = draw_architecture(small.BUILDERS["reduction"]())  # 20 categories in the plane
    drawn = texts(figure)
    for words in ("heads $W_C$", "2 × 20", "$W_C\\, y + z$"):
        assert words in drawn
    assert len(units(figure)) == 10 + 2 + 2 * 11 + 2  # long vectors are cut short


def strokes(figure):
    """Points along every line and arrow, in pixels."""
    ax = figure.axes[0]
    ends = [itertools.pairwise(line.get_xydata()) for line in ax.lines]
    arrows = [(t.xyann, t.xy) for t in ax.texts if isinstance(t, Annotation)]
    for start, end in itertools.chain(*ends, arrows):
        share = torch.linspace(0, 1, 60).unsqueeze(1)
        points = torch.tensor(start) * (1 - share) + torch.tensor(end) * share
        yield from ax.transData.transform(points.numpy())


@pytest.mark.parametrize("name", DRAWN)
def test_no_arrow_goes_through_a_word_and_no_word_over_another(name):
    with matplotlib.rc_context(STYLE):
        figure = draw_architecture(small.BUILDERS[name](), "A title")
    words = [text for text in figure.axes[0].texts if text.get_text() not in ("", "⋮")]
    placed = {text: text.get_window_extent() for text in words}
    for (first, box), (second, other) in itertools.combinations(placed.items(), 2):
        assert not box.overlaps(other), (first.get_text(), second.get_text())
    for x, y in strokes(figure):
        crossed = [t for t, box in placed.items() if box.contains(x, y) and not t.get_bbox_patch()]
        assert not crossed
    for box in placed.values():  # and the paper is wide enough
        assert figure.bbox.x0 <= box.x0 and box.x1 <= figure.bbox.x1
        assert figure.bbox.y0 <= box.y0 and box.y1 <= figure.bbox.y1


class Conditional(AdversarialAutoencoder):
    """Its encoder and decoder see the label beside the image and the code."""

    classes = 10
    wiring = (
        ("x", "encoder", ""),
        ("y", "encoder", ""),
        ("encoder", "decoder", "z"),
        ("y", "decoder", ""),
        ("prior", "discriminator", ""),
        ("encoder", "discriminator", "z"),
    )


def test_a_label_may_stand_beside_the_image_too():
    made = (small.networks().make_encoder(22, 2, None), small.networks().make_decoder(12, 12, None))
    model = Conditional.__new__(Conditional)
    torch.nn.Module.__init__(model)
    model.encoder, model.decoder = made
    model.discriminator, model.prior = small.networks().make_discriminator(2, None), Gaussian(2)
    figure = draw_architecture(model)
    letters = [text for text in figure.axes[0].texts if text.get_text() in ("$x$", "$y$")]
    x, first, second = (text.get_position() for text in letters)
    assert [text.get_text() for text in letters] == ["$x$", "$y$", "$y$"]
    assert x[0] == first[0] < second[0] and x[1] > first[1]


def test_the_widths_of_large_networks_stay_on_their_ground():
    model = AdversarialAutoencoder.build(Perceptrons((4000, 4000)), 3072, Gaussian(20))
    words = draw_architecture(model).axes[0].texts
    heights = [text.get_position()[1] for text in words if text.get_text() in ("4000", "3072")]
    assert len(heights) == 8
    assert all(min(abs(y - row) for row in (0, -ROW)) < HALF for y in heights)


def test_a_model_with_replicas_is_drawn_like_one_without():
    drawn = [texts(draw_architecture(small.BUILDERS["aae"](n))) for n in (None, 2)]
    assert drawn[0] == drawn[1]
