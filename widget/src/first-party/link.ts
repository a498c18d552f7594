/** A sign-in link from the command line: a button uses it, opening it does not. */

import { path, post, said } from "./lib/ask.js";
import { nothing } from "./lib/decode.js";
import { find, showStep } from "./lib/dom.js";
import { handle } from "./lib/forms.js";
import { takeToken } from "./lib/token.js";

const token = takeToken();
showStep(token ? "confirm" : "incomplete");

handle(find("#link-form", HTMLFormElement), {
  send: async () => {
    try {
      await post("/auth/link", { token }, nothing);
    } catch (error) {
      find("#why", HTMLElement).textContent = said(error);
      showStep("gone");
      return;
    }
    location.replace(path("/dashboard"));
  },
});
