// What a page shows of a move, and when. benchmarks/workbench.py runs this within the page, with
// the selectors of what the page promises; afterwards `window.benchmark` is there.
({ panel, slider, curve, bars, number, status, alert }) => {
  const inside = (selector, root = document) => [
    ...root.querySelectorAll(selector),
    ...[...root.querySelectorAll("*")].flatMap(
      (node) => (node.shadowRoot ? inside(selector, node.shadowRoot) : []),
    ),
  ];
  const home = inside(panel)[0];
  const all = (selector) => [...home.querySelectorAll(selector)];

  // Three parts of the page, and what each looks like. An answer that changes nothing, such as
  // that to a question for news, draws them again as they were.
  const parts = {
    curve: [curve, (node) => node.getAttribute("d")],
    bars: [bars, (node) => (node.hidden ? "" : node.style.cssText)],
    number: [number, (node) => node.textContent],
  };
  const look = ([selector, of]) => all(selector).map(of).join("|");
  const looks = {};
  for (const name of Object.keys(parts)) looks[name] = look(parts[name]);

  let pressed = 0; // time stamp of the last key press
  const first = new Map(); // when a part changed for the first time since
  const last = new Map(); // and for the last time
  let counted = { since: 0 }; // redraws of each part

  const added = (changes, selector) => changes.some(({ addedNodes }) => [...addedNodes].some(
    (node) => node.matches?.(selector) || node.querySelector?.(selector),
  ));
  new MutationObserver((changes) => {
    const now = performance.now();
    for (const name of Object.keys(parts)) {
      const before = looks[name];
      looks[name] = look(parts[name]);
      const differs = looks[name] !== before;
      const redrawn = differs || added(changes, parts[name][0]);
      if (differs || (name === "number" && redrawn)) counted[name] = (counted[name] ?? 0) + 1;
      if (redrawn && !first.has(name)) first.set(name, now);
      if (differs || (redrawn && !last.has(name))) last.set(name, now);
    }
  }).observe(home, { subtree: true, childList: true, attributes: true, characterData: true });
  addEventListener("keydown", (event) => {
    pressed = event.timeStamp;
    first.clear();
    last.clear();
  }, { capture: true });

  // A training under way, and a result on a sample, are followed by another one.
  const pending = () => home.classList.contains("old") ||
    all(status).some((node) => /training|sample/.test(node.textContent));

  const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

  // Times of the last move, once both charts have changed and nothing has for a while.
  async function settled({ quiet, patience }) {
    for (;;) {
      const now = performance.now();
      const charts = ["curve", "bars"].filter((name) => last.has(name));
      const end = Math.max(...last.values());
      if (charts.length === 2 && now - end > quiet && !pending()) {
        return {
          milliseconds: end - pressed,
          first: Math.max(first.get("curve"), first.get("bars")) - pressed,
          number: last.has("number"),
        };
      }
      if (now - pressed > patience) {
        throw new Error(`${charts.length} of 2 charts changed within ${patience} ms`);
      }
      await pause(20);
    }
  }

  // Sliders within a closed group cannot be reached by key or mouse.
  const sliders = () => all(slider).filter((node) => node.checkVisibility() && !node.disabled);

  // One whole score to the right, in the next round to the left; never beyond the end.
  function keyFor(node, round) {
    const [value, low, high] = [node.value, node.min, node.max].map(Number);
    if (value >= high) return "ArrowLeft";
    if (value <= low) return "ArrowRight";
    return round % 2 ? "ArrowLeft" : "ArrowRight";
  }

  function next(number) {
    const nodes = sliders();
    const node = nodes[number % nodes.length];
    node.focus();
    return { node, key: keyFor(node, Math.floor(number / nodes.length)) };
  }

  function press({ node, key }) {
    const options = { key, bubbles: true, composed: true, cancelable: true };
    node.dispatchEvent(new KeyboardEvent("keydown", options));
    node.dispatchEvent(new KeyboardEvent("keyup", options));
  }

  const alerts = () => inside(alert)
    .filter((node) => node.checkVisibility() && node.textContent.trim())
    .map((node) => node.textContent.trim());

  // Moves as a person makes them, by script; `progress` tells of them meanwhile.
  let made = null;
  async function run({ moves, begin, rest, quiet, patience }) {
    made = { times: [], unanswered: [], alerts: [], done: false };
    await pause(rest * Math.random()); // people do not move in step
    for (let number = begin; number < begin + moves; number += 1) {
      press(next(number));
      try {
        made.times.push(await settled({ quiet, patience }));
      } catch (error) {
        made.unanswered.push(error.message);
      }
      made.alerts.push(...alerts().filter((text) => !made.alerts.includes(text)));
      const goal = Math.max(...last.values(), pressed) + rest * (0.8 + 0.4 * Math.random());
      await pause(Math.max(0, goal - performance.now()));
    }
    made.done = true;
  }

  const count = () => { counted = { since: performance.now() }; };
  const rates = () => {
    const seconds = (performance.now() - counted.since) / 1000;
    return { curve: (counted.curve ?? 0) / seconds, number: (counted.number ?? 0) / seconds };
  };

  // From one end of a slider to the other and back, as often as a mouse tells of itself.
  let dragged = null;
  async function drag({ milliseconds, step }) {
    dragged = null;
    const node = sliders()[0];
    const [low, high] = [Number(node.min), Number(node.max)];
    count();
    for (let passed = 0; passed < milliseconds; passed = performance.now() - counted.since) {
      const way = (2 * passed) / milliseconds;
      node.value = low + (high - low) * (way < 1 ? way : 2 - way);
      node.dispatchEvent(new Event("input", { bubbles: true, composed: true }));
      await pause(step);
    }
    dragged = rates();
    node.dispatchEvent(new Event("change", { bubbles: true }));
  }

  window.benchmark = {
    settled, next, alerts, run, drag, count, rates,
    prepare: (number) => next(number).key,
    progress: () => made,
    dragged: () => dragged,
  };
}
