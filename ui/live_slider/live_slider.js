// Label, range and number. What is moved is sent while it moves, the next value once the page has
// answered the one before, or after PATIENCE: sent faster, no answer would ever be finished.
const PATIENCE = 10000; // ms
const sliders = new WeakMap();

export default function (component) {
  const { parentElement, data, setStateValue } = component;
  let slider = sliders.get(parentElement);
  if (!slider) {
    slider = new Slider(parentElement, data);
    sliders.set(parentElement, slider);
  }
  slider.send = (value) => setStateValue("moved", value);
  slider.answered(data);
}

class Slider {
  constructor(parent, data) {
    this.words = document.createElement("span");
    this.number = document.createElement("output");
    this.input = document.createElement("input");
    this.input.type = "range";
    for (const [name, part] of [["min", "low"], ["max", "high"], ["step", "step"]]) {
      this.input[name] = data[part];
    }
    this.input.value = data.value; // afterwards the person's hand has it
    const label = document.createElement("label");
    label.append(this.words, this.number, this.input);
    parent.append(label);
    this.input.addEventListener("input", () => this.move(true));
    // Not every browser tells of a change where a slider comes back to where it was taken.
    for (const end of ["change", "pointerup", "keyup", "blur"]) {
      this.input.addEventListener(end, () => this.held && this.move(false));
    }
  }

  answered(data) {
    const isNew = data.run !== this.data?.run; // or drawn again for what was sent itself
    this.data = data;
    this.words.textContent = data.label;
    this.input.setAttribute("aria-label", data.label);
    this.write();
    if (isNew && !data.busy) this.go();
  }

  write() {
    const places = Number.isInteger(this.data.step) ? 0 : 1;
    const text = Number(this.input.value).toFixed(places).replace("-", "−") + this.data.unit;
    this.number.textContent = text;
    this.input.setAttribute("aria-valuetext", text);
  }

  move(held) {
    this.write();
    this.held = held;
    this.next = { at: Number(this.input.value), held };
    if (!held || !this.timer) this.go(); // where it is let go, it is told at once
  }

  go() {
    clearTimeout(this.timer);
    this.timer = undefined;
    if (!this.next) return;
    this.send(this.next);
    this.next = undefined;
    this.timer = setTimeout(() => this.go(), PATIENCE);
  }
}
