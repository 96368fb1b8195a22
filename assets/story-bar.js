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

class Bar {
  constructor(root) {
    this.nav = element("nav", "st-bar", root);
    this.asked = 0;
    this.onKey = this.onKey.bind(this);
    document.addEventListener("keydown", this.onKey);
  }

  update(data, tell) {
    this.tell = tell;
    const names = JSON.stringify(data.chapters);
    if (names !== this.names) this.build(data);
    if (this.data && this.data.at !== data.at) this.asked = 0;
    this.names = names;
    this.data = data;
    this.nav.dataset.at = data.chapters[data.at].key;
    [...this.nav.children].forEach((button, n) => {
      button.dataset.past = n < data.at;
      if (n === data.at) button.setAttribute("aria-current", "step");
      else button.removeAttribute("aria-current");
    });
  }

  build({ chapters, label }) {
    this.nav.setAttribute("aria-label", label);
    this.nav.replaceChildren(...chapters.map(({ key, name }) => {
      const button = element("button");
      element("i", "", button);
      button.type = "button";
      button.title = name;
      button.setAttribute("aria-label", name);
      button.addEventListener("click", () => this.tell("go", key));
      return button;
    }));
  }

  onKey(event) {
    const step = STEPS[event.key];
    if (!step || event.defaultPrevented || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    if (event.target instanceof Element && event.target.closest(TAKEN)) return;
    const next = this.data.chapters[this.data.at + step];
    if (!next || Date.now() - this.asked < PATIENCE_MS) return;
    this.asked = Date.now();
    event.preventDefault();
    this.tell("go", next.key);
  }

  destroy() {
    document.removeEventListener("keydown", this.onKey);
    this.nav.remove();
  }
}

export function render({ data, parentElement, setTriggerValue }) {
  loadStyle(data.style);
  if (!bars.has(parentElement)) bars.set(parentElement, new Bar(parentElement));
  bars.get(parentElement).update(data, setTriggerValue);
  return () => setTimeout(() => {
    if (parentElement.isConnected || !bars.has(parentElement)) return;
    bars.get(parentElement).destroy();
    bars.delete(parentElement);
  }, 500);
}
