// Small helpers. All text comes from a table, a file or an LLM: it is set as text, never as HTML.

const LIMIT = 10;

function element(tag, className, text) {
  const node = document.createElement(tag);
  if (className) node.className = className;
  if (text !== undefined) node.textContent = text;
  return node;
}

function drawing(tag, attributes, text) {
  const node = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  if (text !== undefined) node.textContent = text;
  return node;
}

function button(className, label, title, onClick) {
  const node = element("button", className, label);
  node.type = "button";
  node.title = title;
  node.setAttribute("aria-label", title);
  node.addEventListener("click", onClick);
  return node;
}

// Text that runs from right to left must not turn the sentence around it.
function isolated(text) {
  return element("bdi", "", text);
}

// Opened by the style sheet where nothing is locked.
function padlock() {
  const lock = drawing("svg", { class: "padlock", viewBox: "0 0 10 12", "aria-hidden": true });
  lock.append(
    drawing("path", { class: "shackle", d: "M2.5 6V3.5a2.5 2.5 0 0 1 5 0V6" }),
    drawing("rect", { x: 1, y: 5.5, width: 8, height: 6, rx: 1 }),
  );
  return lock;
}

// A sentence of parts: texts, and [kind, text] for names ("bdi"), what is stressed ("b"), and a
// badge ("mark").
function sentence(tag, className, parts) {
  const node = element(tag, className);
  for (const part of parts) {
    node.append(typeof part === "string" ? part : element(part[0], "", part[1]));
  }
  return node;
}

function rounded(score) {
  return Math.round(score * 10) / 10;
}

function clipped(score) {
  return rounded(Math.max(-LIMIT, Math.min(LIMIT, score)));
}

function signed(value, digits) {
  const size = Math.abs(value);
  const text = digits === undefined ? String(rounded(size)) : size.toFixed(digits);
  if (Number(text) === 0) return text;
  return (value > 0 ? "+" : "−") + text;
}

function percent(share) {
  return `${Math.round(100 * share)} %`;
}

function parsed(text) {
  const score = Number(text.replace(",", ".").replace("−", "-"));
  return text.trim() === "" || !Number.isFinite(score) ? null : score;
}

// Where a bar lies on a scale from -1 to 1, for the style sheet.
// What stays is not written again: the browser would work out the looks of every row anew.
function place(node, low, high) {
  if (node.low === low && node.high === high) return;
  Object.assign(node, { low, high });
  node.style.setProperty("--low", (Math.max(-1, low) + 1) / 2);
  node.style.setProperty("--high", (Math.min(1, high) + 1) / 2);
}

function write(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

function put(node, name, value) {
  if (node.getAttribute(name) !== String(value)) node.setAttribute(name, value);
}
