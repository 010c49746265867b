// Runs the page's own mix player as a browser's audio thread does, against a source whose clock is not the browser's.
//
// The source plays 1 kHz and writes `source` seconds in each second of the browser. Its messages take up to `jitterSeconds`
// and never overtake each other. At `missingAt` it leaves out `missingSeconds`; at `asleepAt` the browser's audio thread
// stands still for `asleepSeconds`. Returns, from five seconds on: gaps, the least and the most that was in reserve in
// seconds, and what is at the end, the largest bend of what was played from sample to sample (its second difference), and how often it was silent
// for a block.
async ({ source = 1, seconds = 60, jitterSeconds = 0, missingAt = 1e9, missingSeconds = 0, asleepAt = 1e9, asleepSeconds = 0 }) => {
  const RATE = 48000;
  const BLOCK = 128;
  const STRETCH = 256;
  const HERTZ = 1000;
  const SETTLED = 5;

  globalThis.sampleRate = RATE;
  globalThis.AudioWorkletProcessor = class {
    port = { postMessage() {} };
  };
  let player = null;
  globalThis.registerProcessor = (name, Made) => { player = new Made(); };
  await import(`/audio/mix_player.js?${performance.now()}`);

  let seed = 1;
  const random = () => (seed = (seed * 16807) % 2147483647) / 2147483647; // Park and Miller's
  let written = 0;
  let late = 0;
  let leftOut = 0;
  const message = () => {
    const made = new ArrayBuffer(16 + 8 * STRETCH);
    new DataView(made).setBigUint64(0, BigInt(written + leftOut), true);
    new DataView(made).setBigUint64(8, BigInt(STRETCH), true);
    const sound = new Float32Array(made, 16);
    for (let at = 0; at < STRETCH; at++) {
      sound[at] = sound[STRETCH + at] = Math.sin((2 * Math.PI * HERTZ * (written + leftOut + at)) / RATE);
    }
    return made;
  };

  const found = { gaps: 0, least: Infinity, most: 0, bend: 0, silent: 0 };
  const left = new Float32Array(BLOCK);
  const right = new Float32Array(BLOCK);
  let [before, last] = [0, 0];
  for (let now = 0; now < seconds * RATE; now += BLOCK) {
    while ((written + STRETCH) / source + late <= now) {
      player.take(message());
      written += STRETCH;
      late = random() * jitterSeconds * RATE;
      if (!leftOut && written > missingAt * RATE) leftOut = Math.round(missingSeconds * RATE);
    }
    const isAsleep = now > asleepAt * RATE && now < (asleepAt + asleepSeconds) * RATE;
    if (isAsleep) continue;
    left.fill(0);
    player.process([], [[left, right]]);
    const isSettled = now > SETTLED * RATE;
    for (const one of left) {
      if (isSettled) found.bend = Math.max(found.bend, Math.abs(one - 2 * last + before));
      [before, last] = [last, one];
    }
    if (!isSettled) continue;
    const reserve = (player.written - player.read) / RATE;
    found.least = Math.min(found.least, reserve);
    found.most = Math.max(found.most, reserve);
    found.silent += left.every((one) => one === 0) ? 1 : 0;
  }
  return { ...found, gaps: player.gaps, end: (player.written - player.read) / RATE };
}
