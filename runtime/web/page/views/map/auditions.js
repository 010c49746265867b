// Hearing a place without going there, and striking while the place travels. Strikes come only so often, and of several
// that are wanted meanwhile the last: what is played elsewhere must not be buried.

const HEAR_AGAIN_MS = 90;
const STRIKE_AGAIN_MS = 180;
const LET_GO_MS = 1200;
const VELOCITY = 100;
const MIDDLE_C = 60;
// No key of General MIDI's drums, and hardly one of a keyboard.
const UNPLAYED_KEY = 120;

export class Auditions {
  #connection;
  #wanted = null;
  #timer = 0;
  #heardMs = -HEAR_AGAIN_MS;
  #struckMs = -STRIKE_AGAIN_MS;
  #letGo = 0;
  #isHeld = false;
  #mayRing = false;

  constructor({ connection, instrument, hands }) {
    this.#connection = connection;
    hands.held.onReleaseAll(() => this.#letGoOfAll());
    // Whether pointing at something makes it sound, and whether travelling does.
    this.hears = true;
    this.plays = true;
    this.key = MIDDLE_C;
    instrument.onModel((model) => {
      this.isPitched = model.pitched;
      this.key = model.pitched ? MIDDLE_C : UNPLAYED_KEY;
    });
  }

  // A place of the map, or a child, as soon as one may sound again.
  hearPlace(x, y) {
    this.#want("/lb/map/note", x, y);
  }

  hearChild(number) {
    this.#want("/lb/child/note", number);
  }

  // The sound itself, which may be anywhere: the map knows only about where it is.
  hearPresent() {
    this.#want("/lb/note");
  }

  // What was chosen, at once: in a moment there may be others of its number.
  hearChosenChild(number) {
    if (!this.plays) return;
    this.#wanted = ["/lb/child/note", number];
    this.#hear();
  }

  // What was pointed at is left.
  leave() {
    this.#wanted = null;
    this.#release();
  }

  // Travelling: a sound with a pitch is held on the way, a drum is struck again and again.
  beginTravel(x, y) {
    if (!this.plays) return;
    this.#wanted = null;
    clearTimeout(this.#letGo);
    this.#struckMs = performance.now();
    this.#isHeld = this.isPitched;
    this.#mayRing = true;
    if (this.isPitched) this.#connection.send("/lb/note", this.key, VELOCITY);
    else this.#connection.send("/lb/map/note", x, y, this.key, VELOCITY);
  }

  travel() {
    const now = performance.now();
    if (!this.plays || this.isPitched || now - this.#struckMs < STRIKE_AGAIN_MS) return;
    this.#struckMs = now;
    // Not at a fixed place: it goes along as long as it rings.
    this.#connection.send("/lb/note", this.key, VELOCITY);
  }

  endTravel() {
    if (this.#isHeld) this.#release();
    this.#isHeld = false;
  }

  #letGoOfAll() {
    clearTimeout(this.#timer);
    this.leave();
    this.#isHeld = false;
  }

  #want(...message) {
    if (!this.hears || this.#isHeld) return;
    this.#wanted = message;
    const wait = this.#heardMs + HEAR_AGAIN_MS - performance.now();
    clearTimeout(this.#timer);
    if (wait <= 0) this.#hear();
    else this.#timer = setTimeout(() => this.#hear(), wait);
  }

  #hear() {
    if (!this.#wanted) return;
    const [address, ...where] = this.#wanted;
    this.#wanted = null;
    this.#heardMs = performance.now();
    this.#mayRing = true;
    this.#connection.send(address, ...where, this.key, VELOCITY);
    clearTimeout(this.#letGo);
    this.#letGo = setTimeout(() => this.#release(), LET_GO_MS);
  }

  #release() {
    clearTimeout(this.#letGo);
    // Only what sounded from here: somebody may hold the same key.
    if (this.#mayRing) this.#connection.send("/lb/note", this.key, 0);
    this.#mayRing = false;
  }
}
