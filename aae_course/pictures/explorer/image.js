// The image of a label and a style. `moved` follows every control in the browser.

function render({ model, el }) {
  const image = document.createElement("img");
  const { ask, stop } = waiting(model);
  image.className = "aae-image";
  image.alt = "image of the label and the style";
  image.style.width = `${model.get("side")}px`;

  function show() {
    URL.revokeObjectURL(image.src);
    image.src = URL.createObjectURL(new Blob([model.get("image")], { type: "image/png" }));
    stop();
  }

  el.append(image);
  show();
  model.on("change:image", show);
  model.on("change:moved", ask);
  return () => {
    model.off("change:image", show);
    model.off("change:moved", ask);
    stop();
    URL.revokeObjectURL(image.src);
  };
}

export default { render };
