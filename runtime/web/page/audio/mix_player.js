// In the browser's audio thread: plays the mix that arrives in messages, a little behind, so that none comes too late.
//
// What has arrived and was not played yet is the reserve. It is held near a goal: where the clocks of the two machines
// drift apart, by playing a hair faster or slower; after a gap, by beginning again with a larger goal.

const ROOM_FRAMES = 1 << 16;
const LEAST_GOAL_SECONDS = 0.04;
const MOST_GOAL_SECONDS = 0.5;
const GOAL_STEP_SECONDS = 0.02;
// Only a reserve that is further off than this is led back, and this far at most from the speed of the source.
const TOLERANCE_SECONDS = 0.01;
const MOST_STRETCH = 0.002;
// So much more than the goal is not led back but left out.
const TOO_MUCH_SECONDS = 0.25;
const FADE_FRAMES = 240;
const SMOOTHING = 0.02;
const REPORT_SECONDS = 0.25;
// What a cubic between frames needs on both sides.
const AROUND = 2;

class MixPlayer extends AudioWorkletProcessor {
  constructor() {
    super();
    this.left = new Float32Array(ROOM_FRAMES);
    this.right = new Float32Array(ROOM_FRAMES);
    this.written = 0;
    this.read = 0;
    this.after = null; // [first, end]: what has arrived behind frames that are missing
    this.isPlaying = false;
    this.level = 0;
    this.goal = LEAST_GOAL_SECONDS * sampleRate;
    this.smooth = 0;
    this.gaps = 0;
    this.sinceReport = 0;
    this.port.onmessage = (event) => this.take(event.data);
  }

  // A message of the server: frame, number of frames, left, right (see runtime/web/mix_stream.py).
  take(message) {
    const head = new DataView(message);
    const frame = Number(head.getBigUint64(0, true));
    const frames = Number(head.getBigUint64(8, true));
    this.put(this.left, frame, new Float32Array(message, 16, frames));
    this.put(this.right, frame, new Float32Array(message, 16 + 4 * frames, frames));
    const end = this.after ? this.after[1] : this.written;
    if (frame !== end) this.after = [frame, frame + frames];
    else if (this.after) this.after[1] = frame + frames;
    else this.written = frame + frames;
    if (!this.isPlaying) this.skip();
  }

  // Go on behind what is missing, once what came before it has been played.
  skip() {
    if (!this.after) return;
    [this.read, this.written] = this.after;
    this.after = null;
  }

  put(channel, frame, samples) {
    const start = frame % ROOM_FRAMES;
    const first = Math.min(samples.length, ROOM_FRAMES - start);
    channel.set(samples.subarray(0, first), start);
    channel.set(samples.subarray(first), 0);
  }

  process(inputs, [[left, right]]) {
    const frames = left.length;
    const reserve = this.written - this.read;
    if (!this.isPlaying && reserve >= this.goal + frames) this.start(reserve);
    if (this.isPlaying) this.play(left, right, frames);
    this.report(frames);
    return true;
  }

  start(reserve) {
    this.isPlaying = true;
    this.level = 0;
    this.read = Math.floor(this.read);
    this.smooth = reserve;
  }

  play(left, right, frames) {
    // After the browser has slept what comes next was overwritten.
    if (this.written - this.read > ROOM_FRAMES / 2) this.catchUp();
    this.smooth += SMOOTHING * (this.written - this.read - this.smooth);
    const isTooMuch = this.smooth > this.goal + TOO_MUCH_SECONDS * sampleRate;
    const speed = this.speed();
    const last = this.written - AROUND - 1;
    // Where there may be nothing to play next, or something is left out, this stretch fades out: it is there as a whole.
    const isEnding = this.read + speed * (2 * frames + AROUND) > this.written;
    for (let at = 0; at < frames; at += 1) {
      const isThere = this.read <= last;
      this.level = Math.min(1, Math.max(0, this.level + (isEnding || isTooMuch ? -1 / frames : 1 / FADE_FRAMES)));
      left[at] = isThere ? this.level * between(this.left, this.read) : 0;
      right[at] = isThere ? this.level * between(this.right, this.read) : 0;
      if (isThere) this.read += speed;
    }
    if (isTooMuch) this.catchUp();
    else if (isEnding) {
      this.isPlaying = false;
      this.skip();
      this.gaps += 1;
      this.goal = Math.min(this.goal + GOAL_STEP_SECONDS * sampleRate, MOST_GOAL_SECONDS * sampleRate);
    }
  }

  // Leave out what is more than the goal.
  catchUp() {
    this.read = Math.floor(this.written - this.goal);
    this.smooth = this.goal;
    this.level = 0;
  }

  speed() {
    const off = this.smooth - this.goal;
    if (Math.abs(off) < TOLERANCE_SECONDS * sampleRate) return 1;
    return 1 + Math.max(-MOST_STRETCH, Math.min(MOST_STRETCH, off / sampleRate / 10));
  }

  report(frames) {
    this.sinceReport += frames;
    if (this.sinceReport < REPORT_SECONDS * sampleRate) return;
    this.sinceReport = 0;
    this.port.postMessage({ reserveSeconds: Math.max(0, this.smooth) / sampleRate, gaps: this.gaps, isPlaying: this.isPlaying });
  }
}

// The sound between two frames, by the cubic of Catmull and Rom; on a frame, that frame itself.
function between(channel, place) {
  const whole = Math.floor(place);
  const share = place - whole;
  const b = channel[whole % ROOM_FRAMES];
  if (share === 0) return b;
  const a = channel[(whole + ROOM_FRAMES - 1) % ROOM_FRAMES];
  const c = channel[(whole + 1) % ROOM_FRAMES];
  const d = channel[(whole + 2) % ROOM_FRAMES];
  return b + 0.5 * share * (c - a + share * (2 * a - 5 * b + 4 * c - d + share * (3 * (b - c) + d - a)));
}

registerProcessor("mix-player", MixPlayer);
