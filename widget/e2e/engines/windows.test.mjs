/** The server's own window: open, blocked, and cut off from the page that opened it. */

import assert from "node:assert/strict";
import { inEachEngine } from "../support/engines/scene.mjs";
import { CUT, WINDOWLESS, opener } from "../support/engines/windows.mjs";

/** Tries to open a window while nobody has clicked anything, and keeps what came of it. */
const UNASKED = `<script>
  try { unasked = window.open("about:blank", "_blank", "popup") === null ? "blocked" : "open"; } catch { unasked = "blocked"; }
</script>`;
/** Tries the same within every click. */
const ASKED = `<script>
  addEventListener("click", () => {
    try { asked = window.open("about:blank") === null ? "blocked" : "open"; } catch { asked = "blocked"; }
  });
</script>`;

inEachEngine("the window opens within the click, past the browser's own blocker, and hands its code over", {}, async (stage) => {
  const olive = await stage.reader();
  await olive.open(stage.article("/article", { head: UNASKED }));
  assert.equal(await olive.tab.ask(() => globalThis.unasked), "blocked", "the control: the blocker is on");
  const window = await olive.openWindow();
  assert.ok(window);
  assert.equal(await opener(window), "there");
  await window.givePassword();
  await olive.isSignedIn();
  await window.isClosed();
});

inEachEngine("where no window may open, the page itself goes there and comes back signed in", {}, async (stage) => {
  const olive = await stage.reader();
  const article = stage.article("/article", { headers: WINDOWLESS, head: ASKED });
  await olive.open(article);
  await olive.type("Your comment", "Half a sentence");
  assert.equal(await olive.openWindow(), null);
  assert.equal(await olive.tab.ask(() => globalThis.asked), "blocked", "the control: not even a click opens one");
  await olive.press("button", "Sign in on this page instead");
  await olive.sees("heading", "Sign in to The Blog");
  await olive.givePassword();
  await olive.isSignedIn();
  assert.equal(await olive.tab.url(), article, "the code is gone from the address");
});

inEachEngine("a provider that cuts the window off: the code is pasted", {}, async (stage) => {
  const olive = await stage.reader();
  const leadBack = '<h1>Elsewhere</h1><button onclick="location.assign(decodeURIComponent(location.search.slice(1)))">Allow</button>';
  await olive.open(stage.article());
  for (const [headers, left] of [[CUT, "cut"], [{}, "there"]]) {
    const consent = stage.elsewhere.page("/consent", leadBack, headers);
    const window = await olive.openWindow();
    await window.tab.ask((url) => void setTimeout(() => location.assign(`${url}?${encodeURIComponent(location.href)}`)), consent);
    await window.sees("heading", "Elsewhere");
    assert.equal(await opener(window), left, "the control: only that header cuts");
    await window.press("button", "Allow");
    await window.sees("heading", "Sign in to The Blog");
    if (left === "cut") {
      await window.givePassword();
      await olive.paste(await window.codeShown());
      await olive.isSignedIn();
      await olive.reload();
      await olive.isSignedIn();
      await olive.signOut();
    } else {
      await window.press("button", /Continue as Olive Owner/);
      await olive.isSignedIn();
      await window.isClosed();
    }
  }
});

inEachEngine("a page that cuts its windows off: a wrong code is refused, the code shown is taken once", {}, async (stage) => {
  const olive = await stage.reader();
  await olive.open(stage.article("/article", { headers: CUT }));
  const window = await olive.openWindow();
  assert.equal(await opener(window), "cut", "the control");
  await window.givePassword();
  const code = await window.codeShown();
  await olive.paste(code.replace(/^./, (first) => (first === "A" ? "B" : "A")));
  await olive.sees("alert", /./);
  await olive.paste(code.toLowerCase());
  await olive.isSignedIn();
  await olive.reload();
  await olive.isSignedIn();
});
