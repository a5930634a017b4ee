// Label and style in a notebook, whose kernel decodes and draws from the prior. In one module,
// wait.js, image.js and style.js stand before this.

function render({ model, el }) {
  el.classList.add("aae-explorer");
  // JupyterLab takes the arrow keys for itself, in two places.
  el.dataset.lmSuppressShortcuts = "true";
  el.addEventListener("keydown", (event) => event.stopPropagation());
  const { ask, stop } = waiting(model);
  const image = createImage();
  image.setAttribute("aria-label", "image of the label and the style");

  const controls = createStyle({
    names: model.get("names"),
    dim: model.get("code").length,
    changed(label, code) {
      model.set({ label, code });
      model.save_changes();
      ask();
    },
    draw() {
      model.send({ draw: true });
      ask();
    },
  });
  el.append(image, controls.element);

  function showImage() {
    paint(image, bytesOf(model), model.get("shape"));
    stop();
  }

  function showControls() {
    controls.show(model.get("label"), model.get("code"));
  }

  showImage();
  showControls();
  model.on("change:image", showImage);
  model.on("change:label change:code", showControls);
  return () => {
    model.off("change:image", showImage);
    model.off("change:label change:code", showControls);
    stop();
  };
}

export default { render };
