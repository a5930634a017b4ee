"""The playground: what is exported decodes as the model does, in node and in a browser too."""

import functools
import http.server
import json
import re
import shutil
import subprocess
import threading
from dataclasses import replace
from types import SimpleNamespace

import chromium
import numpy as np
import pytest
import torch
from safetensors import safe_open

from aae_course.data.datasets import load
from aae_course.experiments import playground, recipes
from aae_course.experiments.playground import CLOSE, DECODERS, PLAYGROUND, export, write_page
from aae_course.experiments.recipe_run import RecipeRun
from aae_course.experiments.request import Request
from aae_course.training.checkpoint import CheckpointError

CPU = torch.device("cpu")


def request_for(out, seeds=(0,)):
    return Request("try", "smoke", None, seeds, (CPU,), out, "aae-course try")


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """The page with decoders that were trained for an epoch, and the models behind them."""
    out, folder = tmp_path_factory.mktemp("results"), tmp_path_factory.mktemp("page")
    models, off = {}, {}
    with pytest.MonkeyPatch.context() as patch:
        for name in DECODERS:
            recipe = recipes.RECIPES[name]
            brief = replace(recipe, evaluate=None, smoke={**recipe.smoke, "epochs": 1})
            patch.setitem(recipes.RECIPES, name, brief)
            trained = RecipeRun(name, load("digits"), request_for(out)).train()
            models[name] = trained.models[0]
            _, off[name] = export(name, request_for(out), folder)
        write_page(folder)
        yield SimpleNamespace(folder=folder, out=out, models=models, off=off)


def read(path):
    """What a file says of itself, and its tensors."""
    with safe_open(path, framework="pt") as file:
        tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
        return json.loads(file.metadata()["about"]), tensors


@torch.no_grad()
def decoded(model, codes, labels=None):
    """Images as the model decodes them: (n, pixels)."""
    return model.decode(torch.as_tensor(codes, dtype=torch.float32), labels)


# The files


def file_of(made, name):
    return made.folder / "models" / f"{name}.safetensors"


@pytest.mark.parametrize("name", DECODERS)
def test_a_file_says_what_its_decoder_is_and_what_trained_it(made, name):
    about, tensors = read(file_of(made, name))
    assert (about["recipe"], about["scale"], about["seed"]) == (name, "smoke", 0)
    assert about["epochs"] == 1 and about["image_shape"] == [1, 28, 28]
    assert about["command"] == f"aae-course reproduce {'fig7' if about['classes'] else 'fig2'}"
    assert about["data"] == {"digits": load("digits").sha256}
    (sitting,) = about["trained_at"]
    assert sitting["seeds"] == [0] and sitting["source"] and "commit" in sitting
    assert tensors["weight0"].dtype == torch.float16
    assert about["spread"] == pytest.approx(made.models[name].prior.spread())


@pytest.mark.parametrize("name", DECODERS)
def test_codes_are_those_of_test_images_which_are_not_in_the_file(made, name):
    _, tensors = read(file_of(made, name))
    test = load("digits").test.part(slice(playground.PICTURED))
    with torch.no_grad():
        z = made.models[name].encode(test.images / 255, test.labels)
    assert torch.allclose(tensors["codes"].float(), z, rtol=1e-3, atol=1e-3)
    assert torch.equal(tensors["labels"].long(), test.labels)
    picture = {"picture"} if z.shape[1] == 2 else set()
    layers = {f"{part}{i}" for part in ("weight", "bias") for i in range(3)}
    assert tensors.keys() == {"codes", "labels"} | picture | layers


def test_how_far_images_are_off_is_measured(made):
    assert all(0 < off < CLOSE for off in made.off.values())


def test_a_decoder_that_half_precision_spoils_is_refused(made, monkeypatch):
    monkeypatch.setattr(playground, "CLOSE", 1e-9)
    with pytest.raises(ValueError, match=r"figure_2a: images in half precision are off by 0\.0"):
        export("figure_2a", request_for(made.out), made.folder)


def test_what_is_not_trained_to_its_end_is_named_with_the_command(made, tmp_path, monkeypatch):
    command = "aae-course reproduce fig2 --scale smoke --seed 1 --out"
    with pytest.raises(FileNotFoundError, match=f"0 of the 25 steps of figure_2a: run {command}"):
        export("figure_2a", request_for(made.out, (1,)), tmp_path)
    longer = recipes.RECIPES["figure_2a"]
    monkeypatch.setitem(
        recipes.RECIPES, "figure_2a", replace(longer, smoke={**longer.smoke, "epochs": 2})
    )
    with pytest.raises(FileNotFoundError, match="25 of the 50 steps"):
        export("figure_2a", request_for(made.out), tmp_path)
    assert not list(tmp_path.iterdir())


def test_another_recipe_s_checkpoint_is_refused(made, monkeypatch):
    other = recipes.RECIPES["figure_2a"]
    monkeypatch.setitem(
        recipes.RECIPES, "figure_2a", replace(other, smoke={**other.smoke, "average": 0.5})
    )
    with pytest.raises(CheckpointError, match="belongs to another run: its average"):
        export("figure_2a", request_for(made.out), made.folder)


