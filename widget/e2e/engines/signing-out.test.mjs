/** Signing out is seen by the other tabs at once, and by other browsers with their next request. */

import assert from "node:assert/strict";
import { inEachEngine } from "../support/engines/scene.mjs";

const WITHIN_MS = 2_000;
/** The pages note the moments themselves: a driver may take its time to ask. */
const NOTED = `<script>
  addEventListener("afterword:signed-out", () => (left = Date.now()));
  const send = fetch;
  fetch = (...request) => (String(request[0]).endsWith("/auth/logout") && (asked = Date.now()), send(...request));
</script>`;

inEachEngine("signing out everywhere is seen by another tab within two seconds", {}, async (stage) => {
  const ada = await stage.reader();
  const article = stage.article("/article", { head: NOTED });
  await ada.open(article);
  await ada.signInByMail(stage.mailbox, "ada@example.org", "Ada");
  const other = await ada.newTab();
  await other.open(stage.article("/another", { head: NOTED }));
  await other.isSignedIn();
  await ada.signOut({ everywhere: true });
  await other.isSignedOut();
  const [asked, left] = [await ada.tab.ask(() => globalThis.asked), await other.tab.ask(() => globalThis.left)];
  assert.ok(asked > 0 && left > 0, "both moments were noted");
  stage.figure(`seen by the other tab after ${left - asked} ms (bar ${WITHIN_MS} ms)`);
  assert.ok(left - asked < WITHIN_MS, `${left - asked} ms`);
  for (const reader of [ada, other]) {
    await reader.reload();
    await reader.isSignedOut();
  }
});
