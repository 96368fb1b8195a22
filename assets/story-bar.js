// The progress line of the Story, and its arrow keys: a click or a key asks Python for a chapter.

import { element, loadStyle } from "./common.js";

// Whatever has arrow keys of its own keeps them.
const TAKEN = [
  "input", "textarea", "select", "[contenteditable=true]", "[role=slider]", "[role=combobox]", "[role=listbox]",
  "[role=option]", "[role=radio]", "[role=radiogroup]", "[role=tab]", "[role=grid]", "[role=menu]", "[role=dialog]",
  "[role=spinbutton]", "[data-testid=stDataFrame]", "iframe", ".sv", ".pn", ".st-guess",
].join(",");
const PATIENCE_MS = 700; // a key that is held down turns one page, and waits for it
const STEPS = { ArrowRight: 1, ArrowLeft: -1 };

const bars = new WeakMap();

function build(root, data) {
  const bar = element("nav", "st-bar", root);
  bar.setAttribute("aria-label", data.label);
  bar.buttons = data.chapters.map(({ key, name }) => {
    const button = element("button", "", bar);
    element("i", "", button);
    button.type = "button";
    button.title = name;
    button.setAttribute("aria-label", name);
    button.addEventListener("click", () => bar.go(key));
    return button;
  });
  return bar;
}

export function render({ data, parentElement, setTriggerValue }) {
  loadStyle(data.style);
  const names = JSON.stringify(data.chapters);
  let bar = bars.get(parentElement);
  if (!bar || bar.names !== names) {
    if (bar) bar.remove();
    bar = build(parentElement, data);
    bar.names = names;
    bars.set(parentElement, bar);
  }
  bar.dataset.at = data.chapters[data.at].key;
  bar.go = (key) => setTriggerValue("go", key);
  bar.buttons.forEach((button, n) => {
    button.dataset.past = n < data.at;
    if (n === data.at) button.setAttribute("aria-current", "step");
    else button.removeAttribute("aria-current");
  });
  let asked = 0;
  const onKey = (event) => {
    const step = STEPS[event.key];
    if (!step || Date.now() - asked < PATIENCE_MS || event.defaultPrevented || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    if (event.target instanceof Element && event.target.closest(TAKEN)) return;
    const next = data.chapters[data.at + step];
    if (!next) return;
    asked = Date.now();
    event.preventDefault();
    bar.go(next.key);
  };
  document.addEventListener("keydown", onKey);
  return () => document.removeEventListener("keydown", onKey);
}
