// The page, as a list of what is on it. docs/page.md says how a view is added.

import { Connection } from "./connection.js";
import { State } from "./state.js";
import { Instrument } from "./instrument.js";
import { Notices } from "./notices.js";
import { tellLearned } from "./learning.js";
import { Tabs } from "./tabs.js";
import { showLost } from "./lost.js";
import { Hands } from "./hands.js";
import { listenToComputerKeys } from "./computer_keys.js";
import { Matching } from "./matching.js";
import { listenToDrops } from "./dropping.js";
import { listenToSteps } from "./stepping.js";
import * as capturing from "./capturing.js";
import * as bar from "./views/bar.js";
import * as captures from "./views/captures.js";
import * as listen from "./views/listen.js";
import * as map from "./views/map/view.js";
import * as match from "./views/match.js";
import * as part from "./views/part.js";
import * as play from "./views/play.js";
import * as setup from "./views/setup.js";
import * as sound from "./views/sound.js";
import * as train from "./views/train.js";

// Each view has a tab of its own: { label, build(panel, page) }.
const VIEWS = [
  sound,
  map,
  play,
  captures,
  match,
  train,
  setup,
];
// What stands in the bar above, whichever view is open.
const IN_THE_BAR = [
  bar,
  part,
  capturing,
  listen,
];

const state = new State();
const connection = new Connection(state);
const notices = new Notices(document.getElementById("notices"));
const instrument = new Instrument(state, notices);
const hands = new Hands(connection, instrument);
const matching = new Matching({ state, connection });

// What a view is given.
export const page = { state, connection, notices, instrument, hands, matching, listening: null };

showLost(document.getElementById("lost"), connection, state);
for (const tool of IN_THE_BAR) tool.build(document.getElementById("bar-tools"), page);
const tabs = new Tabs(document.getElementById("tabs"), document.getElementById("panels"));
for (const view of VIEWS) tabs.add(view.label, (panel) => view.build(panel, page));
tabs.open();
listenToComputerKeys(hands);
listenToSteps(connection);
listenToDrops(matching, () => tabs.show(match.label), notices);

instrument.onModel((model) => {
  document.getElementById("model-name").textContent = model.name;
  document.title = `${model.name} – latentbridge`;
});
tellLearned(page);
state.on("/lb/error", ([, text]) => notices.say(text, "error"));
connection.open();