def test_the_page_is_copied_without_decoders(tmp_path):
    write_page(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {p.name for p in PLAYGROUND.glob("*.*")}
    write_page(PLAYGROUND)  # onto itself: nothing to do


# In node, the part of the page that computes

IN_NODE = """
import { readFileSync, writeFileSync } from "node:fs";
import { fromHalf, readModel } from "./decoder.mjs";
const halves = readFileSync("halves.bin");
writeFileSync("singles.bin", fromHalf(new Uint16Array(new Uint8Array(halves).buffer)));
for (const name of process.argv.slice(2)) {
  const file = readFileSync(name);
  const { codes, labels, decode } = readModel(new Uint8Array(file).buffer);
  const images = codes.slice(0, 20).map((code, i) => [...decode(code, labels[i])]);
  console.log(JSON.stringify(images));
}
"""


@pytest.mark.skipif(not shutil.which("node"), reason="there is no node to run decoder.js in")
def test_node_decodes_what_the_model_does(made, tmp_path):
    shutil.copy(PLAYGROUND / "decoder.js", tmp_path / "decoder.mjs")
    (tmp_path / "all.mjs").write_text(IN_NODE, encoding="utf-8")
    halves = np.arange(2**16, dtype=np.uint16).view(np.float16)
    finite = halves[np.isfinite(halves)]
    finite.tofile(tmp_path / "halves.bin")
    call = ["node", "all.mjs", *(str(file_of(made, name)) for name in DECODERS)]
    done = subprocess.run(call, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    singles = np.fromfile(tmp_path / "singles.bin", np.float32)
    assert np.array_equal(singles, finite.astype(np.float32))
    for name, line in zip(DECODERS, done.stdout.splitlines(), strict=True):
        _, tensors = read(file_of(made, name))
        codes, labels = tensors["codes"][:20], tensors["labels"][:20].long()
        expected = decoded(made.models[name], codes, labels)
        assert torch.allclose(torch.tensor(json.loads(line)), expected, atol=CLOSE)


# In a browser

READY = "document.querySelector('#style-origin')?.textContent"
PLANE_IMAGE, STYLE_IMAGE = "#plane-image canvas", "#style > canvas"


@pytest.fixture(scope="module")
def address(made):
    """Of the page, from a file server."""

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *words):
            pass

    handler = functools.partial(Quiet, directory=made.folder)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    if not chromium.program():
        pytest.skip("there is no Chromium to look at the page with")
    page = chromium.Page(tmp_path_factory.mktemp("profile"))
    yield page
    page.close()


@pytest.fixture
def page(browser, address):
    """The page, loaded anew."""
    browser.events.clear()
    browser.open("about:blank", "true")
    browser.open(address, READY)
    return browser


def painted(page, canvas):
    """What a canvas shows, as ink in [0, 1]: (1, pixels)."""
    levels = page.evaluate(
        f"""(() => {{
            const canvas = document.querySelector({canvas!r});
            const box = [0, 0, canvas.width, canvas.height];
            const {{ data }} = canvas.getContext("2d").getImageData(...box);
            return [...data].filter((_, i) => i % 4 === 0);
        }})()"""
    )
    return 1 - torch.tensor([levels]) / 255


def shows(page, model, code, label=None, canvas=PLANE_IMAGE):
    """Whether a canvas has the image that the model decodes."""
    labels = None if label is None else torch.tensor([label])
    return torch.allclose(painted(page, canvas), decoded(model, [code], labels), atol=CLOSE)


def code_at(made, page, place, name="figure_2a"):
    """The code of a place in the window, of the plane's picture."""
    left, right, bottom, top = read(file_of(made, name))[0]["extent"]
    box = page.evaluate(
        "(({x, y, width, height}) => [x, y, width, height])"
        "(document.querySelector('.aae-plane').getBoundingClientRect())"
    )
    across, down = ((place[i] - box[i]) / box[2 + i] for i in range(2))
    return [left + across * (right - left), top - down * (top - bottom)]


def words(page, canvas=PLANE_IMAGE):
    return page.evaluate(f"document.querySelector({canvas!r}).getAttribute('aria-label')")


@pytest.mark.parametrize("how", ["drag", "touch"])
def test_the_image_follows_mouse_and_finger(page, made, how):
    model, (x, y) = made.models["figure_2a"], page.middle(".aae-plane")
    before = painted(page, PLANE_IMAGE)
    end = (x + 60, y - 40)
    getattr(page, how)((x, y), (x + 30, y - 10), end)
    code = code_at(made, page, end)
    assert shows(page, model, code) and not torch.equal(painted(page, PLANE_IMAGE), before)
    said = f"z = ({code[0]:.2f}, {code[1]:.2f}), nearest to the code of a "
    assert words(page).startswith(f"image decoded at {said}".replace("-", "−"))


def test_the_image_follows_the_keys_and_a_screen_reader_is_told(page, made):
    model, limit = made.models["figure_2a"], read(file_of(made, "figure_2a"))[0]["limit"]
    place = page.middle(".aae-plane")
    page.drag(place)
    x, y = code_at(made, page, place)
    for key in ("ArrowRight", "ArrowUp"):
        page.press(key, shift=True)
    page.press("ArrowLeft")
    code = [x + 0.09 * limit, y + 0.1 * limit]
    assert shows(page, model, code)
    told = page.evaluate("document.activeElement.getAttribute('aria-valuetext')")
    assert told.startswith(f"z = ({code[0]:.2f}, {code[1]:.2f})".replace("-", "−"))
    for _ in range(11):
        page.press("ArrowRight", shift=True)
    assert shows(page, model, [limit, code[1]])  # at the edge


def test_the_nearest_code_is_named(page, made):
    _, tensors = read(file_of(made, "figure_2a"))
    place = page.middle(".aae-plane")
    page.drag(place)
    there = torch.tensor(code_at(made, page, place))
    nearest = (tensors["codes"].float() - there).square().sum(-1).argmin()
    assert words(page).endswith(f"nearest to the code of a {tensors['labels'][nearest]}")


def test_the_other_prior_has_a_plane_of_its_own(page, made):
    page.evaluate("document.querySelector('#priors input[value=figure_2b]').click()")
    page.wait("document.querySelector('#plane-origin').textContent.includes('figure_2b')")
    place = page.middle(".aae-plane")
    page.drag(place, (place[0] - 50, place[1] + 20))
    code = code_at(made, page, (place[0] - 50, place[1] + 20), "figure_2b")
    assert shows(page, made.models["figure_2b"], code)


def test_a_walk_leads_from_one_test_image_to_another(page, made):
    _, tensors = read(file_of(made, "figure_2a"))
    labels, codes = tensors["labels"], tensors["codes"].float()
    page.evaluate("document.querySelector('#to button').click()")  # the next of its digit
    start, end = 0, next(i for i in range(2, len(labels)) if labels[i] == labels[1])
    page.evaluate("document.querySelector('#way').focus()")
    model = made.models["figure_2a"]
    assert shows(page, model, codes[start].tolist())
    page.press("End")
    assert shows(page, model, codes[end].tolist())
    page.press("ArrowLeft")
    assert shows(page, model, codes[start].lerp(codes[end], 0.99).tolist())
    assert words(page, "#to canvas") == f"test image {end}, a {labels[end]}, decoded"


def test_label_and_style_follow_the_keys(page, made):
    model = made.models["supervised_informed"]
    _, tensors = read(file_of(made, "supervised_informed"))
    at_first = tensors["codes"][0].float().clamp(-3, 3).mul(10).round().div(10)
    label = tensors["labels"][0].item()
    assert shows(page, model, at_first.tolist(), label, STYLE_IMAGE)
    page.evaluate("document.querySelector('.aae-labels :checked').focus()")
    page.press("ArrowRight")
    label = (label + 1) % 10
    page.evaluate("document.querySelectorAll('.aae-slider input')[1].focus()")
    page.press("Home")
    moved = [at_first[0].item(), -3.0, *at_first[2:].tolist()]
    assert shows(page, model, moved, label, STYLE_IMAGE)
    assert words(page, STYLE_IMAGE) == f"the digit {label} in the style chosen"
    drawing, zeroing = "button:first-of-type", "button:last-of-type"
    page.evaluate(f"document.querySelector('.aae-actions {drawing}').click()")
    drawn = page.evaluate("[...document.querySelectorAll('.aae-slider input')].map(s => +s.value)")
    assert shows(page, model, drawn, label, STYLE_IMAGE) and len(set(drawn)) > 3
    page.evaluate(f"document.querySelector('.aae-actions {zeroing}').click()")
    assert shows(page, model, [0.0] * 15, label, STYLE_IMAGE)


def test_nothing_is_asked_of_another_server_and_nothing_fails(page, address):
    asked = [each["request"]["url"] for each in page.named("Network.requestWillBeSent")]
    assert len(asked) > 8
    assert all(url.startswith((address, "data:", "blob:")) for url in asked)
    assert not page.named("Log.entryAdded") and not page.named("Runtime.exceptionThrown")


def test_the_page_fits_a_phone(page):
    phone = {"width": 390, "height": 844, "deviceScaleFactor": 2, "mobile": True}
    page.ask("Emulation.setDeviceMetricsOverride", **phone)
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    page.ask("Emulation.clearDeviceMetricsOverride")


def test_what_is_missing_is_said_in_a_line(browser, address, made):
    paths = [file_of(made, name) for name in DECODERS]
    missing = "document.querySelector('#{}-missing')?.textContent.includes('To make it')"
    for path in paths:
        path.rename(path.with_suffix(".away"))
    try:
        browser.open("about:blank", "true")
        browser.open(address, missing.format("plane"))
        browser.wait(missing.format("style"))
        said = browser.evaluate("document.querySelector('#plane-missing').textContent")
        assert re.fullmatch(
            "The decoder figure_2a is not here. To make it: aae-course reproduce fig2 fig7, "
            "then aae-course playground docs/playground", said,
        )  # fmt: skip
        assert browser.evaluate("document.querySelector('#plane').hidden")
    finally:
        for path in paths:
            path.with_suffix(".away").rename(path)
