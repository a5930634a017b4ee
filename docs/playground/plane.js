// A plane of codes: a picture of them, and a point over it that is dragged or moved by keys.
// Notebooks and the playground share this file.

const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };

const PLANE = `
  <img class="aae-codes" alt="" draggable="false">
  <svg class="aae-path" viewBox="0 0 100 100" aria-hidden="true"><line/></svg>
  <div class="aae-point"></div>`;

export const HINT =
  "Drag the point, or click where it should go. The arrow keys move it too, with Shift in bigger steps.";

export function codeInWords([x, y]) {
  return `z = (${x.toFixed(2)}, ${y.toFixed(2)})`.replaceAll("-", "−");
}

// moved(point) is called when a person moves the point; show(point) then draws it there.
export function createPlane(moved) {
  const plane = document.createElement("div");
  plane.className = "aae-plane";
  plane.tabIndex = 0;
  plane.innerHTML = PLANE;
  const told = { role: "slider", roledescription: "point in the plane", label: "code" };
  for (const [name, text] of Object.entries(told)) {
    plane.setAttribute(name === "role" ? name : `aria-${name}`, text);
  }
  const [codes, line, mark] = [".aae-codes", "line", ".aae-point"].map((name) =>
    plane.querySelector(name),
  );
  let limit = 1;
  let extent = [-1, 1, -1, 1]; // of the picture: left, right, bottom, top
  let point = [0, 0];

  // Where a code lies in the picture, in percent from the left and from the top.
  function place([x, y]) {
    const [left, right, bottom, top] = extent;
    return [(100 * (x - left)) / (right - left), (100 * (top - y)) / (top - bottom)];
  }

  function moveTo(code) {
    moved(code.map((z) => Math.min(Math.max(z, -limit), limit)));
  }

  function follow(event) {
    const [left, right, bottom, top] = extent;
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
    if (!(event.key in ARROWS)) return;
    event.preventDefault(); // the page should not scroll
    event.stopPropagation();
    const step = (limit / 100) * (event.shiftKey ? 10 : 1);
    moveTo(ARROWS[event.key].map((sign, i) => point[i] + sign * step));
  });

  return {
    element: plane,

    // picture: bytes of a PNG; its edges have the coordinates `extent`, its axes end at `limit`.
    setCodes(picture, edges, end) {
      [extent, limit] = [edges, end];
      URL.revokeObjectURL(codes.src);
      codes.src = URL.createObjectURL(new Blob([picture], { type: "image/png" }));
      plane.setAttribute("aria-valuemin", -limit);
      plane.setAttribute("aria-valuemax", limit);
    },

    show(code, words = codeInWords(code)) {
      point = code;
      const [across, down] = place(point);
      mark.style.left = `${across}%`;
      mark.style.top = `${down}%`;
      plane.setAttribute("aria-valuenow", point[0].toFixed(2));
      plane.setAttribute("aria-valuetext", words);
    },

    // The straight line between two codes, in the picture.
    drawPath(from, to) {
      const ends = [...place(from), ...place(to)];
      ["x1", "y1", "x2", "y2"].forEach((name, i) => line.setAttribute(name, ends[i]));
    },

    remove: () => URL.revokeObjectURL(codes.src),
  };
}
