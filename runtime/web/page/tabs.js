// Views as tabs, as the ARIA authoring practices have them: arrows move between tabs, Tab goes into the panel.
// A view is built when it is first opened. The open one stands in the address, so that a reload stays there.

const KEYS = { ArrowRight: 1, ArrowLeft: -1 };

export class Tabs {
  #list;
  #panels;
  #views = [];

  constructor(list, panels) {
    this.#list = list;
    this.#panels = panels;
    list.addEventListener("keydown", (event) => this.#key(event));
  }

  add(label, build) {
    const id = label.toLowerCase().replaceAll(" ", "-");
    const tab = document.createElement("button");
    Object.assign(tab, { id: `tab-${id}`, type: "button", textContent: label });
    tab.setAttribute("role", "tab");
    tab.setAttribute("aria-controls", `panel-${id}`);
    const panel = document.createElement("section");
    Object.assign(panel, { id: `panel-${id}`, className: "panel" });
    panel.setAttribute("role", "tabpanel");
    panel.setAttribute("aria-labelledby", tab.id);
    const view = { id, label, tab, panel, build };
    tab.onclick = () => this.#show(view);
    this.#list.append(tab);
    this.#panels.append(panel);
    this.#views.push(view);
  }

  // Open the view that the address names, else the first one.
  open() {
    const wanted = new URLSearchParams(location.search).get("view");
    this.#show(this.#views.find((view) => view.id === wanted) ?? this.#views[0]);
  }

  show(label) {
    this.#show(this.#views.find((view) => view.label === label));
  }

  #show(shown) {
    if (shown.build) {
      shown.build(shown.panel);
      shown.build = null;
    }
    for (const view of this.#views) {
      const isShown = view === shown;
      view.panel.hidden = !isShown;
      view.tab.setAttribute("aria-selected", isShown);
      view.tab.tabIndex = isShown ? 0 : -1;
    }
    // Each begins at its top.
    scrollTo(0, 0);
    history.replaceState(null, "", shown === this.#views[0] ? location.pathname : `?view=${shown.id}`);
    // Views that draw may wait for this: a hidden panel has no size.
    shown.panel.dispatchEvent(new CustomEvent("shown"));
  }

  #key(event) {
    const at = this.#views.findIndex((view) => view.tab === document.activeElement);
    const count = this.#views.length;
    const to = event.key in KEYS ? (at + KEYS[event.key] + count) % count : { Home: 0, End: count - 1 }[event.key];
    if (at < 0 || to === undefined) return;
    event.preventDefault();
    this.#show(this.#views[to]);
    this.#views[to].tab.focus();
  }
}
