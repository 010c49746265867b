// HTTP with the page's own server. Every request carries the token; every failure is an Error with a sentence.

import { currentToken } from "./token.js";

// The address of a resource, for links, images and players.
export function linkTo(path) {
  const address = new URL(path, location.origin);
  address.searchParams.set("token", currentToken());
  return address.pathname + address.search;
}

export async function getJson(path) {
  return (await ask(path)).json();
}

// `body` may be anything that fetch takes; an object is sent as JSON.
export async function post(path, body) {
  return ask(path, "POST", body);
}

export async function ask(path, method = "GET", body = undefined) {
  const headers = { "X-Latentbridge-Token": currentToken() };
  if (body && Object.getPrototypeOf(body) === Object.prototype) {
    headers["Content-Type"] = "application/json";
    body = JSON.stringify(body);
  }
  let answer;
  try {
    answer = await fetch(path, { method, body, headers, cache: "no-store" });
  } catch {
    throw new Error("The instrument does not answer.");
  }
  if (!answer.ok) throw new Error((await answer.text()) || `The instrument answered ${answer.status}.`);
  return answer;
}
