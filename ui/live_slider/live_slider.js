// Label, range and number; what is moved is sent while it moves, but not faster than PAUSE.
const PAUSE = 100; // ms
const sliders = new WeakMap();

export default function (component) {
  const { parentElement, data, setStateValue } = component;
  let slider = sliders.get(parentElement);
  if (!slider) {
    slider = new Slider(parentElement, data);
    sliders.set(parentElement, slider);
  }
  slider.send = (value) => setStateValue("value", value);
  slider.name(data);
}

class Slider {
  constructor(parent, data) {
    this.label = document.createElement("label");
    this.words = document.createElement("span");
    this.number = document.createElement("output");
    this.input = document.createElement("input");
    this.input.type = "range";
    for (const [name, part] of [["min", "low"], ["max", "high"], ["step", "step"]]) {
      this.input[name] = data[part];
    }
    this.input.value = data.value; // afterwards the person's hand has it
    this.label.append(this.words, this.number, this.input);
    parent.append(this.label);
    this.input.addEventListener("input", () => this.move());
    this.input.addEventListener("change", () => this.tell());
  }

  name(data) {
    this.data = data;
    this.words.textContent = data.label;
    this.input.setAttribute("aria-label", data.label);
    this.write();
  }

  write() {
    const places = Number.isInteger(this.data.step) ? 0 : 1;
    const text = Number(this.input.value).toFixed(places).replace("-", "−") + this.data.unit;
    this.number.textContent = text;
    this.input.setAttribute("aria-valuetext", text);
  }

  move() {
    this.write();
    this.timer ??= setTimeout(() => this.tell(), PAUSE);
  }

  tell() {
    clearTimeout(this.timer);
    this.timer = undefined;
    if (this.told !== this.input.value) {
      this.told = this.input.value;
      this.send(Number(this.told));
    }
  }
}
