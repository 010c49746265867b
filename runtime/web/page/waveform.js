// A sound as a picture: its levels, read from a WAV file that the browser decodes.

const COLUMNS = 300;
const DECODING_RATE_HZ = 48000;

// Lowest and highest sample of each of 300 stretches, and the length in seconds. Fails with a sentence.
export async function levelsOf(link) {
  const answer = await fetch(link, { cache: "no-store" });
  if (!answer.ok) throw new Error("The sound is not there any more.");
  const data = await answer.arrayBuffer();
  let sound;
  try {
    sound = await new OfflineAudioContext(1, 1, DECODING_RATE_HZ).decodeAudioData(data);
  } catch {
    throw new Error("This browser cannot read the sound.");
  }
  const samples = sound.getChannelData(0);
  const levels = Array.from({ length: COLUMNS }, (_, column) => {
    const from = Math.floor((column * samples.length) / COLUMNS);
    const to = Math.max(Math.floor(((column + 1) * samples.length) / COLUMNS), from + 1);
    let low = 0;
    let high = 0;
    for (let index = from; index < to && index < samples.length; index++) {
      low = Math.min(low, samples[index]);
      high = Math.max(high, samples[index]);
    }
    return [low, high];
  });
  return { levels, seconds: sound.duration };
}

// `played` is how much of it has been played, 0…1; `seconds` is what the whole width stands for, if not the sound.
export function drawWaveform(canvas, sound, played = 0, seconds = sound.seconds) {
  const { levels } = sound;
  const ratio = window.devicePixelRatio || 1;
  canvas.width = canvas.clientWidth * ratio;
  canvas.height = canvas.clientHeight * ratio;
  const context = canvas.getContext("2d");
  const style = getComputedStyle(canvas);
  const middle = canvas.height / 2;
  const width = (canvas.width / levels.length) * (sound.seconds / seconds);
  const loudest = Math.max(...levels.map(([low, high]) => Math.max(-low, high)), 1e-6);
  levels.forEach(([low, high], column) => {
    context.fillStyle = style.getPropertyValue(column < played * levels.length ? "--warm" : "--accent");
    const top = middle * (1 - high / loudest);
    const bottom = middle * (1 - low / loudest);
    context.fillRect(column * width, top, Math.max(width - 0.5, 0.5), Math.max(bottom - top, ratio));
  });
}
