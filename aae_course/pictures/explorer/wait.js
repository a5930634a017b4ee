// Jupyter Server holds back an image until the browser has acknowledged what came before it, and that
// takes 40 ms unless the browser has something else to send. So it sends something until the image is
// there. This stands in front of the other files, in one module with each.

const EVERY = 8; // milliseconds
const MOST = 10; // messages, should no image come

function waiting(model) {
  let timer = null;

  function stop() {
    clearInterval(timer);
    timer = null;
  }

  function ask() {
    let left = MOST;
    timer ??= setInterval(() => (left-- > 0 ? model.send({}) : stop()), EVERY);
  }

  return { ask, stop };
}

// The decoded image, as the kernel has sent it.
function bytesOf(model) {
  const { buffer, byteOffset, byteLength } = model.get("image");
  return new Uint8Array(buffer, byteOffset, byteLength);
}
