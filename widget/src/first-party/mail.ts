/** A link from a mail: says who asked, and goes on only where it was asked for. Opening it uses nothing up. */

import { post, Refused } from "./lib/ask.js";
import { flag, maybe, object, text } from "./lib/decode.js";
import { find, showStep } from "./lib/dom.js";
import { handle } from "./lib/forms.js";
import { mailIsUsed } from "./lib/mail-channel.js";
import { takeToken } from "./lib/token.js";

const seen = object({ site: maybe(text), origin: maybe(text), asked_at: text, here: flag });
const used = object({ tx: text });

const token = takeToken();

async function look(): Promise<void> {
  const { site, origin, asked_at, here } = await post("/auth/mail/look", { token }, seen);
  const fill = (places: string, words: string) => {
    for (const place of document.querySelectorAll(places)) place.textContent = words;
  };
  fill("[data-site]", site ? ` to ${site}` : "");
  fill("[data-on]", origin ? ` on ${origin}` : "");
  for (const place of document.querySelectorAll<HTMLTimeElement>("[data-asked-at]")) {
    place.dateTime = asked_at;
    place.textContent = `at ${new Date(asked_at).toLocaleTimeString([], { timeStyle: "short" })}`;
  }
  showStep(here ? "here" : "elsewhere");
}

handle(find("#use-form", HTMLFormElement), {
  send: async () => {
    try {
      const { tx } = await post("/auth/mail/use", { token }, used);
      mailIsUsed(tx);
      showStep("used");
    } catch (error) {
      if (!(error instanceof Refused && error.kind === "link-gone")) throw error;
      showStep("gone");
    }
  },
});

look().catch(() => showStep("gone"));
