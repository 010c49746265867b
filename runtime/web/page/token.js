// What whoever changes something has to know. On this machine the page comes with it; elsewhere the link brings it.

const META = 'meta[name="latentbridge-token"]';
const KEPT = "latentbridge-token";

function tokenOf(document_) {
  return document_.querySelector(META)?.content ?? "";
}

function fromLink() {
  const given = location.hash.slice(1);
  if (given) {
    // Not left in the address bar, where others would see it and pass it on.
    sessionStorage.setItem(KEPT, given);
    history.replaceState(null, "", location.pathname + location.search);
  }
  return given || sessionStorage.getItem(KEPT) || "";
}

let token = tokenOf(document) || fromLink();

export function currentToken() {
  return token;
}

// Ask for the page once more: a new run of the program has a new token. Returns whether there is a server at all.
export async function renewToken() {
  try {
    const answer = await fetch("/", { cache: "no-store" });
    const text = await answer.text();
    token = tokenOf(new DOMParser().parseFromString(text, "text/html")) || token;
    return true;
  } catch {
    return false;
  }
}
