// What the views share: reading bytes, the page's theme, files loaded once, the present moment of a series, lines
// on a canvas over a chart, and the life of a view inside Streamlit.

const TYPES = {
  float32: Float32Array, float64: Float64Array, int16: Int16Array, int32: Int32Array,
};

// ---- data ------------------------------------------------------------------------------------------

export function unpack(bytes) {
  const copy = bytes.byteOffset % 8 ? bytes.slice() : bytes;
  const view = new DataView(copy.buffer, copy.byteOffset, copy.byteLength);
  const size = view.getUint32(0, true);
  const header = JSON.parse(new TextDecoder().decode(copy.subarray(4, 4 + size)));
  const arrays = {};
  for (const [name, [dtype, offset, count]] of Object.entries(header.arrays)) {
    arrays[name] = new TYPES[dtype](copy.buffer, copy.byteOffset + 4 + size + offset, count);
  }
  return { header, arrays };
}

// Last row at or before a time.
export function rowAt(times, time) {
  let low = 0;
  let high = times.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (times[middle] <= time + 1e-6) low = middle;
    else high = middle - 1;
  }
  return low;
}

// The last row at or before a time, and how far that time is towards the next one; null where there are no rows.
export function presentOf(times, time) {
  if (!times.length) return null;
  const row = rowAt(times, time);
  const next = Math.min(row + 1, times.length - 1);
  const gap = times[next] - times[row];
  const part = gap > 0 ? Math.min(1, Math.max(0, (time - times[row]) / gap)) : 0;
  return { row, next, part, time: times[row] + part * gap };
}

// A column of a series at the present moment, see presentOf().
export function between(values, { row, next, part }) {
  return values[row] + part * (values[next] - values[row]);
}

// ---- page ------------------------------------------------------------------------------------------

// A passage of the page's language with its blanks filled.
export const filled = (text, values = {}) => text.replace(/\{(\w+)\}/g, (blank, name) => (name in values ? values[name] : blank));

export function element(tag, className, parent, text) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  if (parent) parent.append(made);
  return made;
}

export function themeOf(element) {
  const style = getComputedStyle(element);
  const read = (name, otherwise) => style.getPropertyValue(name).trim() || otherwise;
  const background = read("--st-background-color", "#ffffff");
  const dark = isDark(background);
  return {
    text: read("--st-text-color", "#1b2334"),
    background,
    surface: read("--st-secondary-background-color", "#ffffff"),
    line: read("--st-border-color", "#dddddd"),
    accent: read("--st-primary-color", "#0a52ae"),
    font: read("--st-font", "sans-serif"),
    muted: dark ? "#a7b0c0" : "#596275",
    dark,
  };
}

function isDark(colour) {
  const probe = document.createElement("canvas").getContext("2d");
  probe.fillStyle = colour;
  const hex = probe.fillStyle;
  const channel = (at) => parseInt(hex.slice(at, at + 2), 16);
  return hex[0] === "#" && 0.3 * channel(1) + 0.59 * channel(3) + 0.11 * channel(5) < 128;
}

const loaded = new Map();

// Put a <script> or <link> into the page, once; one that fails may be tried again.
function load(tag, attributes) {
  const url = attributes.src || attributes.href;
  if (!loaded.has(url)) {
    loaded.set(url, new Promise((resolve, reject) => {
      const made = Object.assign(document.createElement(tag), attributes);
      made.onload = resolve;
      made.onerror = () => {
        loaded.delete(url);
        reject(new Error(`could not load ${url}`));
      };
      document.head.append(made);
    }));
  }
  return loaded.get(url);
}

export const address = (path) => new URL(path, document.baseURI).href;
export const loadStyle = (path) => load("link", { rel: "stylesheet", href: address(path) });

// Plotly's whole and its small script put themselves in one place; each is remembered as it arrives.
const plotlies = new Map();

export function loadPlotly(path) {
  if (!plotlies.has(path)) {
    const arrived = load("script", { src: address(path) }).then(() => window.Plotly);
    arrived.catch(() => plotlies.delete(path));
    plotlies.set(path, arrived);
  }
  return plotlies.get(path);
}

