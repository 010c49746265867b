// "Listen here": the engine's mix, played by this browser. For machines without a sound card, and for ears elsewhere.
//
//   const listening = new Listening();
//   await listening.start();               // from a click: browsers play nothing before one. Throws an Error that says why not
//   listening.onChange(({ isOn, seconds, gaps }) => …)

import { currentToken } from "../token.js";

const RETRY_MS = 500;

function notAllowed() {
  return "A browser plays this only from the machine it runs on, or over an encrypted connection. Open a tunnel, for example: "
    + `ssh -L 8700:127.0.0.1:${location.port || 80} ${location.hostname}, and then http://127.0.0.1:8700/#${currentToken()} here.`;
}

export class Listening {
  #listeners = [];
  #context = null;
  #node = null;
  #socket = null;
  #status = { isOn: false, seconds: 0, gaps: 0 };

  get isOn() {
    return this.#status.isOn;
  }

  // Where the sound comes out, for whoever wants to measure it; null while nobody listens.
  get node() {
    return this.#node;
  }

  onChange(listener) {
    this.#listeners.push(listener);
    listener(this.#status);
  }

  async start() {
    if (!window.isSecureContext || !window.AudioWorkletNode) throw new Error(notAllowed());
    if (this.isOn) return;
    this.#set({ isOn: true, seconds: 0, gaps: 0 });
    this.#connect();
  }

  async stop() {
    this.#set({ isOn: false, seconds: 0, gaps: 0 });
    this.#socket?.close();
    await this.#context?.close();
    this.#context = this.#node = this.#socket = null;
  }

  #connect() {
    const socket = new WebSocket(`ws://${location.host}/mix?token=${encodeURIComponent(currentToken())}`);
    socket.binaryType = "arraybuffer";
    this.#socket = socket;
    socket.onmessage = (event) => {
      if (typeof event.data === "string") this.#play(JSON.parse(event.data).sample_rate, socket);
      else this.#node?.port.postMessage(event.data, [event.data]);
    };
    socket.onclose = () => {
      if (socket === this.#socket && this.isOn) setTimeout(() => this.isOn && this.#connect(), RETRY_MS);
    };
  }

  // The browser's clock runs at the engine's rate: it converts to that of its device.
  async #play(sampleRate, socket) {
    await this.#context?.close();
    const context = new AudioContext({ sampleRate, latencyHint: "interactive" });
    this.#context = context;
    await context.audioWorklet.addModule("/audio/mix_player.js");
    if (socket !== this.#socket || context !== this.#context) return;
    const node = new AudioWorkletNode(context, "mix-player", { numberOfInputs: 0, outputChannelCount: [2] });
    node.connect(context.destination);
    node.port.onmessage = ({ data }) => this.#set({
      isOn: true,
      seconds: data.reserveSeconds + context.baseLatency + (context.outputLatency || 0),
      gaps: data.gaps,
    });
    this.#node = node;
    await context.resume();
  }

  #set(status) {
    this.#status = status;
    for (const listener of this.#listeners) listener(status);
  }
}
