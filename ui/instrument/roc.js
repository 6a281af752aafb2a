// The ROC curves, as the server has computed them, with the rates under the pointer.

const ROC = { width: 460, height: 330, left: 52, right: 14, top: 10, bottom: 46 };
const SHARES = [0, 0.25, 0.5, 0.75, 1];

class RocChart {
  constructor() {
    this.root = element("figure", "chart roc");
    this.svg = drawing("svg", {
      viewBox: `0 0 ${ROC.width} ${ROC.height}`,
      role: "img",
      "aria-label": "ROC curves of LAAT model, baseline and scores alone",
    });
    this.body = drawing("g", {});
    this.svg.append(this.axes(), this.body);
    this.pointer = drawing("line", { class: "pointer", y1: this.y(1), y2: this.y(0) });
    this.pointer.style.display = "none";
    this.svg.append(this.pointer);
    this.tip = element("div", "tip");
    this.tip.hidden = true;
    this.root.append(this.svg, this.tip);
    this.svg.addEventListener("pointermove", (event) => this.point(event));
    this.svg.addEventListener("pointerleave", () => this.leave());
  }

  x(rate) {
    return ROC.left + rate * (ROC.width - ROC.left - ROC.right);
  }

  y(rate) {
    return ROC.height - ROC.bottom - rate * (ROC.height - ROC.top - ROC.bottom);
  }

  axes() {
    const axes = drawing("g", { class: "axes" });
    for (const share of SHARES) {
      const percent = `${100 * share}%`;
      const [x, y] = [this.x(share), this.y(share)];
      axes.append(
        drawing("line", { x1: x, x2: x, y1: this.y(0), y2: this.y(1) }),
        drawing("line", { x1: this.x(0), x2: this.x(1), y1: y, y2: y }),
        drawing("text", { x, y: this.y(0) + 15, "text-anchor": "middle" }, percent),
        drawing("text", { x: ROC.left - 6, y: y + 4, "text-anchor": "end" }, percent),
      );
    }
    axes.append(drawing("line", {
      class: "chance", x1: this.x(0), y1: this.y(0), x2: this.x(1), y2: this.y(1),
    }));
    this.across = drawing("text", {
      class: "title", x: this.x(0.5), y: ROC.height - 8, "text-anchor": "middle",
    });
    this.upwards = drawing("text", { class: "title", "text-anchor": "middle" });
    this.upwards.setAttribute("transform", `translate(12 ${this.y(0.5)}) rotate(-90)`);
    axes.append(this.across, this.upwards);
    return axes;
  }

  show(roc) {
    this.roc = roc;
    write(this.across, `wrongly flagged: share of ${roc.opposite}`);
    write(this.upwards, `found: share of ${roc.outcome}`);
    if (!this.curves) this.build(roc.curves);
    for (const curve of roc.curves) {
      const { band, line } = this.curves.get(curve.key);
      const edge = curve.low
        ? this.path(curve.high) + this.path(curve.low, true).replace("M", "L") + "Z"
        : "";
      put(band, "d", edge);
      put(line, "d", this.path(curve.rates));
    }
  }

  build(curves) {
    this.curves = new Map(curves.map((curve) => [curve.key, {
      band: drawing("path", { class: "band", fill: curve.color }),
      line: drawing("path", {
        class: "curve", stroke: curve.color, "stroke-dasharray": curve.dash,
        "data-model": curve.key,
      }),
    }]));
    const parts = [...this.curves.values()];
    this.body.replaceChildren(
      ...parts.map(({ band }) => band), ...parts.map(({ line }) => line), this.legend(curves),
    );
  }

  path(rates, backwards) {
    const last = rates.length - 1;
    const points = rates.map((rate, i) => `${this.x(i / last).toFixed(1)},${this.y(rate).toFixed(1)}`);
    if (backwards) points.reverse();
    return `M${points.join("L")}`;
  }

  legend(curves) {
    const legend = drawing("g", { class: "legend" });
    curves.toReversed().forEach((curve, i) => {
      const y = this.y(0) - 12 - 17 * (curves.length - 1 - i);
      legend.append(
        drawing("line", {
          x1: this.x(0.6), x2: this.x(0.6) + 26, y1: y - 4, y2: y - 4,
          stroke: curve.color, "stroke-dasharray": curve.dash,
        }),
        drawing("text", { x: this.x(0.6) + 32, y }, curve.name),
      );
    });
    return legend;
  }

  point(event) {
    if (!this.roc) return;
    const box = this.svg.getBoundingClientRect();
    const across = ((event.clientX - box.left) / box.width) * ROC.width;
    const last = this.roc.curves[0].rates.length - 1;
    const at = Math.round(((across - ROC.left) / (ROC.width - ROC.left - ROC.right)) * last);
    if (at < 0 || at > last) {
      this.leave();
      return;
    }
    const x = this.x(at / last);
    this.pointer.setAttribute("x1", x);
    this.pointer.setAttribute("x2", x);
    this.pointer.style.display = "";
    const lines = [element("div", "", `wrongly flagged ${percent(at / last)}`)];
    for (const curve of this.roc.curves.toReversed()) {
      const line = element("div", "", `${curve.name}: found ${percent(curve.rates[at])}`);
      line.style.color = curve.color;
      lines.push(line);
    }
    this.tip.replaceChildren(...lines);
    this.tip.hidden = false;
    this.tip.style.left = `${(x / ROC.width) * 100}%`;
    this.tip.classList.toggle("left", at > last / 2);
  }

  leave() {
    this.pointer.style.display = "none";
    this.tip.hidden = true;
  }
}
