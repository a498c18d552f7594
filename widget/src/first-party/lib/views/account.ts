/** One's own account: mail, password. */

import { post, Refused } from "../ask.js";
import { mailCheck } from "../cards.js";
import { nothing } from "../decode.js";
import { announce, h } from "../dom.js";
import { blame, handle, revealable, value } from "../forms.js";
import { hinted } from "../passwords.js";
import type { State } from "../sites.js";

export function accountView({ you, mail }: State): HTMLElement {
  return h(
    "div",
    {},
    h("h1", {}, "Account"),
    h("section", { class: "card stack" }, h("h2", {}, h("bdi", {}, you.name)),
      h("p", { class: "hint" }, you.email ?? "No email address.")),
    h("section", { class: "card stack" }, h("h2", {}, "Mail"), mailCheck(mail, you.email)),
    h("section", { class: "card stack narrow" }, h("h2", {}, "Change password"), passwordForm([you.name, ...(you.email ?? "").split("@")])),
  );
}

function passwordForm(about: string[]): HTMLElement {
  const fresh = h("input", {
    id: "new", name: "new", type: "password", required: true, autocomplete: "new-password",
    "aria-describedby": "new-hint", "data-missing": "Choose a new password.",
  });
  const meter = h("meter", { min: 0, max: 1, low: 0.51, high: 0.74, optimum: 1, "aria-hidden": "true" });
  const form = h(
    "form",
    { class: "stack" },
    h("div", { class: "field" }, h("label", { for: "old" }, "Current password"),
      h("input", { id: "old", name: "old", type: "password", autocomplete: "current-password", "aria-describedby": "old-hint" }),
      h("p", { class: "hint", id: "old-hint" }, "Leave this empty if you have none yet."),
      h("p", { class: "error", hidden: true })),
    h("div", { class: "field" }, h("label", { for: "new" }, "New password"),
      h("div", { class: "with-button" }, fresh,
        h("button", { type: "button", class: "quiet", "data-reveals": "new", hidden: true, "aria-pressed": "false" }, "Show")),
      meter, h("p", { class: "hint strength-text", id: "new-hint" }), h("p", { class: "error", hidden: true })),
    h("p", { class: "alert", "data-error": true, role: "alert", hidden: true }),
    h("p", { class: "outcome good", hidden: true }, "Your password was changed, and all other sessions have ended."),
    h("div", {}, h("button", { type: "submit", class: "primary" }, "Change password")),
  );
  revealable(form);
  hinted(fresh, () => about);
  handle(form, {
    fields: {
      "password-too-short": "new", "password-too-long": "new", "password-guessable": "new",
    },
    send: async (values) => {
      const old = value(values, "old");
      try {
        await post("/dashboard/api/password", { old: old === "" ? null : old, new: value(values, "new") }, nothing);
      } catch (error) {
        if (!(error instanceof Refused && error.kind === "wrong-password")) throw error;
        blame(form, "old", "That is not your current password.");
        return;
      }
      form.reset();
      const done = form.querySelector<HTMLElement>(".outcome");
      if (done) done.hidden = false;
      announce("Your password was changed.");
    },
  });
  return form;
}
