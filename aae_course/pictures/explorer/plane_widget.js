// The plane in a notebook, whose kernel decodes. In one module, wait.js, image.js and plane.js stand
// before this. Jupyter holds back a new point until the kernel has answered the last one, and then
// sends only the newest: see "throttle" in the WidgetModel of ipywidgets.

function render({ model, el }) {
  el.classList.add("aae-explorer");
  el.dataset.lmSuppressShortcuts = "true"; // or JupyterLab takes the arrow keys for itself
  const { ask, stop } = waiting(model);
  const image = createImage();
  const code = Object.assign(document.createElement("div"), { className: "aae-code" });
  const hint = Object.assign(document.createElement("div"), { className: "aae-hint" });
  hint.textContent = HINT;
  const decoded = Object.assign(document.createElement("div"), { className: "aae-decoded" });
  decoded.append(image, code, hint);

  const plane = createPlane((point) => {
    model.set("point", point);
    model.save_changes();
    ask();
  });
  el.append(plane.element, decoded);

  function showImage() {
    paint(image, bytesOf(model), model.get("shape"));
    stop();
  }

  function showPoint() {
    const point = model.get("point");
    plane.show(point);
    code.textContent = codeInWords(point);
    image.setAttribute("aria-label", `image decoded at ${codeInWords(point)}`);
  }

  plane.setCodes(model.get("codes"), model.get("extent"), model.get("limit"));
  showImage();
  showPoint();
  model.on("change:image", showImage);
  model.on("change:point", showPoint);
  return () => {
    model.off("change:image", showImage);
    model.off("change:point", showPoint);
    stop();
    plane.remove();
  };
}

export default { render };
