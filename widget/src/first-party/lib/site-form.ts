/** The form that adds a site: in set-up, and in the dashboard. */

import { keyFrom, originOf } from "./addresses.js";
import { h } from "./dom.js";
import { blame, handle, value } from "./forms.js";
import { addSite, type Site } from "./sites.js";

export function siteForm(label: string, added: (site: Site) => void): HTMLFormElement {
  const name = h("input", {
    id: "site-name", name: "name", required: true, maxlength: 60, autocomplete: "off",
    "data-missing": "What is your site called?",
  });
  const origin = h("input", {
    id: "site-origin", name: "origin", required: true, inputmode: "url", autocomplete: "url", autocapitalize: "off",
    spellcheck: "false", "aria-describedby": "site-origin-hint", "data-missing": "Where do its pages live?",
  });
  const key = h("input", {
    id: "site-key", name: "key", required: true, maxlength: 40, pattern: "[a-z0-9]([a-z0-9\\-]*[a-z0-9])?",
    autocomplete: "off", autocapitalize: "off", spellcheck: "false", "aria-describedby": "site-key-hint",
    "data-missing": "Give your site a short key.", "data-wrong": "Only a to z, 0 to 9 and hyphens inside.",
  });
  const form = h(
    "form",
    { class: "stack" },
    h("div", { class: "field" }, h("label", { for: "site-name" }, "Name of your site"), name, errorPlace()),
    h(
      "div",
      { class: "field" },
      h("label", { for: "site-origin" }, "Its address"),
      origin,
      h("p", { class: "hint", id: "site-origin-hint" }, "For example https://blog.example. You can add more later."),
      errorPlace(),
    ),
    h(
      "div",
      { class: "field" },
      h("label", { for: "site-key" }, "Key"),
      key,
      h("p", { class: "hint", id: "site-key-hint" }, "A short name for the script tag. It cannot be changed later."),
      errorPlace(),
    ),
    h(
      "div",
      { class: "check" },
      h("input", { id: "site-development", name: "development", type: "checkbox" }),
      h(
        "label",
        { for: "site-development" },
        "Also allow ",
        h("code", {}, "http://localhost"),
        " for development ",
        h("span", { class: "hint" }, "Any port on your own computer. Ends by itself after 30 days."),
      ),
    ),
    h("p", { class: "alert", "data-error": true, role: "alert", hidden: true }),
    h("button", { type: "submit", class: "primary" }, label),
  );

  // Derived until the owner types one of their own.
  let derived = true;
  key.addEventListener("input", () => (derived = key.value === ""));
  for (const input of [name, origin]) {
    input.addEventListener("input", () => {
      if (derived) key.value = keyFrom(name.value, originOf(origin.value));
    });
  }
  origin.addEventListener("blur", () => (origin.value = originOf(origin.value) ?? origin.value));

  handle(form, {
    fields: {
      "empty-name": "name", "name-too-long": "name", "name-has-controls": "name",
      "invalid-origin": "origin", "invalid-site-key": "key", "site-exists": "key",
    },
    send: async (values) => {
      const address = originOf(value(values, "origin"));
      if (address === null) {
        blame(form, "origin", "That is not a web address yet. One looks like https://blog.example.");
        return;
      }
      added(
        await addSite({
          key: value(values, "key"),
          name: value(values, "name"),
          origins: [address],
          development: values.has("development"),
        }),
      );
    },
  });
  return form;
}

function errorPlace(): HTMLElement {
  return h("p", { class: "error", hidden: true });
}
