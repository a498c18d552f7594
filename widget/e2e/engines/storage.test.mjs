/** A page that may store nothing: signing in lasts as long as the page does. */

import assert from "node:assert/strict";
import { inEachEngine } from "../support/engines/scene.mjs";

inEachEngine("with storage denied one signs in and writes, until the page is left", { keeps: "storage denied" }, async (stage) => {
  const ada = await stage.reader();
  await ada.open(stage.article());
  const storing = await ada.tab.ask(() => {
    try {
      localStorage.setItem("a", "b");
      return "allowed";
    } catch {
      return "denied";
    }
  });
  assert.equal(storing, "denied", "the control");
  await ada.signInByMail(stage.mailbox, "ada@example.org", "Ada");
  await ada.type("Your comment", "Kept nowhere");
  await ada.press("button", "Post");
  await ada.sees("text", "Kept nowhere");
  await ada.reload();
  await ada.isSignedOut();
  await ada.sees("text", "Kept nowhere");
});
