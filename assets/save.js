// Charts to keep: a Plotly chart or a canvas as PNG, SVG and CSV, and a canvas as a video. Everything is made in the
// browser, when it is asked for; nothing is loaded from elsewhere.

import { element, loadPlotly, themeOf } from "./common.js";

// ---- tables ----------------------------------------------------------------------------------------

// What a spreadsheet takes for a formula, and what it may still do with numbers: as core/spreadsheet.py has them.
const FORMULA = /^(?:[\t\r\n]|\s*[=+\-@\uff1d\uff0b\uff0d\uff20])/;
const NUMBER = /^(?:[+-]?(\d[\d,]*)?\.?\d+(e[+-]?\d+)?\s?%?|[+-](inf|nan))$/i;

export function harmless(value) {
  return typeof value === "string" && FORMULA.test(value) && !NUMBER.test(value) ? `'${value}` : value;
}

function cell(value) {
  const text = value === null || value === undefined || Number.isNaN(value) ? "" : String(harmless(value));
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

// Rows of cells, the first of them the headings, as CSV. A byte order mark only where there are letters beyond ASCII.
export function csv(rows) {
  const text = rows.map((row) => `${row.map(cell).join(",")}\n`).join("");
  return /^[\x00-\x7f]*$/.test(text) ? text : `\ufeff${text}`;
}

// Plotly's text is a subset of HTML; as plain text it is what is seen. Nothing in it is ever run or loaded.
function plain(text) {
  if (typeof text !== "string" || !/[<&]/.test(text)) return text;
  return new DOMParser().parseFromString(text.replace(/<br\s*\/?>/gi, " "), "text/html").body.textContent;
}

const isList = (value) => Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView));

// The values of an axis; where each stands at a tick with a name, these names.
function named(values, axis) {
  const { tickvals, ticktext } = axis || {};
  if (!isList(tickvals) || !isList(ticktext)) return values;
  const names = new Map(Array.from(tickvals, (value, n) => [Number(value), plain(ticktext[n])]));
  return values.every((value) => names.has(Number(value))) ? values.map((value) => names.get(Number(value))) : values;
}

const axisOf = (layout, trace, letter) => layout[`${letter}axis${(trace[`${letter}axis`] || letter).slice(1)}`];

const FIELDS = ["labels", "values", "x", "y", "z", "text", "customdata"];

// Columns of one trace: [name, values] of each. The cells of a table of colours are listed one by one.
function columnsOf(trace, layout) {
  if (isList(trace.z) && isList(trace.z[0])) return gridColumns(trace, layout);
  const found = [];
  for (const field of FIELDS) {
    if (!isList(trace[field])) continue;
    const values = Array.from(trace[field]);
    if (field === "customdata" && isList(values[0])) {
      values[0].forEach((_, n) => found.push([`detail ${n + 1}`, values.map((row) => plain(row[n]))]));
      continue;
    }
    const axis = field === "x" || field === "y" ? axisOf(layout, trace, field) : null;
    found.push([field === "customdata" ? "detail" : field, named(values.map(plain), axis)]);
  }
  return found;
}

function gridColumns(trace, layout) {
  const rows = Array.from(trace.z, (row) => Array.from(row));
  const places = (letter, count) => named(
    isList(trace[letter]) ? Array.from(trace[letter], plain) : Array.from({ length: count }, (_, n) => n),
    axisOf(layout, trace, letter),
  );
  const [across, down] = [places("x", rows[0].length), places("y", rows.length)];
  const each = rows.flatMap((row, i) => row.map((value, j) => [across[j], down[i], value]));
  return ["x", "y", "z"].map((name, n) => [name, each.map((one) => one[n])]);
}

// What an axis is called, if all traces share it.
function heading(letter, traces, layout) {
  const titles = new Set(traces.map((trace) => {
    const axis = axisOf(layout, trace, letter);
    return axis && axis.title ? plain(axis.title.text || "") : "";
  }));
  const [only] = titles;
  return titles.size === 1 && only && !/^Click to enter/.test(only) ? only : letter;
}

