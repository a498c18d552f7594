/** The owner of a site: made over HTTP where a test only needs one, and as a person signs in by password. */

import { request } from "node:http";

export const OWNER = { name: "Olive Owner", email: "olive@example.org", password: "sixteen herring gulls sang" };

/** Makes the first owner with the set-up link, as the set-up page does. */
export async function makeOwner(server, owner = OWNER) {
  const link = await server.ownerLink();
  const token = new URL(link).hash.slice(1);
  await firstParty(server, "/setup/owner", { token, name: owner.name, email: owner.email, password: owner.password });
  return owner;
}

/** A POST that one of the server's own pages makes. */
async function firstParty(server, path, body) {
  const base = new URL(server.base);
  const headers = { host: base.host, origin: base.origin, "content-type": "application/json" };
  const url = base.pathname.replace(/\/$/, "") + path;
  const [status, text] = await new Promise((resolve, reject) => {
    request({ host: "127.0.0.1", port: server.port, method: "POST", path: url, headers, agent: false }, (answer) => {
      let received = "";
      answer.setEncoding("utf8").on("data", (chunk) => (received += chunk));
      answer.on("end", () => resolve([answer.statusCode, received]));
    }).on("error", reject).end(JSON.stringify(body));
  });
  if (status >= 300) throw new Error(`POST ${path} was answered with ${status}: ${text}`);
}

/** Presses the button for the other ways to sign in. */
export async function askForWindow({ thread }) {
  const more = thread.panel.getByRole("button", { name: /^(More ways to sign in|Password or email link)$/ });
  await more.click();
  await thread.panel.getByRole("button", { name: "Back" }).waitFor();
}

/** Opens that window. */
export async function openWindow(person) {
  const [window] = await Promise.all([person.context.waitForEvent("page"), askForWindow(person)]);
  await window.waitForLoadState();
  return window;
}

export async function givePassword(window, { email, password } = OWNER) {
  await window.getByRole("textbox", { name: "Email" }).fill(email);
  await window.getByLabel("Password", { exact: true }).fill(password);
  await window.getByRole("button", { name: "Sign in", exact: true }).click();
}

/** Signs in through the window, from the header. */
export async function signInByPassword(person, owner = OWNER) {
  await person.thread.button("Sign in").click();
  const window = await openWindow(person);
  await Promise.all([window.waitForEvent("close"), givePassword(window, owner)]);
  await person.thread.account.waitFor();
}
