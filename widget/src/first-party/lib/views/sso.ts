/** A site's single sign-on: its keys, a new secret that is shown once, and what tokens may do. */

import { said } from "../ask.js";
import { announce, copyButton, h } from "../dom.js";
import { blame, handle, value } from "../forms.js";
import { changeSso, type Site, type SsoChange } from "../sites.js";
import { day } from "../times.js";
import { toggle } from "./toggle.js";

export function ssoView(site: () => Site, changed: (site: Site) => void): HTMLElement {
  const view = h("div", { class: "stack" });

  async function send(sent: SsoChange, done: string): Promise<void> {
    const answer = await changeSso(site().key, sent);
    changed(answer.site);
    draw(answer.secret);
    announce(done);
  }

  /** A button that asks first where something ends with it. */
  function act(label: string, sent: SsoChange, done: string, question?: string): HTMLButtonElement {
    const button = h("button", { type: "button", class: "secondary" }, label);
    button.addEventListener("click", () => {
      if (question !== undefined && !confirm(question)) return;
      send(sent, done).catch((error: unknown) => blame(form, undefined, said(error)));
    });
    return button;
  }

  let form: HTMLFormElement;

  function draw(secret: string | null): void {
    const { sso } = site();
    form = keyForm((pem) => send({ change: "public_key", public_key: pem }, "The key was saved"));
    if (sso === null) {
      view.replaceChildren(
        h("div", { class: "buttons" }, act("Switch it on", { change: "new_secret" }, "Single sign-on is on")), form);
      return;
    }
    const shown = secret === null ? null : secretBox(secret);
    const keys = sso.keys.map(({ id, algorithm, until }) =>
      h("li", {}, h("span", {}, h("code", {}, id), ` ${algorithm}`, until === null ? null : ` – the one before, until ${day(until)}`),
        until === null ? null : act("End it now", { change: "end_previous" }, "The key was ended")));
    view.replaceChildren(
      ...(shown ? [shown] : []),
      h("ul", { class: "addresses" }, ...keys),
      h("div", { class: "buttons" },
        act("New secret", { change: "new_secret" }, "There is a new secret", "Make a new secret? The one before is taken for another week."),
        act("Switch it off", { change: "off" }, "Single sign-on is off", "Switch single sign-on off? Everybody whom it signed in is signed out.")),
      toggle("sso-roles", "Roles from tokens", "A token may make somebody a viewer or a moderator; nobody an owner.", sso.roles,
        (roles) => send({ change: "roles", roles }, "Saved")),
      form);
    shown?.focus();
  }

  draw(null);
  return view;
}

function secretBox(secret: string): HTMLElement {
  return h("div", { class: "stack", tabindex: "-1", role: "group", "aria-labelledby": "sso-secret" },
    h("p", { id: "sso-secret" }, "The secret that your server signs with. Keep it now: it is not shown again."),
    h("div", { class: "buttons" }, h("code", { class: "secret" }, secret), copyButton(() => secret)));
}

/** For sites that keep their private key to themselves. */
function keyForm(save: (pem: string) => Promise<void>): HTMLFormElement {
  const input = h("textarea", {
    id: "sso-key", name: "key", rows: 4, required: true, spellcheck: "false", autocapitalize: "off", autocomplete: "off",
    placeholder: "-----BEGIN PUBLIC KEY-----", "data-missing": "Paste your public key here.",
  });
  const form = h("form", {},
    h("details", { class: "stack" },
      h("summary", {}, "Use a key pair instead"),
      h("div", { class: "field" }, h("label", { for: "sso-key" }, "Public key (PEM; Ed25519 or ECDSA P-256)"), input,
        h("p", { class: "error", hidden: true })),
      h("button", { type: "submit", class: "secondary" }, "Use this key")),
    h("p", { class: "alert", "data-error": true, role: "alert", hidden: true }));
  handle(form, { fields: { "invalid-public-key": "key" }, send: (values) => save(value(values, "key")) });
  return form;
}
