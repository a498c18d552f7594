/** Pieces that set-up and dashboard share: the snippet, the test mail. */

import { said } from "./ask.js";
import { snippet } from "./addresses.js";
import { copyButton, h } from "./dom.js";
import { sendTestMail } from "./sites.js";

export function snippetBox(baseUrl: string, key: string): HTMLElement {
  const code = snippet(baseUrl, key);
  return h(
    "div",
    { class: "snippet" },
    h("pre", { tabindex: "0", role: "region", "aria-label": "Snippet for your pages" }, h("code", {}, code)),
    copyButton(() => code),
  );
}

/** Sends a mail to the owner and shows what the mail server itself said. */
export function mailCheck(configured: boolean, to: string | null): HTMLElement {
  if (!configured) {
    return h(
      "p",
      { class: "note" },
      "No mail server is configured, so people cannot sign in by email: they comment as guests, or with a password. ",
      "Set one up in the ",
      h("code", {}, "[mail]"),
      " part of ",
      h("code", {}, "afterword.toml"),
      " and start Afterword again.",
    );
  }
  const outcome = h("p", { class: "outcome", role: "status", hidden: true });
  const button = h("button", { type: "button", class: "secondary" }, "Send a test mail");
  button.addEventListener("click", () => {
    if (button.getAttribute("aria-disabled") === "true") return;
    button.setAttribute("aria-disabled", "true");
    show("Sending…", "");
    sendTestMail()
      .then(({ sent, answer }) =>
        show(sent ? `Sent. The mail server said: ${answer}` : `Not sent. The mail server said: ${answer}`, sent ? "good" : "bad"))
      .catch((error: unknown) => show(said(error), "bad"))
      .finally(() => button.setAttribute("aria-disabled", "false"));
  });
  function show(text: string, kind: string): void {
    outcome.hidden = false;
    outcome.className = `outcome ${kind}`;
    outcome.textContent = text;
  }
  return h("div", { class: "stack" },
    h("p", {}, "Sign-in codes are sent by email. A test mail goes to ", h("strong", {}, to ?? "your own address"), "."),
    h("div", {}, button), outcome);
}
