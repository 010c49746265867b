// MIDI learn: the control that is moved next moves a target from then on. Targets are those of docs/mapping.md.

export function learnEntries(target, { connection, notices }) {
  return [
    ["Learn a MIDI control", () => {
      connection.send("/lb/learn", target);
      notices.say(`Move a MIDI control now: it will move ${target}.`);
    }],
    ["Forget its MIDI controls", () => connection.send("/lb/unlearn", target)],
  ];
}

export function tellLearned({ state, notices }) {
  state.on("/lb/learned", ([source, target]) => {
    notices.say(source ? `${source} moves ${target} now.` : `No learned control moves ${target} any more.`);
  });
}
