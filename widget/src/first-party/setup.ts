/** Set-up: the first owner, the first site, and the moment it is seen on a page. */

import { get, post } from "./lib/ask.js";
import { mailCheck, snippetBox } from "./lib/cards.js";
import { nothing } from "./lib/decode.js";
import { find, h, showStep } from "./lib/dom.js";
import { handle, revealable, value } from "./lib/forms.js";
import { hinted } from "./lib/passwords.js";
import { siteForm } from "./lib/site-form.js";
import { type Site, state } from "./lib/sites.js";
import { takeToken } from "./lib/token.js";
import { watch } from "./lib/watch.js";

const token = takeToken();
showStep(token ? "owner" : "incomplete");

const form = find("#owner-form", HTMLFormElement);
const input = (id: string): HTMLInputElement => find(id, HTMLInputElement, form);
revealable(form);
hinted(input("#password"), () => [input("#name").value, ...input("#email").value.split("@")]);

handle(form, {
  fields: {
    "empty-name": "name", "name-too-long": "name", "name-has-controls": "name", "invalid-email": "email",
    "password-too-short": "password", "password-too-long": "password", "password-guessable": "password",
  },
  send: async (values) => {
    await post(
      "/setup/owner",
      { token, name: value(values, "name"), email: value(values, "email"), password: value(values, "password") },
      nothing,
    );
    const { sites } = await get("/dashboard/api/state", state);
    find("#site-place", HTMLElement).replaceChildren(
      ...sites.map(existing),
      siteForm("Add this site", (site) => void finish(site)),
    );
    showStep("site");
  },
});

/** A site that was added on the command line before. */
function existing(site: Site): HTMLElement {
  return h("p", { class: "note" }, "There is a site already: ", h("strong", {}, h("bdi", {}, site.name)), ". ",
    h("button", { type: "button", class: "quiet", click: () => void finish(site) }, "Use this one"));
}

async function finish(first: Site): Promise<void> {
  let site = first;
  const { base_url, mail, you } = await get("/dashboard/api/state", state);
  find("#site-title", HTMLElement).textContent = site.name;
  find("#snippet-place", HTMLElement).replaceChildren(snippetBox(base_url, site.key));
  find("#watch-place", HTMLElement).replaceChildren(watch(() => site, (changed) => (site = changed)));
  find("#mail-place", HTMLElement).replaceChildren(mailCheck(mail, you.email));
  showStep("embed");
}
