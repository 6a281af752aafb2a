// The result in numbers and in one sentence.

class Numbers {
  constructor() {
    this.root = element("section", "numbers");
    this.root.setAttribute("aria-label", "Result");
    this.cards = element("div", "cards");
    this.rows = element("p", "aside");
    this.sentence = element("p", "sentence");
    this.root.append(this.cards, this.rows, this.sentence);
  }

  show(result) {
    this.cards.replaceChildren(...result.cards.map((card) => this.card(card)));
    this.rows.replaceWith((this.rows = sentence("p", "aside", result.rows)));
    this.sentence.replaceWith((this.sentence = sentence("p", "sentence", result.sentence)));
  }

  card({ key, name, value, aside, color, line }) {
    const card = element("div", "card");
    card.style.setProperty("--color", color);
    card.style.setProperty("--line", line);
    const number = element("span", key ? "value laat-auc" : "value", value);
    if (key) number.dataset.model = key;
    const numbers = element("div");
    numbers.append(number, " ", element("span", "aside", aside));
    card.append(element("div", "label", name), numbers);
    return card;
  }
}
