// Controls of a label and a style: a button for each label, a slider for each number of the style.
// Notebooks and the playground share this file.

const REACH = 3; // of the sliders, in standard deviations of the prior
let groups = 0; // radio buttons of one name are a group, and a page may have several

function element(tag, properties = {}, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

function createSlider(number, changed) {
  const range = element("input", { type: "range", min: -REACH, max: REACH, step: 0.1, value: 0 });
  const value = element("output");
  const name = element("span", {}, "z", element("sub", {}, String(number)));
  const label = element("label", { className: "aae-slider" }, name, range, value);
  const show = () => (value.textContent = Number(range.value).toFixed(1).replace("-", "−"));
  range.addEventListener("input", () => changed(show()));
  show();
  return { label, range, show };
}

// changed(label, style) is called when a person changes either, draw() when a style of the prior is
// asked for. The style's unit is a standard deviation of the prior. names: what the buttons say.
export function createStyle({ names, dim, changed, draw }) {
  const group = `aae-label-${groups++}`;
  const radios = names.map((_, value) => element("input", { type: "radio", name: group, value }));
  const sliders = Array.from({ length: dim }, (_, i) => createSlider(i + 1, tell));

  function value() {
    const label = radios.findIndex((radio) => radio.checked);
    return [label, sliders.map((slider) => Number(slider.range.value))];
  }

  function tell() {
    changed(...value());
  }

  function show(label, style) {
    radios[label].checked = true;
    sliders.forEach((slider, i) => {
      slider.range.value = style[i]; // as near as the slider reaches
      slider.show();
    });
  }

  const buttons = radios.map((radio, i) => element("label", {}, radio, element("span", {}, names[i])));
  const zero = () => {
    sliders.forEach((slider) => (slider.range.value = 0, slider.show()));
    tell();
  };
  radios.forEach((radio) => radio.addEventListener("change", tell));
  const [drawing, zeroing] = [["draw a style", draw], ["back to zero", zero]].map(([text, act]) => {
    const button = element("button", { type: "button", textContent: text });
    button.addEventListener("click", act);
    return button;
  });
  const controls = element("div", { className: "aae-controls" },
    element("fieldset", { className: "aae-labels" }, element("legend", {}, "Label"), ...buttons),
    element("fieldset", { className: "aae-sliders" },
      element("legend", {}, "Style, in standard deviations of the prior"),
      ...sliders.map((slider) => slider.label)),
    element("div", { className: "aae-actions" }, drawing, zeroing));
  return { element: controls, show, value };
}
