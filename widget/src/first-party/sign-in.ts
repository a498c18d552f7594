/** Signing in to the dashboard by password. */

import { post } from "./lib/ask.js";
import { nothing } from "./lib/decode.js";
import { find } from "./lib/dom.js";
import { handle, revealable, value } from "./lib/forms.js";
import { code, secondFactorFields, withSecondFactor } from "./lib/second-factor.js";
import { loadState } from "./lib/sites.js";

// A link on another site brings people here without their session: browsers keep a strict cookie back then. Asked from
// this page it is sent, and if it is good, so is loading the page again.
if ("fromElsewhere" in find("main", HTMLElement).dataset) {
  loadState().then(() => location.reload(), () => undefined);
}

const form = find("#sign-in-form", HTMLFormElement);
revealable(form);
handle(form, {
  fields: { "invalid-email": "email", ...secondFactorFields },
  send: (values) =>
    withSecondFactor(form, async () => {
      await post("/dashboard/sign-in", { email: value(values, "email"), password: value(values, "password"), code: code(values) }, nothing);
      // Keeps `#/sites/blog`: who followed a link gets where it leads.
      location.reload();
    }),
});
