/** A page that may store nothing: signing in lasts as long as the page does. */

import assert from "node:assert/strict";
import { OWNER } from "../support/owner.mjs";
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

/** Firefox refuses all cookies together with storage, the server's own in its own window among them. */
const KEEPS_OUR_OWN = { chromium: true, firefox: false, webkit: true };

inEachEngine("with storage denied the server's window signs in where it may keep its own cookie, else a code by mail does", { keeps: "storage denied" }, async (stage) => {
  const olive = await stage.reader();
  await olive.open(stage.article());
  const window = await olive.openWindow();
  assert.equal(await window.tab.ask(() => navigator.cookieEnabled), KEEPS_OUR_OWN[stage.engine], "the control");
  if (KEEPS_OUR_OWN[stage.engine]) {
    await window.givePassword();
    await olive.isSignedIn();
    await window.isClosed();
    return;
  }
  await window.sees("heading", "Cookies are needed here");
  await window.sees("text", new URL(stage.server.base).host);
  await olive.press("button", "Back");
  await olive.signInByMail(stage.mailbox, OWNER.email, null, { asked: true });
});
