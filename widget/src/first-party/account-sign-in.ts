/** Signing in to the account page by password. */

import { post } from "./lib/ask.js";
import { nothing } from "./lib/decode.js";
import { find } from "./lib/dom.js";
import { handle, revealable, value } from "./lib/forms.js";
import { code, secondFactorFields, withSecondFactor } from "./lib/second-factor.js";

const form = find("#sign-in-form", HTMLFormElement);
revealable(form);
handle(form, {
  fields: { "invalid-email": "email", ...secondFactorFields },
  send: (values) =>
    withSecondFactor(form, async () => {
      await post("/account/sign-in", { email: value(values, "email"), password: value(values, "password"), code: code(values) }, nothing);
      // Keeps what stands behind the `#`: who came by a link gets where it leads.
      location.reload();
    }),
});