// The numbers of a drawn chart as rows, the first of them the headings: series, x, y and whatever else a point has.
// `plot` is the node that Plotly drew in. Traces that are not shown are left out.
export function chartRows(plot) {
  const layout = plot._fullLayout;
  const traces = plot._fullData.filter((trace) => trace.visible === true);
  const parts = traces.map((trace) => new Map(columnsOf(trace, layout)));
  const order = [...FIELDS.slice(0, 6), "detail"];
  const names = [...new Set(parts.flatMap((part) => [...part.keys()]))].sort((a, b) => rank(a, order) - rank(b, order));
  const titles = names.map((name) => (name === "x" || name === "y" ? heading(name, traces, layout) : name));
  const rows = [["series", ...titles]];
  parts.forEach((part, n) => {
    const length = Math.max(0, ...[...part.values()].map((values) => values.length));
    const series = /^trace \d+$/.test(traces[n].name) ? "" : plain(traces[n].name ?? ""); // Plotly's own name says nothing
    for (let at = 0; at < length; at++) rows.push([series, ...names.map((name) => (part.get(name) || [])[at])]);
  });
  return rows;
}

function rank(name, order) {
  const at = order.indexOf(name.split(" ")[0]);
  return at + (Number(name.split(" ")[1]) || 0) / 100;
}

// ---- pictures --------------------------------------------------------------------------------------

// What lies behind a picture: white on paper and in the light theme, else the page's own dark.
export const paper = (theme) => (theme.dark ? theme.background : "#ffffff");

// XML, where HTML would write &nbsp;, which no drawing program knows.
function titled(svg, alt) {
  const text = new XMLSerializer().serializeToString(document.createTextNode(alt));
  return alt ? svg.replace(/<svg[^>]*>/, (opening) => `${opening}<title>${text}</title>`) : svg;
}

// A figure ({data, layout}) as a blob, "png" or "svg". `plot`, the node it is drawn in, says how large.
export async function figureBlob(Plotly, plot, format, { theme, alt = "", data = plot.data, layout = plot.layout }) {
  const seen = { ...layout, paper_bgcolor: paper(theme), plot_bgcolor: "rgba(0,0,0,0)" };
  const size = { width: Math.max(320, plot.clientWidth), height: Math.max(200, plot.clientHeight) };
  const made = await Plotly.toImage(
    { data, layout: seen }, { format, ...size, scale: format === "png" ? 2 : 1, imageDataOnly: true },
  );
  if (format === "svg") return new Blob([titled(made, alt)], { type: "image/svg+xml" });
  return new Blob([Uint8Array.from(atob(made), (sign) => sign.charCodeAt(0))], { type: "image/png" });
}

// A canvas as PNG, on paper: canvases of the pages are transparent.
export function canvasBlob(canvas, theme) {
  const copy = onPaper(canvas, paper(theme));
  copy.draw();
  return new Promise((resolve) => copy.canvas.toBlob(resolve, "image/png"));
}

function onPaper(canvas, colour) {
  const copy = document.createElement("canvas");
  copy.width = canvas.width + (canvas.width % 2); // videos need even sizes
  copy.height = canvas.height + (canvas.height % 2);
  const pen = copy.getContext("2d");
  const draw = () => {
    pen.fillStyle = colour;
    pen.fillRect(0, 0, copy.width, copy.height);
    pen.drawImage(canvas, 0, 0);
  };
  return { canvas: copy, draw };
}

// ---- files -----------------------------------------------------------------------------------------

export const fileName = (name, format) => `staircase-${name.toLowerCase().replace(/[^a-z0-9]+/g, "-")}.${format}`;

