// The page, as a list of what is on it. docs/page.md says how a view is added.

import { Connection } from "./connection.js";
import { State } from "./state.js";
import { Instrument } from "./instrument.js";
import { Notices } from "./notices.js";
import { Tabs } from "./tabs.js";
import { showLost } from "./lost.js";
import * as bar from "./views/bar.js";
import * as setup from "./views/setup.js";
import * as sound from "./views/sound.js";

// Each view has a tab of its own: { label, build(panel, page) }.
const VIEWS = [
  sound,
  setup,
];
// What stands in the bar above, whichever view is open.
const IN_THE_BAR = [
  bar,
];

const state = new State();
const connection = new Connection(state);
const notices = new Notices(document.getElementById("notices"));
const instrument = new Instrument(state, notices);

// What a view is given.
export const page = { state, connection, notices, instrument };

showLost(document.getElementById("lost"), connection, state);
for (const tool of IN_THE_BAR) tool.build(document.getElementById("bar-tools"), page);
const tabs = new Tabs(document.getElementById("tabs"), document.getElementById("panels"));
for (const view of VIEWS) tabs.add(view.label, (panel) => view.build(panel, page));
tabs.open();

instrument.onModel((model) => {
  document.getElementById("model-name").textContent = model.name;
  document.title = `${model.name} – latentbridge`;
});
state.on("/lb/error", ([, text]) => notices.say(text, "error"));
connection.open();
