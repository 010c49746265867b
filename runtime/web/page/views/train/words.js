// Times, numbers and names as people say them.

const LONGEST_NAME = 48;

export function duration(seconds) {
  if (seconds < 59.5) return `${Math.round(seconds)} s`;
  const minutes = Math.floor(Math.round(seconds) / 60);
  const rest = Math.round(seconds) % 60;
  return minutes < 10 && rest ? `${minutes} min ${rest} s` : `${Math.round(seconds / 60)} min`;
}

export function count(number, one, many = `${one}s`) {
  return `${number} ${number === 1 ? one : many}`;
}

// What an instrument can be called after a folder: what a plain file name keeps of its last part.
export function nameOfFolder(path) {
  const last = path.split(/[\\/]+/).filter(Boolean).pop() ?? "";
  const plain = last.normalize("NFKD").replace(/[^\w .#+-]/g, "").trim().replace(/ +/g, "_");
  return plain.replace(/^[._-]+/, "").slice(0, LONGEST_NAME).replace(/[._]+$/, "") || (path ? "instrument" : "");
}

// The first of `name`, `name_2`, `name_3` … that is not taken.
export function freeName(name, taken) {
  if (!taken.includes(name)) return name;
  for (let number = 2; ; number++) if (!taken.includes(`${name}_${number}`)) return `${name}_${number}`;
}
