/** The sign-in popup: proves who somebody is, hands a one-time code to the page that opened it, and closes. */

import { post } from "./lib/ask.js";
import { maybe, nothing, object, text } from "./lib/decode.js";
import { copyButton, find, showStep } from "./lib/dom.js";
import { blame, handle, revealable, value } from "./lib/forms.js";
import { code, secondFactorFields, withSecondFactor } from "./lib/second-factor.js";
import { handOver, type Opener } from "./lib/hand-over.js";

/** How long the opener may take to acknowledge before the code is shown to be carried by hand. */
const PATIENCE_MS = 2_000;

const finished = object({ code: text, pasted: text, origin: text, st: text, return_to: maybe(text) });

const tx = find("main", HTMLElement).dataset["tx"] ?? "";

async function finish(path: string, sent: Record<string, string | null>): Promise<void> {
  const { code: handed, pasted, origin, st, return_to } = await post(path, { tx, ...sent }, finished);
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
