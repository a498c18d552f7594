/** Adding a site. */

import { h } from "../dom.js";
import { siteForm } from "../site-form.js";
import type { Site } from "../sites.js";

export function newSiteView(added: (site: Site) => void): HTMLElement {
  return h("div", {}, h("p", { class: "back" }, h("a", { href: "#/" }, "← Sites")),
    h("h1", {}, "Add a site"), h("div", { class: "card narrow" }, siteForm("Add this site", added)));
}
