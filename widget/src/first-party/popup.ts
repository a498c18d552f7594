/** The sign-in popup: proves who somebody is, hands a one-time code to the page that opened it, and closes. */

import { path, post, said } from "./lib/ask.js";
import { maybe, nothing, object, text } from "./lib/decode.js";
import { copyButton, find, showStep } from "./lib/dom.js";
import { blame, handle, revealable, value } from "./lib/forms.js";
import { handOver, type Opener } from "./lib/hand-over.js";
import { whenMailIsUsed } from "./lib/mail-channel.js";
import { code, secondFactorFields, withSecondFactor } from "./lib/second-factor.js";

/** How long the opener may take to acknowledge before the code is shown to be carried by hand. */
const PATIENCE_MS = 2_000;

interface Handed {
  code: string;
  pasted: string;
  origin: string;
  st: string;
  return_to: string | null;
}

/** What a sign-in ends with: a code for the opener, or a page of this server to go to. */
const finished = object({
  code: maybe(text),
  pasted: maybe(text),
  origin: maybe(text),
  st: maybe(text),
  return_to: maybe(text),
  location: maybe(text),
});

const main = find("main", HTMLElement);
const tx = main.dataset["tx"] ?? "";
const form = find("#password-form", HTMLFormElement);
const maybeForm = (id: string) => document.querySelector<HTMLFormElement>(`#${id}`);

/** `waiting` says what to do while the server waits for something else. */
async function finish(at: string, sent: Record<string, string | null>, waiting = ""): Promise<void> {
  const done = await post(at, { tx, ...sent }, maybe(finished));
  if (done === null) throw new Error(waiting);
  const { location: to, code: handed, pasted, origin, st, return_to } = done;
  // To where one is already: what stands behind the `#` is kept.
  if (to === location.pathname) location.reload();
  else if (to !== null) location.assign(to + location.hash);
  else if (handed !== null && pasted !== null && origin !== null && st !== null) {
    hand({ code: handed, pasted, origin, st, return_to });
  }
}

function hand({ code: handed, pasted, origin, st, return_to }: Handed): void {
  showStep("finishing");
  const opener: Opener | null = window.opener;
  // Whoever opened the article's own tab has no part in it.
  if (return_to) {
    // In the fragment: it reaches the page's script, and no server and no log.
    location.replace(`${return_to}#afterword-code=${handed}.${st}`);
    return;
  }
  handOver({ opener, code: handed, origin, st, patience: PATIENCE_MS, listen: window }).then(
    () => {
      window.close();
      // Still here: a browser that does not let a page close itself.
      showStep("done");
    },
    () => {
      find("#pasted", HTMLElement).textContent = pasted;
      showStep("by-hand");
    },
  );
}

// — providers

/** On to a provider; `server` is where somebody's account is, for those that ask. */
async function leave(provider: string, server?: string): Promise<void> {
  const { location: to } = await post("/auth/popup/provider", { tx, provider, server }, object({ location: text }));
  location.assign(to);
}

function choose(button: HTMLButtonElement): void {
  const { provider = "", name } = listed(button.dataset["provider"] ?? "")?.dataset ?? button.dataset;
  for (const place of document.querySelectorAll(".provider-name")) place.textContent = name ?? "";
  if (listed(provider) && "asksForServer" in (listed(provider) as HTMLElement).dataset) {
    serverForm.dataset["for"] = provider;
    showStep("server");
    find("#server-name", HTMLInputElement).focus();
    return;
  }
  showStep("leaving");
  leave(provider).catch((error: unknown) => {
    showStep("sign-in");
    const known = document.querySelector<HTMLDetailsElement>("#another");
    if (known) known.open = true;
    const place = find("#provider-error", HTMLElement);
    place.textContent = said(error);
    place.hidden = false;
  });
}

/** A provider's own button, which knows more of it than the one for another try. */
const listed = (provider: string) => document.querySelector<HTMLButtonElement>(`.providers [data-provider="${CSS.escape(provider)}"]`);

for (const button of document.querySelectorAll<HTMLButtonElement>("button[data-provider]")) {
  button.addEventListener("click", () => choose(button));
}

const serverForm = find("#server-form", HTMLFormElement);
handle(serverForm, {
  fields: { "no-such-server": "server" },
  send: (values) => leave(serverForm.dataset["for"] ?? "", value(values, "server").trim()),
});

