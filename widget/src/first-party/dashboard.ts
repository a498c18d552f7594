/** The dashboard: draws the view that the address names (`#/`, `#/new`, `#/sites/KEY`, `#/account`). */

import { nothing } from "./lib/decode.js";
import { path, post, Refused, said } from "./lib/ask.js";
import { find, h } from "./lib/dom.js";
import { loadState, type Site, type State } from "./lib/sites.js";
import { accountView } from "./lib/views/account.js";
import { newSiteView } from "./lib/views/new-site.js";
import { siteView } from "./lib/views/site.js";
import { sitesView } from "./lib/views/sites.js";

const place = find("#view", HTMLElement);
let known: State | undefined;

function replaced(site: Site): void {
  if (known) known.sites = known.sites.map((old) => (old.key === site.key ? site : old));
}

function view(state: State): HTMLElement {
  const [, where = "", key = ""] = location.hash.split("/");
  if (where === "new" && state.you.operator) {
    return newSiteView((site) => {
      state.sites.push(site);
      location.hash = `#/sites/${site.key}`;
    });
  }
  if (where === "account") return accountView(state);
  const site = where === "sites" ? state.sites.find((site) => site.key === decodeURIComponent(key)) : undefined;
  return site ? siteView(state, site, replaced) : sitesView(state);
}

function draw(moved: boolean): void {
  if (!known) return;
  const drawn = view(known);
  place.replaceChildren(drawn);
  for (const link of document.querySelectorAll<HTMLAnchorElement>("nav a")) {
    const account = location.hash.startsWith("#/account");
    const here = link.hash === "#/account" ? account : !account;
    if (here) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  const heading = drawn.querySelector("h1");
  document.title = `${heading?.textContent ?? "Dashboard"} – Afterword`;
  if (moved) {
    scrollTo(0, 0);
    heading?.setAttribute("tabindex", "-1");
    heading?.focus({ preventScroll: true });
  }
}

async function start(): Promise<void> {
  try {
    known = await loadState();
    draw(false);
  } catch (error) {
    // The session ended: the same address shows the sign-in form.
    if (error instanceof Refused && error.status === 401) {
      location.reload();
      return;
    }
    place.replaceChildren(
      h("div", { class: "card" }, h("h1", {}, "The dashboard could not be loaded"), h("p", {}, said(error)),
        h("button", { type: "button", class: "primary", click: () => void start() }, "Try again")),
    );
  }
}

addEventListener("hashchange", () => draw(true));
find("#sign-out", HTMLButtonElement).addEventListener("click", () => {
  void post("/dashboard/api/sign-out", {}, nothing).finally(() => location.assign(path("/dashboard")));
});
void start();