export function download(blob, name) {
  const link = Object.assign(document.createElement("a"), { href: URL.createObjectURL(blob), download: name });
  link.hidden = true;
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

// ---- videos ----------------------------------------------------------------------------------------

const VIDEOS = ["video/webm;codecs=vp9", "video/webm;codecs=vp8", "video/webm", "video/mp4"];

function videoType() {
  return globalThis.MediaRecorder ? VIDEOS.find((type) => MediaRecorder.isTypeSupported(type)) : undefined;
}

// Whether this browser can record a canvas, and as what: "webm", "mp4" or "".
export function videoKind() {
  const type = HTMLCanvasElement.prototype.captureStream && videoType();
  return type ? kindOf(type) : "";
}

const kindOf = (type) => type.split(";")[0].split("/")[1];

// Record what happens on a canvas, for so many seconds or until the returned function is called. Then
// onDone(blob), or onDone(null) where nothing could be recorded. The canvas may change its size
// meanwhile: the video keeps the size of the beginning.
export function record(canvas, seconds, onDone, { colour = "#ffffff", frames = 30, bits = 5_000_000 } = {}) {
  const type = videoKind() && canvas.width && canvas.height ? videoType() : null;
  if (!type) {
    onDone(null);
    return () => {};
  }
  const copy = onPaper(canvas, colour);
  const stream = copy.canvas.captureStream(frames);
  const recorder = new MediaRecorder(stream, { mimeType: type, videoBitsPerSecond: bits });
  const chunks = [];
  let next = 0;
  const draw = () => {
    copy.draw();
    next = requestAnimationFrame(draw);
  };
  const stop = () => {
    if (recorder.state !== "inactive") recorder.stop();
  };
  const timer = setTimeout(stop, 1000 * seconds);
  recorder.ondataavailable = ({ data }) => { if (data.size) chunks.push(data); };
  recorder.onstop = () => {
    cancelAnimationFrame(next);
    clearTimeout(timer);
    stream.getTracks().forEach((track) => track.stop());
    onDone(chunks.length ? new Blob(chunks, { type: type.split(";")[0] }) : null);
  };
  draw();
  recorder.start(250);
  return stop;
}

// ---- the menu --------------------------------------------------------------------------------------

const STYLE = {
  group: "display:flex;flex-wrap:wrap;gap:2px 4px;align-items:center;justify-content:flex-end;font-size:13px;line-height:1.4",
  button: "font:inherit;background:none;border:1px solid transparent;border-radius:6px;padding:2px 7px;min-height:26px;cursor:pointer;text-decoration:underline;text-underline-offset:2px",
};

// A line of buttons, one for each of `makers`: format -> function that makes a blob, or a promise of one.
// words: {save, as, making, saved, failed}, where {format} stands for the format; name: of the files, or what tells it.
export function menu(parent, { words, name, makers }) {
  const group = element("div", "save-menu", parent);
  group.style.cssText = STYLE.group;
  group.setAttribute("role", "group");
  group.setAttribute("aria-label", words.save);
  element("span", "", group, words.save);
  const said = element("span", "", null);
  said.setAttribute("role", "status");
  for (const [format, make] of Object.entries(makers)) {
    const told = (text) => text.replace("{format}", format.toUpperCase());
    const button = element("button", "", group, format.toUpperCase());
    button.type = "button";
    button.style.cssText = STYLE.button;
    button.setAttribute("aria-label", told(words.as));
    button.addEventListener("click", async () => {
      button.disabled = true;
      said.textContent = told(words.making);
      try {
        const made = await make();
        const called = typeof name === "function" ? name() : name;
        download(typeof made === "string" ? new Blob([made], { type: "text/csv" }) : made, fileName(called, format));
        said.textContent = told(words.saved);
      } catch (error) {
        said.textContent = told(words.failed);
        console.warn(error);
      }
      button.disabled = false;
    });
  }
  group.append(said);
  return group;
}

export function paint(group, theme) {
  group.style.color = theme.muted;
  group.querySelectorAll("button").forEach((button) => { button.style.color = theme.text; });
}

// The makers of a chart that Plotly has drawn. `find` returns its node, `theme` the page's colours (themeOf), `now` other
// data, layout and alt to draw, if need be; `plotly` is the address of Plotly's script.
export function chartMakers(find, { plotly, theme, alt = "", now = () => ({}) }) {
  const picture = (format) => async () => {
    const plot = find();
    return figureBlob(await loadPlotly(plotly), plot, format, { theme: theme(), alt, ...now() });
  };
  return { png: picture("png"), svg: picture("svg"), csv: () => csv(chartRows(find())) };
}

// ---- entry -----------------------------------------------------------------------------------------

const menus = new WeakMap();

// The menu of the chart that stands beside it, as a component of Streamlit.
export function render({ parentElement: root, data }) {
  const told = JSON.stringify(data);
  const known = menus.get(root);
  if (!known || known.told !== told) {
    if (known) known.group.remove();
    const { plotly, alt } = data;
    const makers = chartMakers(() => chartBeside(root), { plotly, alt, theme: () => themeOf(root) });
    menus.set(root, { told, group: menu(root, { words: data.words, name: data.name, makers }) });
  }
  paint(menus.get(root).group, themeOf(root));
}

// The chart and its menu share a container.
function chartBeside(root) {
  const plot = root.closest('[data-testid="stVerticalBlock"]').querySelector(".js-plotly-plot");
  if (!plot || !plot._fullData) throw new Error("the chart is not drawn yet");
  return plot;
}
