// An end of a walk: a test image, chosen by its digit, as the decoder gives it back.

import { createImage } from "./image.js";

// changed() is called when a person chooses another image.
export function createEnd(name, changed) {
  const image = createImage();
  const select = document.createElement("select");
  const another = document.createElement("button");
  let model, draw, number; // of the test image
  select.setAttribute("aria-label", `digit to walk ${name}`);
  another.type = "button";
  another.textContent = "another";
  another.setAttribute("aria-label", `another image to walk ${name}`);

  function set(next) {
    number = next;
    select.value = model.labels[number];
    draw(image, model.codes[number]);
    image.setAttribute("aria-label", `test image ${number}, a ${model.labels[number]}, decoded`);
  }

  // The next test image of the digit that is chosen, after the last one the first again.
  function next() {
    const digit = Number(select.value);
    const later = model.labels.findIndex((label, i) => label === digit && i > number);
    set(later >= 0 ? later : model.labels.indexOf(digit));
    changed();
  }

  select.addEventListener("change", next);
  another.addEventListener("click", next);

  return {
    elements: [name, image, select, another],
    code: () => model.codes[number],

    // The walk keeps its ends when another model is chosen; at first it has test image `first`.
    setModel(chosen, first, paint) {
      [model, draw] = [chosen, paint];
      const digits = [...new Set(model.labels)].sort();
      select.replaceChildren(...digits.map((digit) => new Option(digit)));
      set(number ?? first);
    },
  };
}
