// What whoever changes something has to know. On this machine the page comes with it; elsewhere the link brings it.

const META = 'meta[name="latentbridge-token"]';
const KEPT = "latentbridge-token";

function tokenOf(document_) {
  return document_.querySelector(META)?.content ?? "";
}

function fromLink() {
  const said = location.hash.slice(1);
  // Or it leads to a place of the page.
  const given = document.getElementById(said) ? "" : said;
  if (given) {
    // Not left in the address bar, where others would see it and pass it on.
    sessionStorage.setItem(KEPT, given);
    history.replaceState(null, "", location.pathname + location.search);
  }
  return given || sessionStorage.getItem(KEPT) || "";
}

let token = tokenOf(document) || fromLink();

// A link that is pasted over the address of the same page loads nothing.
window.addEventListener("hashchange", () => {
  token = tokenOf(document) || fromLink();
});

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
