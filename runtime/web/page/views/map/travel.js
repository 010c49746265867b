// The place on its way: jumps and drags, by hand or by key. At most one message for each frame of the screen.

const STEP = 0.02;

export class Travel {
  #connection;
  #auditions;
  #isOn = false;
  #next = null;

  constructor(connection, auditions) {
    this.#connection = connection;
    this.#auditions = auditions;
  }

  begin(x, y) {
    this.#isOn = true;
    this.#next = null;
    this.#connection.move("/lb/map", x, y);
    this.#auditions.beginTravel(x, y);
  }

  to(x, y) {
    if (!this.#next) requestAnimationFrame(() => this.#go());
    this.#next = [x, y];
  }

  // A step by keyboard from a place; it is travelled until the keys are let go.
  step(place, right, up) {
    const [x, y] = place ?? [0.5, 0.5];
    const to = [x + STEP * right, y + STEP * up].map((one) => Math.min(Math.max(one, 0), 1));
    if (this.#isOn) this.to(...to);
    else this.begin(...to);
  }

  end() {
    if (!this.#isOn) return;
    this.#go();
    this.#isOn = false;
    this.#auditions.endTravel();
  }

  #go() {
    if (!this.#next) return;
    this.#connection.move("/lb/map", ...this.#next);
    this.#next = null;
    this.#auditions.travel();
  }
}
