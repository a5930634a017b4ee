// A decoder read from a file that `aae-course playground` has written, and its product of matrices.
// The file is a safetensors: the length of a header, the header in JSON, and numbers.

export class MissingModel extends Error {}

export async function fetchModel(address) {
  const answer = await fetch(address, { cache: "no-cache" }); // it may have been written anew
  if (!answer.ok) throw new MissingModel(address);
  return readModel(await answer.arrayBuffer());
}

// about: what the file says of itself; decode(code, label): pixels in [0, 1]; codes, labels: of test
// images; picture: a PNG of the codes, where they lie in the plane.
export function readModel(buffer) {
  const { about, tensors } = readTensors(buffer);
  const layers = [];
  while (`weight${layers.length}` in tensors) {
    const [weight, bias] = ["weight", "bias"].map((name) => tensors[name + layers.length].values);
    layers.push({ weight, bias });
  }
  const code = tensors.codes;
  const dim = code.shape[1];
  const codes = Array.from({ length: code.shape[0] }, (_, i) =>
    Array.from(code.values.subarray(i * dim, (i + 1) * dim)),
  );
  return {
    about,
    codes,
    labels: tensors.labels.values,
    picture: tensors.picture?.values,
    decode: (z, label) => decode(layers, about, z, label),
  };
}

function readTensors(buffer) {
  const length = Number(new DataView(buffer).getBigUint64(0, true));
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 8, length)));
  const about = JSON.parse(header.__metadata__.about);
  delete header.__metadata__;
  const tensors = {};
  for (const [name, { dtype, shape, data_offsets: [start, end] }] of Object.entries(header)) {
    const bytes = buffer.slice(8 + length + start, 8 + length + end);
    const values = dtype === "F16" ? fromHalf(new Uint16Array(bytes)) : new Uint8Array(bytes);
    tensors[name] = { shape, values };
  }
  return { about, tensors };
}

// Half precision: a sign, five bits of exponent, ten of fraction. Float16Array is too new.
export function fromHalf(halves) {
  return Float32Array.from(halves, (half) => {
    const exponent = (half >> 10) & 31;
    const fraction = half & 1023;
    const size = exponent ? (1 + fraction / 1024) * 2 ** (exponent - 15) : fraction * 2 ** -24;
    return half & 0x8000 ? -size : size;
  });
}

function decode(layers, { classes, output }, z, label) {
  const oneHot = Array.from({ length: classes }, (_, i) => Number(i === label));
  let x = Float32Array.from([...oneHot, ...z]); // the label first
  layers.forEach(({ weight, bias }, i) => {
    x = linear(x, weight, bias);
    if (i < layers.length - 1) x = x.map((value) => Math.max(value, 0));
  });
  return output === "sigmoid" ? x.map((value) => 1 / (1 + Math.exp(-value))) : x;
}

// x W + b. The weights (inputs, outputs) lie row by row, and the row of a zero is left out: after a
// rectifier that is about every second one.
function linear(x, weight, bias) {
  const sum = Float32Array.from(bias);
  for (let i = 0; i < x.length; i++) {
    if (x[i] === 0) continue;
    const start = i * sum.length;
    for (let j = 0; j < sum.length; j++) sum[j] += x[i] * weight[start + j];
  }
  return sum;
}
