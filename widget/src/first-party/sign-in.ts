/** Signing in to the dashboard by password. */

import { post } from "./lib/ask.js";
import { nothing } from "./lib/decode.js";
import { find } from "./lib/dom.js";
import { handle, revealable, value } from "./lib/forms.js";

const form = find("#sign-in-form", HTMLFormElement);
revealable(form);
handle(form, {
  fields: { "invalid-email": "email" },
  send: async (values) => {
    await post("/dashboard/sign-in", { email: value(values, "email"), password: value(values, "password") }, nothing);
    // Keeps `#/sites/blog`: who followed a link gets where it leads.
    location.reload();
  },
});
