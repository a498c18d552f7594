/** A switch that is saved at once, and goes back if that fails. */

import { said } from "../ask.js";
import { h } from "../dom.js";

export function toggle(
  id: string,
  label: string,
  hint: string,
  on: boolean,
  save: (on: boolean) => Promise<void>,
): HTMLElement {
  const input = h("input", { type: "checkbox", role: "switch", id, checked: on });
  const outcome = h("span", { class: "error", role: "alert", hidden: true });
  input.addEventListener("change", () => {
    outcome.hidden = true;
    save(input.checked).catch((error: unknown) => {
      // Shows again what is true on the server.
      input.checked = !input.checked;
      outcome.textContent = said(error);
      outcome.hidden = false;
    });
  });
  return h("div", { class: "check" }, input,
    h("label", { for: id }, label, " ", h("span", { class: "hint" }, hint), outcome));
}
