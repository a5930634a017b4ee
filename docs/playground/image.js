// A decoded image on a canvas. Notebooks and the playground share this file.

export function createImage() {
  const canvas = document.createElement("canvas");
  canvas.className = "aae-image";
  canvas.setAttribute("role", "img");
  return canvas;
}

// bytes: channels first, 0 to 255. One channel is drawn as dark ink on white, three as colours.
export function paint(canvas, bytes, [channels, height, width]) {
  if (canvas.width !== width) canvas.width = width;
  if (canvas.height !== height) canvas.height = height;
  const pixels = new ImageData(width, height);
  const size = width * height;
  for (let i = 0; i < size; i++) {
    for (let c = 0; c < 3; c++) {
      pixels.data[4 * i + c] = channels === 1 ? 255 - bytes[i] : bytes[c * size + i];
    }
    pixels.data[4 * i + 3] = 255;
  }
  canvas.getContext("2d").putImageData(pixels, 0, 0);
}
