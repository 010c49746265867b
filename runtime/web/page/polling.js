// Ask the instrument something again and again, as long as the page is seen and connected.

export class Polling {
  #connection;
  #address;
  #isWanted;

  // `isWanted` may say that nobody looks just now.
  constructor(connection, perSecond, address, isWanted = () => true) {
    this.#connection = connection;
    this.#address = address;
    this.#isWanted = isWanted;
    setInterval(() => this.#ask(), 1000 / perSecond);
    this.#ask();
  }

  #ask() {
    if (!document.hidden && this.#isWanted()) this.#connection.send(this.#address);
  }
}
