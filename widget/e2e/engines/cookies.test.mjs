/** Where the session lives: in a partitioned cookie where the browser keeps one, else in the page's storage. */

import assert from "node:assert/strict";
import { inEachEngine } from "../support/engines/scene.mjs";

/** Which engine hands a partitioned cookie of the server back to it, under what its user has chosen. */
const KEEPS_OURS = {
  "as it comes": { chromium: true, firefox: true, webkit: false },
  "others refused": { chromium: true, firefox: false, webkit: false },
  "server refused": { chromium: false, firefox: false, webkit: false },
};

/** Asks the server twice, as the widget does, from a script of the page; independent of the widget. */
async function probe(reader, server) {
  return reader.tab.ask(async (url) => {
    const ask = async () => (await fetch(url, { method: "POST", credentials: "include", headers: { "content-type": "application/json", "x-afterword": "1" }, body: "{}" })).json();
    await ask();
    return (await ask()).partitioned;
  }, `${server.base}/api/v1/sites/blog/auth/probe`);
}

for (const [keeps, expected] of Object.entries(KEEPS_OURS)) {
  inEachEngine(`with cookies ${keeps}: sign in by mail and by password, reload, write, sign out`, { keeps }, async (stage) => {
    const ours = expected[stage.engine];
    const ada = await stage.reader();
    const article = stage.article();
    await ada.open(article);
    assert.equal(await probe(ada, stage.server), ours, "the control: the switch has its effect");

    await ada.signInByMail(stage.mailbox, "ada@example.org", "Ada");
    if (ours) assert.doesNotMatch(await ada.stored(), /rt_/, "no script can read it");
    else assert.match(await ada.stored(), /rt_/);
    await ada.reload();
    await ada.isSignedIn();
    await ada.type("Your comment", `Written with cookies ${keeps}`);
    await ada.press("button", "Post");
    await ada.sees("text", `Written with cookies ${keeps}`);
    await ada.signOut();
    await ada.reload();
    await ada.isSignedOut();
    assert.doesNotMatch(await ada.stored(), /rt_/);

    await ada.signInByPassword();
    await ada.reload();
    await ada.isSignedIn();
    await ada.signOut();
  });
}