// ---- charts ----------------------------------------------------------------------------------------

export const PLOT_CONFIG = {
  responsive: true, displaylogo: false, displayModeBar: false, doubleClick: "reset", scrollZoom: false,
};

// Text and hover labels of a Plotly figure, with numbers as the language of the page writes them.
export function plotText(theme) {
  return {
    separators: document.documentElement.lang === "de" ? ",." : ".,",
    font: { family: theme.font, size: 14, color: theme.text },
    hoverlabel: { bgcolor: theme.surface, bordercolor: theme.line, font: { color: theme.text, family: theme.font } },
  };
}

// A number as the language of the page writes it.
export function fixed(value, digits) {
  const text = value.toFixed(digits);
  return document.documentElement.lang === "de" ? text.replace(".", ",") : text;
}

// Colours of one axis of it.
export const plotAxis = (theme) => ({ color: theme.muted, gridcolor: theme.line, linecolor: theme.line });

// A pen for a blank canvas of the given size in CSS pixels.
export function blankPen(canvas, width, height) {
  const ratio = window.devicePixelRatio || 1;
  if (canvas.width !== Math.round(width * ratio) || canvas.height !== Math.round(height * ratio)) {
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(height * ratio);
  }
  const pen = canvas.getContext("2d");
  pen.setTransform(ratio, 0, 0, ratio, 0, 0);
  pen.clearRect(0, 0, width, height);
  return pen;
}

// A line up to the present moment, in the coordinates of a Plotly chart and not beyond its axes. Times are the
// axis's own: logarithms on a logarithmic one.
export function drawLine(pen, { across, up }, { times, values }, now, { colour, width = 3, dash = [] }) {
  const x = (time) => across._offset + across.l2p(time);
  const y = (value) => up._offset + up.l2p(value);
  pen.save();
  pen.beginPath();
  pen.rect(across._offset, up._offset - 3, across._length, up._length + 6);
  pen.clip();
  pen.beginPath();
  for (let n = 0; n <= now.row; n++) pen.lineTo(x(times[n]), y(values[n]));
  pen.lineTo(x(now.time), y(between(values, now)));
  pen.strokeStyle = colour;
  pen.lineWidth = width;
  pen.lineJoin = "round";
  pen.setLineDash(dash);
  pen.stroke();
  pen.restore();
}

// ---- entry -----------------------------------------------------------------------------------------

// The function that Streamlit calls for every update and every change of theme. A call that a newer one has
// overtaken has its returned clean-up run at once, so clean-up asks whether the place is really gone.
// prepare(holder, header) puts a view with update() and destroy() into the holder. A view speaks one language: another
// one takes its place when the visitor chooses another.
export function entry(className, prepare) {
  const holders = new WeakMap();

  const begin = (root, message) => {
    const { language, text } = message.header;
    const holder = { host: element("div", className, root), view: null, message: null, language };
    holders.set(root, holder);
    holder.ready = prepare(holder, message.header).catch((error) => {
      holders.delete(root);
      holder.host.textContent = filled(text["no-picture"], { message: error.message });
    });
    return holder;
  };

  const leave = (root, holder) => {
    if (root.isConnected) return;
    if (holder.view) holder.view.destroy();
    holder.view = null;
    holders.delete(root);
  };

  const remove = (root, holder) => {
    holder.ready.then(() => {
      if (holder.view) holder.view.destroy();
      holder.view = null;
    });
    holder.host.remove();
    holders.delete(root);
  };

  return async function render(component) {
    const root = component.parentElement;
    const message = unpack(component.data);
    const before = holders.get(root);
    const another = before && before.language !== message.header.language;
    if (another) remove(root, before);
    const holder = another || !before ? begin(root, message) : before;
    holder.message = message;
    await holder.ready;
    if (holder.message && holder.view) {
      const newest = holder.message;
      holder.message = null;
      holder.view.tell = component.setStateValue;
      holder.view.update(newest);
    }
    return () => setTimeout(() => leave(root, holder), 500);
  };
}
