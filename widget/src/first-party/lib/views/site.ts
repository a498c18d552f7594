/** One site: its snippet and where it was seen, its addresses, its settings. */

import { said } from "../ask.js";
import { originOf } from "../addresses.js";
import { snippetBox } from "../cards.js";
import { announce, h } from "../dom.js";
import { blame, handle, value } from "../forms.js";
import { changeSite, type Site, type SiteChange, type State } from "../sites.js";
import { day } from "../times.js";
import { watch } from "../watch.js";
import { ssoView } from "./sso.js";
import { toggle } from "./toggle.js";

export function siteView(state: State, first: Site, replaced: (site: Site) => void): HTMLElement {
  let site = first;
  const title = h("bdi", {}, site.name);
  const addresses = h("ul", { class: "addresses" });

  function take(changed: Site): void {
    site = changed;
    replaced(site);
    title.textContent = site.name;
    drawAddresses();
  }

  async function change(sent: SiteChange, done: string): Promise<void> {
    take(await changeSite(site.key, sent));
    announce(done);
  }

  function drawAddresses(): void {
    addresses.replaceChildren(
      ...site.origins.map((origin) => {
        const remove = h("button", { type: "button", class: "quiet", "aria-label": `Remove ${origin}` }, "Remove");
        remove.addEventListener("click", () => {
          const left = site.origins.filter((other) => other !== origin);
          change({ origins: left }, `${origin} was removed`).catch((error: unknown) => announce(said(error)));
        });
        return h("li", {}, h("span", {}, origin), remove);
      }),
    );
    if (site.origins.length === 0) addresses.append(h("li", { class: "hint" }, "None yet: nobody can comment."));
  }
  drawAddresses();

  return h(
    "div",
    {},
    h("p", { class: "back" }, h("a", { href: "#/" }, "← Sites")),
    h("h1", {}, title),
    section("Embed", "Paste this where the comments should be.",
      snippetBox(state.base_url, site.key), watch(() => site, take)),
    section("Addresses", "Comments are taken from pages at these addresses only. With and without “www.” are two addresses.",
      addresses, addressForm(() => site, (origins) => change({ origins }, "The address was added"))),
    section("Settings", null, nameForm(() => site, (name) => change({ name }, "The name was saved")),
      toggle("development", "Allow http://localhost for development",
        site.development_until ? `On until ${day(site.development_until)}.` : "Any port on your own computer, for 30 days.",
        site.development_until !== null && Date.parse(site.development_until) > Date.now(),
        (development) => change({ development }, "Saved")),
      toggle("guests", "Guests may comment", "With a name and no account. Their first comment waits for your approval.",
        site.guests, (guests) => change({ guests }, "Saved")),
      toggle("guest-proof", "Guests’ browsers work a moment first", "Less than a second for each comment, and more when many come at once: it keeps robots out without a puzzle.",
        site.guest_proof, (guest_proof) => change({ guest_proof }, "Saved")),
      toggle("likes", "Likes", "One per person and comment.", site.likes, (likes) => change({ likes }, "Saved"))),
    section("Single sign-on", "If people sign in on your own site, your server can say who they are: they comment without signing in again. docs/single-sign-on.md shows how.",
      ssoView(() => site, take)),
  );
}

function section(title: string, lead: string | null, ...children: Node[]): HTMLElement {
  return h("section", { class: "card stack" }, h("h2", {}, title), lead === null ? null : h("p", { class: "hint" }, lead), ...children);
}

function nameForm(site: () => Site, save: (name: string) => Promise<void>): HTMLElement {
  const input = h("input", {
    id: "name", name: "name", required: true, maxlength: 60, value: site().name, autocomplete: "off",
    "data-missing": "A site needs a name.",
  });
  const form = h("form", { class: "row" },
    h("div", { class: "field" }, h("label", { for: "name" }, "Name"), input, h("p", { class: "error", hidden: true })),
    h("button", { type: "submit", class: "secondary" }, "Save"),
    h("p", { class: "alert", "data-error": true, role: "alert", hidden: true }));
  handle(form, {
    fields: { "empty-name": "name", "name-too-long": "name", "name-has-controls": "name" },
    send: (values) => save(value(values, "name")),
  });
  return form;
}

function addressForm(site: () => Site, save: (origins: string[]) => Promise<void>): HTMLElement {
  const input = h("input", {
    id: "address", name: "address", required: true, inputmode: "url", autocapitalize: "off", spellcheck: "false",
    autocomplete: "url", "data-missing": "Type an address, such as https://blog.example.",
  });
  const form = h("form", { class: "row" },
    h("div", { class: "field" }, h("label", { for: "address" }, "Another address"), input, h("p", { class: "error", hidden: true })),
    h("button", { type: "submit", class: "secondary" }, "Add"),
    h("p", { class: "alert", "data-error": true, role: "alert", hidden: true }));
  handle(form, {
    fields: { "invalid-origin": "address", "too-many-origins": "address" },
    send: async (values) => {
      const origin = originOf(value(values, "address"));
      if (origin === null) {
        blame(form, "address", "That is not a web address yet. One looks like https://blog.example.");
        return;
      }
      if (site().origins.includes(origin)) {
        blame(form, "address", `${origin} is there already.`);
        return;
      }
      await save([...site().origins, origin]);
      form.reset();
    },
  });
  return form;
}
