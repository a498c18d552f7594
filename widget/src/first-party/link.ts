/** A sign-in link from the command line: a button uses it, opening it does not. */

import { path, post, Refused, said } from "./lib/ask.js";
import { nothing } from "./lib/decode.js";
import { find, showStep } from "./lib/dom.js";
import { handle } from "./lib/forms.js";
import { code, secondFactorFields, withSecondFactor } from "./lib/second-factor.js";
import { takeToken } from "./lib/token.js";

const token = takeToken();
showStep(token ? "confirm" : "incomplete");

const form = find("#link-form", HTMLFormElement);
handle(form, {
  fields: secondFactorFields,
  send: (values) =>
    withSecondFactor(form, async () => {
      try {
        await post("/auth/link", { token, code: code(values) }, nothing);
      } catch (error) {
        // A link that is gone; about a code one can still do something here.
        if (!(error instanceof Refused && error.kind === "link-gone")) throw error;
        find("#why", HTMLElement).textContent = said(error);
        showStep("gone");
        return;
      }
      location.replace(path("/dashboard"));
    }),
});
