/** All sites, and where each was last seen. */

import { h } from "../dom.js";
import type { Site, State } from "../sites.js";

export function sitesView(state: State): HTMLElement {
  const add = state.you.operator
    ? h("a", { class: "button primary", href: "#/new" }, state.sites.length === 0 ? "Add your first site" : "Add a site")
    : null;
  if (state.sites.length === 0) {
    return h("div", {}, h("div", { class: "card empty" }, h("h1", {}, "No sites yet"),
      h("p", {}, "A site is where your pages live: a name, an address, and a script tag to paste."), add));
  }
  return h(
    "div",
    {},
    h("div", { class: "title-row" }, h("h1", {}, "Sites"), add),
    state.mail ? null : h("p", { class: "note" }, "No mail server is configured: sign-in by email is hidden. ",
      h("a", { href: "#/account" }, "More on mail")),
    h("ul", { class: "sites" }, ...state.sites.map(row)),
  );
}

function row(site: Site): HTMLElement {
  return h(
    "li",
    { class: "card site" },
    h("h2", {}, h("a", { href: `#/sites/${encodeURIComponent(site.key)}` }, h("bdi", {}, site.name))),
    h("p", { class: "hint" }, h("code", {}, site.key), " · ",
      site.origins.length === 0 ? "no address yet" : site.origins.join(", ")),
  );
}
