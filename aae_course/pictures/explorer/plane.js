// The codes, a point over them that is dragged or moved by keys, and the image decoded there.
// Jupyter holds back a new point until the kernel has answered the last one, and then sends only
// the newest: see "throttle" in the WidgetModel of ipywidgets.

const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };

const PAGE = `
  <div class="aae-plane" tabindex="0" role="slider" aria-roledescription="point in the plane"
       aria-label="code, moved by the arrow keys">
    <img class="aae-codes" alt="codes of images in the plane" draggable="false">
    <div class="aae-point"></div>
  </div>
  <div class="aae-decoded">
    <img class="aae-image">
    <div class="aae-code"></div>
    <div class="aae-hint">Drag the point, or click where it should go. The arrow keys move it too,
      with Shift in bigger steps.</div>
  </div>`;

function render({ model, el }) {
  el.classList.add("aae-explorer");
  el.dataset.lmSuppressShortcuts = "true"; // or JupyterLab takes the arrow keys for itself
  el.innerHTML = PAGE;
  const [plane, codes, point, image, code] = [
    "plane", "codes", "point", "image", "code",
  ].map((name) => el.querySelector(`.aae-${name}`));

  const { ask, stop } = waiting(model);

  function showPicture(element, name) {
    URL.revokeObjectURL(element.src);
    element.src = URL.createObjectURL(new Blob([model.get(name)], { type: "image/png" }));
  }

  function showImage() {
    showPicture(image, "image");
    stop();
  }

  function showPoint() {
    const [left, right, bottom, top] = model.get("extent");
    const [x, y] = model.get("point");
    point.style.left = `${(100 * (x - left)) / (right - left)}%`;
    point.style.top = `${(100 * (top - y)) / (top - bottom)}%`;
    const words = `z = (${x.toFixed(2)}, ${y.toFixed(2)})`.replaceAll("-", "−");
    code.textContent = words;
    image.alt = `image decoded at ${words}`;
    plane.setAttribute("aria-valuenow", x.toFixed(2));
    plane.setAttribute("aria-valuetext", words);
  }

  function moveTo(place) {
    const limit = model.get("limit");
    model.set("point", place.map((z) => Math.min(Math.max(z, -limit), limit)));
    model.save_changes();
    ask();
  }

  function follow(event) {
    const [left, right, bottom, top] = model.get("extent");
    const box = plane.getBoundingClientRect();
    const x = left + ((event.clientX - box.left) / box.width) * (right - left);
    moveTo([x, top - ((event.clientY - box.top) / box.height) * (top - bottom)]);
  }

  plane.addEventListener("pointerdown", (event) => {
    plane.setPointerCapture(event.pointerId); // the drag may leave the picture
    follow(event);
  });
  plane.addEventListener("pointermove", (event) => {
    if (plane.hasPointerCapture(event.pointerId)) follow(event);
  });
  plane.addEventListener("keydown", (event) => {
    if (!(event.key in STEPS)) return;
    event.preventDefault(); // the page should not scroll
    event.stopPropagation();
    const step = (model.get("limit") / 100) * (event.shiftKey ? 10 : 1);
    moveTo(STEPS[event.key].map((sign, i) => model.get("point")[i] + sign * step));
  });

  image.style.width = `${model.get("side")}px`;
  showPicture(codes, "codes");
  showImage();
  showPoint();
  model.on("change:image", showImage);
  model.on("change:point", showPoint);
  return () => {
    model.off("change:image", showImage);
    model.off("change:point", showPoint);
    stop();
    [codes, image].forEach((element) => URL.revokeObjectURL(element.src));
  };
}

export default { render };