for (const button of document.querySelectorAll("[data-another-way]")) {
  button.addEventListener("click", () => showStep("sign-in"));
}

// — a password, or a link by mail

revealable(form);
handle(form, {
  fields: { "invalid-email": "email", ...secondFactorFields },
  send: (values) =>
    withSecondFactor(form, () =>
      finish("/auth/popup/password", { email: value(values, "email"), password: value(values, "password"), code: code(values) })),
});

document.querySelector("#ask-mail")?.addEventListener("click", () => {
  const email = find("#email", HTMLInputElement);
  if (!email.value.trim() || !email.validity.valid) return blame(form, "email", "Type the address that the link goes to.");
  post("/auth/popup/mail", { tx, email: email.value.trim() }, nothing).then(
    () => mailed(email.value.trim()),
    (error: unknown) => blame(form, undefined, said(error)),
  );
});

/** Waits for the link in a mail to be opened in this browser. A phone may drop this page meanwhile: loaded again, it goes on. */
function mailed(address: string): void {
  history.replaceState(null, "", path(`/auth/popup/step?tx=${encodeURIComponent(tx)}${location.hash}`));
  find("#mailed-to", HTMLElement).textContent = address;
  showStep("mailed");
}
whenMailIsUsed(tx, () => waiting.requestSubmit());
const waiting = find("#mailed-form", HTMLFormElement);
handle(waiting, {
  fields: secondFactorFields,
  send: (values) => withSecondFactor(waiting, () => finish("/auth/popup/finish", { code: code(values) }, "The link was not used yet. Open it in this browser, then try again.")),
});

// — the second factor of somebody who came back from a provider

const secondStep = maybeForm("second-step-form");
if (secondStep) {
  handle(secondStep, {
    fields: secondFactorFields,
    send: (values) => finish("/auth/popup/finish", { code: code(values) }, "That took too long. Sign in once more."),
  });
}

// — the proof that an older account is theirs

const proof = maybeForm("prove-password-form");
if (proof) {
  revealable(proof);
  handle(proof, {
    fields: { "wrong-password": "password", ...secondFactorFields },
    send: (values) =>
      withSecondFactor(proof, () => finish("/auth/popup/prove/password", { password: value(values, "password"), code: code(values) })),
  });
}

const proofByMail = maybeForm("prove-mail-form");
if (proofByMail) {
  handle(proofByMail, {
    send: async () => {
      await post("/auth/popup/prove/mail", { tx }, nothing);
      mailed(document.querySelector("#prove bdi")?.textContent ?? "");
    },
  });
}

// — who is known here already

const again = maybeForm("continue-form");
if (again) {
  handle(again, {
    send: async () => {
      try {
        await finish("/auth/popup/continue", {});
      } catch (error) {
        find("#another", HTMLDetailsElement).open = true;
        throw error;
      }
    },
  });
}

const signOut = maybeForm("sign-out-form");
if (signOut) {
  handle(signOut, {
    send: async () => {
      await post("/auth/popup/sign-out", {}, nothing);
      signOut.remove();
      again?.remove();
      find("#another", HTMLDetailsElement).open = true;
    },
  });
}

for (const button of document.querySelectorAll("[data-close]")) {
  button.addEventListener("click", () => {
    window.close();
    // Opened by hand, in a tab: there is nothing to close and nobody to tell.
    blame(form, undefined, "You can close this window now.");
  });
}

find("#by-hand .copy", HTMLElement).append(copyButton(() => find("#pasted", HTMLElement).textContent ?? "", "Copy the code"));

// — where the page begins

const { straightTo, code: handed, pasted, origin, st, returnTo } = main.dataset;
const first = straightTo === undefined ? null : listed(straightTo);
find("#with-cookies", HTMLButtonElement).addEventListener("click", () => location.reload());
if (!navigator.cookieEnabled) {
  // Whatever is typed here could lead nowhere: what this window is for is kept in a cookie.
  find("#our-host", HTMLElement).textContent = location.host;
  showStep("no-cookies");
} else if (handed && pasted && origin && st) {
  // Came back from a provider: the page has the code already.
  hand({ code: handed, pasted, origin, st, return_to: returnTo ?? null });
} else if ("goingOn" in main.dataset) {
  showStep("mailed");
  waiting.requestSubmit();
} else if (first) {
  choose(first);
} else if (straightTo !== undefined) {
  showStep("sign-in");
}
