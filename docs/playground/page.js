// The playground: the explorers of the notebooks, with the decoder in the browser.

import { fetchModel, MissingModel } from "./decoder.js";
import { createImage, paint } from "./image.js";
import { codeInWords, createPlane, HINT } from "./plane.js";
import { createStyle } from "./style.js";
import { createEnd } from "./walk.js";

const $ = (id) => document.getElementById(id);
const models = new Map(); // those asked for, by name

function load(name) {
  if (!models.has(name)) models.set(name, fetchModel(`models/${name}.safetensors`));
  return models.get(name);
}

// Loads a model and shows its explorer, or says in one line why there is none.
async function open(part, name, show) {
  try {
    const model = await load(name);
    $(`${part}-origin`).textContent = origin(model.about);
    $(part).hidden = false;
    $(`${part}-missing`).hidden = true;
    show(model);
  } catch (error) {
    if (!(error instanceof MissingModel)) console.error(error);
    models.delete(name);
    $(part).hidden = true;
    $(`${part}-origin`).textContent = "";
    $(`${part}-missing`).hidden = false;
    $(`${part}-missing`).textContent = error instanceof MissingModel
      ? `The decoder ${name} is not here. To make it: aae-course reproduce fig2 fig7, then ` +
        "aae-course playground docs/playground"
      : `The decoder ${name} cannot be read: write it again with aae-course playground. ${error}`;
  }
}

function origin({ title, recipe, command, scale, epochs, seed, trained_at: sittings }) {
  const commits = sittings.map(({ commit }) => commit?.slice(0, 7) ?? "unknown");
  return `Decoder: ${title}; recipe ${recipe}, ${epochs} epochs at ${scale} scale, seed ${seed}, ` +
    `trained by ${command} at commit ${[...new Set(commits)].join(", ")}. Half precision.`;
}

function bytes(model, code, label) {
  return Uint8ClampedArray.from(model.decode(code, label), (value) => 255 * value);
}

// The label of the test image whose code is nearest.
function nearest({ codes, labels }, [x, y]) {
  const distances = codes.map(([a, b]) => (a - x) ** 2 + (b - y) ** 2);
  return labels[distances.indexOf(Math.min(...distances))];
}

function explorePlane() {
  const image = createImage();
  const plane = createPlane(show);
  const ends = [createEnd("from", moveAlong), createEnd("to", moveAlong)];
  let model;

  function show(point) {
    paint(image, bytes(model, point), model.about.image_shape);
    const words = `${codeInWords(point)}, nearest to the code of a ${nearest(model, point)}`;
    plane.show(point, words);
    $("plane-words").textContent = words;
    image.setAttribute("aria-label", `image decoded at ${words}`);
  }

  function moveAlong() {
    const [from, to] = ends.map((end) => end.code());
    const way = Number($("way").value);
    $("way").setAttribute("aria-valuetext", `${Math.round(100 * way)} % of the way`);
    plane.drawPath(from, to);
    show(from.map((z, i) => (1 - way) * z + way * to[i]));
  }

  function choose(chosen) {
    model = chosen;
    $("pictured").textContent = model.codes.length;
    plane.setCodes(model.picture, model.about.extent, model.about.limit);
    const draw = (canvas, code) => paint(canvas, bytes(model, code), model.about.image_shape);
    ends.forEach((end, i) => end.setModel(model, i, draw));
    moveAlong();
  }

  $("plane-place").replaceWith(plane.element);
  $("plane-image").prepend(image);
  $("plane-hint").textContent = HINT;
  ends.forEach((end, i) => $(["from", "to"][i]).append(...end.elements));
  $("way").addEventListener("input", moveAlong);
  const name = () => document.querySelector("#priors input:checked").value;
  const reload = () => open("plane", name(), choose);
  $("priors").addEventListener("change", reload);
  return reload();
}

function exploreStyle() {
  return open("style", "supervised_informed", (model) => {
    const { spread, classes, image_shape: shape } = model.about;
    const image = createImage();
    const normal = () => Math.sqrt(-2 * Math.log(1 - Math.random())) * Math.cos(2 * Math.PI * Math.random());

    function show(label, style) {
      paint(image, bytes(model, style.map((z) => spread * z), label), shape);
      image.setAttribute("aria-label", `the digit ${label} in the style chosen`);
    }

    function set(label, style) {
      controls.show(label, style);
      show(...controls.value());
    }

    const controls = createStyle({
      names: Array.from({ length: classes }, (_, i) => String(i)),
      dim: model.codes[0].length,
      changed: show,
      draw: () => set(controls.value()[0], model.codes[0].map(normal)),
    });
    $("style-image").replaceWith(image);
    $("style").append(controls.element);
    set(model.labels[0], model.codes[0].map((z) => z / spread));
  });
}

await explorePlane();
await exploreStyle();
