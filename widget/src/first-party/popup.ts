/** The sign-in popup: proves who somebody is, hands a one-time code to the page that opened it, and closes. */

import { post, said } from "./lib/ask.js";
import { maybe, nothing, object, text } from "./lib/decode.js";
import { copyButton, find, showStep } from "./lib/dom.js";
import { blame, handle, revealable, value } from "./lib/forms.js";
import { code, secondFactorFields, withSecondFactor } from "./lib/second-factor.js";
import { handOver, type Opener } from "./lib/hand-over.js";

/** How long the opener may take to acknowledge before the code is shown to be carried by hand. */
const PATIENCE_MS = 2_000;

interface Code {
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

async function finish(path: string, sent: Record<string, string | null>): Promise<void> {
  const { location: to, code: handed, pasted, origin, st, return_to } = await post(path, { tx, ...sent }, finished);
  if (to !== null) location.assign(to);
  else if (handed !== null && pasted !== null && origin !== null && st !== null) {
    hand({ code: handed, pasted, origin, st, return_to });
  }
}

function hand({ code: handed, pasted, origin, st, return_to }: Code): void {
  showStep("finishing");
  const opener: Opener | null = window.opener;
  if (!opener && return_to) {
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

/** On to a provider. One that asks for a server is told which. */
async function leave(provider: string, asksForServer: boolean): Promise<void> {
  const server = asksForServer ? window.prompt("Which server is your account on?")?.trim() : undefined;
  if (asksForServer && !server) return;
  const { location: to } = await post("/auth/popup/provider", { tx, provider, server }, object({ location: text }));
  location.assign(to);
}

for (const button of document.querySelectorAll<HTMLButtonElement>("button[data-provider]")) {
  const provider = button.dataset["provider"] ?? "";
  button.addEventListener("click", () => {
    button.setAttribute("aria-disabled", "true");
    leave(provider, "asksForServer" in button.dataset)
      .catch((error: unknown) => {
        const place = document.querySelector<HTMLElement>("#provider-error");
        showStep("sign-in");
        if (place) {
          place.textContent = said(error);
          place.hidden = false;
        }
      })
      .finally(() => button.removeAttribute("aria-disabled"));
  });
}

for (const button of document.querySelectorAll("[data-another-way]")) {
  button.addEventListener("click", () => showStep("sign-in"));
}

const proof = document.querySelector<HTMLFormElement>("#prove-password-form");
if (proof) {
  handle(proof, {
    fields: { "wrong-password": "password", ...secondFactorFields },
    send: (values) =>
      withSecondFactor(proof, () =>
        finish("/auth/popup/prove/password", { password: value(values, "password"), code: code(values) })),
  });
}

const form = find("#password-form", HTMLFormElement);
revealable(form);
handle(form, {
  fields: { "invalid-email": "email", ...secondFactorFields },
  send: (values) =>
    withSecondFactor(form, () =>
      finish("/auth/popup/password", { email: value(values, "email"), password: value(values, "password"), code: code(values) })),
});

const again = document.querySelector<HTMLFormElement>("#continue-form");
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

const signOut = document.querySelector<HTMLFormElement>("#sign-out-form");
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

const { straightTo, code: handed, pasted, origin, st, returnTo } = main.dataset;
if (handed && pasted && origin && st) {
  // Came back from a provider: the page has the code already.
  hand({ code: handed, pasted, origin, st, return_to: returnTo ?? null });
} else if (straightTo) {
  document.querySelector<HTMLButtonElement>(`button[data-provider="${CSS.escape(straightTo)}"]`)?.click();
}
