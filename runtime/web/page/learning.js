// MIDI learn: the control that is moved next moves a target from then on. Targets are those of docs/mapping.md.

let waitsFor = "";

export function learnEntries(target, { connection, notices }) {
  const wait = (wanted) => {
    waitsFor = wanted;
    connection.send("/lb/learn", wanted);
  };
  const learn = ["Learn a MIDI control", () => {
    wait(target);
    notices.say(`Move a MIDI control now: it will move ${target}.`);
  }];
  return [
    waitsFor === target ? ["Wait for no MIDI control", () => wait("")] : learn,
    ["Forget its MIDI controls", () => connection.send("/lb/unlearn", target)],
  ];
}

export function tellLearned({ state, notices }) {
  state.on("/lb/learned", ([source, target]) => {
    if (source) waitsFor = "";
    notices.say(source ? `${source} moves ${target} now.` : `No learned control moves ${target} any more.`);
  });
}
