// The gradient check on the page of a layer: choose an entry and a step, see both numbers and how far they are apart.

const SHAPE = { width: 520, height: 190, left: 46, bottom: 26, top: 10, right: 10 };
const LEAST = 1e-16;

function errorOf(entry, index) {
  const quotient = entry.quotients[index];
  const scale = Math.max(Math.abs(quotient), Math.abs(entry.gradient), 1e-8);
  return Math.max(Math.abs(quotient - entry.gradient) / scale, LEAST);
}

function element(name, attributes = {}, ...children) {
  const svg = ["svg", "path", "circle", "text", "line"].includes(name);
  const made = svg ? document.createElementNS("http://www.w3.org/2000/svg", name) : document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

function place(steps, index, error) {
  const { width, height, left, bottom, top, right } = SHAPE;
  const x = left + (width - left - right) * index / (steps.length - 1);
  const y = top + (height - top - bottom) * Math.min(1, Math.max(0, -Math.log10(error) / 16));
  return [x, y];
}

function curve(data, entry, chosen) {
  const drawing = element("svg", { viewBox: `0 0 ${SHAPE.width} ${SHAPE.height}`, role: "img",
                                   "aria-label": "relative error by step" });
  for (const power of [0, 4, 8, 12, 16]) {
    const [, y] = place(data.steps, 0, 10 ** -power);
    drawing.append(element("line", { x1: SHAPE.left, x2: SHAPE.width - SHAPE.right, y1: y, y2: y, class: "grid" }),
                   element("text", { x: SHAPE.left - 6, y: y + 4, class: "label", "text-anchor": "end" }, `1e-${power}`));
  }
  const points = data.steps.map((_, index) => place(data.steps, index, errorOf(entry, index)));
  drawing.append(element("path", { d: "M" + points.map((point) => point.join(" ")).join("L"), class: "curve" }));
  data.steps.forEach((step, index) => {
    if (index % 4 === 0) {
      drawing.append(element("text", { x: points[index][0], y: SHAPE.height - 8, class: "label",
                                       "text-anchor": "middle" }, step.toExponential(0)));
    }
  });
  drawing.append(element("circle", { cx: points[chosen][0], cy: points[chosen][1], r: 5, class: "point" }));
  return drawing;
}

function build(box) {
  const data = JSON.parse(box.querySelector("script").textContent);
  const entries = data.arrays.flatMap((array) => array.entries.map((entry) => ({ array: array.name, ...entry })));
  const choice = element("select", { "aria-label": "entry" }, ...entries.map((entry, index) =>
    element("option", { value: index }, `${entry.array}[${entry.place.join(", ")}]`)));
  const slider = element("input", { type: "range", min: 0, max: data.steps.length - 1, value: 8, "aria-label": "step" });
  const answer = element("output");
  const drawn = element("div");
  const show = () => {
    const [entry, index] = [entries[Number(choice.value)], Number(slider.value)];
    answer.textContent = `step ${data.steps[index].toExponential(1)}:  backward ${entry.gradient.toPrecision(10)},  ` +
      `difference ${entry.quotients[index].toPrecision(10)},  relative error ${errorOf(entry, index).toExponential(1)}`;
    drawn.replaceChildren(curve(data, entry, index));
  };
  choice.addEventListener("input", show);
  slider.addEventListener("input", show);
  box.append(element("code", {}, data.layer), element("div", { class: "controls" }, choice, slider), answer, drawn);
  show();
}

document.addEventListener("DOMContentLoaded", () => document.querySelectorAll(".gradient-check").forEach(build));
