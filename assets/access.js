// What Streamlit leaves out for those who listen to a page or use it by keys: its language, a list of pages that is a
// list, formulas that scroll, messages with a name, and terms that explain themselves on hover, focus and touch. And it
// has the page run again when the system turns from light to dark, for charts whose colours the server chooses.

const TERM = "a[href^='#term-']";
const TURNING_MS = 300; // until Streamlit itself has turned
const DARK = matchMedia("(prefers-color-scheme: dark)");
let hint;
let release; // what an earlier call put up: Streamlit calls again whenever language or theme change

export function render({ data, setTriggerValue }) {
  release?.();
  document.documentElement.lang = data.lang;
  Object.assign(document.documentElement.dataset, { access: "mended", scheme: data.scheme });
  mend();
  const nav = document.querySelector("[data-testid=stSidebarNav]");
  const watch = new MutationObserver(mend);
  if (nav) watch.observe(nav, { childList: true, subtree: true });
  const main = document.querySelector("[data-testid=stMain]");
  const formulas = new MutationObserver(reach);
  if (main) formulas.observe(main, { childList: true, subtree: true });
  reach();
  const messages = new MutationObserver(() => name(messages));
  messages.observe(document.body, { childList: true });
  name(messages);
  const turned = () => setTimeout(() => setTriggerValue("scheme", DARK.matches ? "dark" : "light"), TURNING_MS);
  DARK.addEventListener("change", turned);
  const listeners = { mouseover: enter, focusin: enter, mouseout: leave, focusout: leave, click: touch, keydown: escape };
  for (const [event, heard] of Object.entries(listeners)) document.addEventListener(event, heard);
  release = () => {
    watch.disconnect();
    formulas.disconnect();
    messages.disconnect();
    DARK.removeEventListener("change", turned);
    for (const [event, heard] of Object.entries(listeners)) document.removeEventListener(event, heard);
    hide();
  };
  return release;
}

// Streamlit puts headings and boxes between a list and its items: each section becomes a list of its own.
function mend() {
  for (const list of document.querySelectorAll("[data-testid=stSidebarNavItems]")) {
    list.setAttribute("role", "presentation");
    for (const section of list.children) if (section.tagName !== "LI") section.setAttribute("role", "list");
    for (const item of list.querySelectorAll("li")) item.setAttribute("role", "listitem");
  }
}

// A message that comes up and goes is a dialog without a name: its text is its name. More of them come into one box.
function name(messages) {
  for (const box of document.querySelectorAll("body > [data-testid=stToastContainer]")) {
    messages.observe(box, { childList: true, subtree: true });
  }
  for (const message of document.querySelectorAll("body > [data-testid=stToastContainer] [role=alertdialog]")) {
    message.setAttribute("aria-label", message.querySelector("[data-testid=stToastText]")?.textContent ?? "");
    message.removeAttribute("aria-labelledby");
  }
}

// On a narrow page a long formula scrolls: by keys, too.
let asked = 0;
function reach() {
  asked ||= requestAnimationFrame(() => {
    asked = 0;
    for (const formula of document.querySelectorAll(".katex-display:not([tabindex])")) formula.tabIndex = 0;
  });
}

// ---- terms -----------------------------------------------------------------------------------------

function enter(event) {
  const term = event.target.closest?.(TERM);
  if (term) show(term);
}

function leave(event) {
  if (event.target.closest?.(TERM)) hide();
}

// A term leads nowhere: touching it shows what hovering would.
function touch(event) {
  const term = event.target.closest?.(TERM);
  if (!term) return;
  event.preventDefault();
  show(term);
}

function escape(event) {
  if (event.key === "Escape") hide();
}

function show(term) {
  if (term.title) {
    term.dataset.meaning = term.title;
    term.removeAttribute("title"); // or the browser shows it as well
  }
  if (!hint) {
    hint = document.createElement("div");
    hint.id = "term-hint";
    hint.setAttribute("role", "tooltip");
  }
  hint.textContent = term.dataset.meaning;
  document.body.append(hint);
  term.setAttribute("aria-describedby", hint.id);
  const at = term.getBoundingClientRect();
  const left = Math.max(8, Math.min(at.left, innerWidth - hint.offsetWidth - 8));
  const below = at.bottom + 6;
  const top = below + hint.offsetHeight < innerHeight ? below : Math.max(8, at.top - hint.offsetHeight - 6);
  hint.style.left = `${left}px`;
  hint.style.top = `${top}px`;
}

function hide() {
  hint?.remove();
}
