// The one web socket. What comes in goes to the state; what goes out is the OSC table's messages, see docs/osc.md.
//
//   connection.move("/lb/axis/brightness", 0.4)   a control: shown everywhere on this page at once, and sent
//   connection.send("/lb/note", 36, 100)          anything else: only sent
//   connection.onChange((status) => …)            "connecting", "open" or "lost"

import { addressOf } from "./parts.js";
import { currentToken, renewToken } from "./token.js";

const SHORTEST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 2000;
// The server says something every 3 seconds, if only that it is there.
const SILENCE_MS = 9000;

export class Connection {
  #state;
  #socket = null;
  #listeners = [];
  #waitMs = SHORTEST_WAIT_MS;
  #heardMs = 0;
  #unsent = [];

  constructor(state) {
    this.#state = state;
    this.status = "connecting";
    setInterval(() => this.#checkSilence(), 1000);
  }

  // Connect, and again whenever the connection is lost.
  open() {
    const query = `token=${encodeURIComponent(currentToken())}`;
    const socket = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/socket?${query}`);
    this.#socket = socket;
    socket.onopen = () => {
      this.#heardMs = performance.now();
      this.#waitMs = SHORTEST_WAIT_MS;
      this.#set("open");
    };
    socket.onmessage = (event) => {
      this.#heardMs = performance.now();
      this.#state.hear(JSON.parse(event.data));
    };
    socket.onclose = () => this.#lost(socket);
  }

  send(address, ...args) {
    if (this.status !== "open") return;
    this.#unsent.push([addressOf(this.#state.part, address), ...args]);
    // Whatever one gesture asks for travels together, and happens at one moment.
    if (this.#unsent.length === 1) queueMicrotask(() => this.#flush());
  }

  move(address, ...args) {
    this.#state.move(address, args);
    this.send(address, ...args);
  }

  onChange(listener) {
    this.#listeners.push(listener);
    listener(this.status);
  }

  #flush() {
    const messages = this.#unsent;
    this.#unsent = [];
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(messages));
  }

  #checkSilence() {
    if (this.status === "open" && performance.now() - this.#heardMs > SILENCE_MS) {
      this.#socket.close();
      this.#lost(this.#socket);
    }
  }

  #lost(socket) {
    if (socket !== this.#socket) return;
    this.#socket = null;
    this.#set("lost");
    setTimeout(async () => {
      await renewToken();
      this.open();
    }, this.#waitMs);
    this.#waitMs = Math.min(2 * this.#waitMs, LONGEST_WAIT_MS);
  }

  #set(status) {
    if (status === this.status) return;
    this.status = status;
    for (const listener of this.#listeners) listener(status);
  }
}
