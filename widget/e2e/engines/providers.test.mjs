/** Signing in with an account from elsewhere, by its provider's own page. */

import assert from "node:assert/strict";
import { inEachEngine } from "../support/engines/scene.mjs";
import { CUT, WINDOWLESS, opener } from "../support/engines/windows.mjs";

const HARBOUR = "Continue with Harbour";

inEachEngine("an account from elsewhere signs in through its provider's page", { provided: true }, async (stage) => {
  const wren = await stage.reader();
  await wren.open(stage.article());
  const window = await wren.openWindow(HARBOUR);
  await window.sees("heading", "Elsewhere");
  assert.equal(await opener(window), "there", "the control: nothing has cut it off");
  await window.press("link", "Allow");
  await wren.takeName();
  await window.isClosed();
  await wren.reload();
  await wren.isSignedIn();
});

inEachEngine("a provider's page that cuts the window off leaves a code to paste", { provided: true }, async (stage) => {
  stage.provider.headers = CUT;
  const wren = await stage.reader();
  await wren.open(stage.article());
  const window = await wren.openWindow(HARBOUR);
  await window.sees("heading", "Elsewhere");
  assert.equal(await opener(window), "cut", "the control");
  await window.press("link", "Allow");
  await wren.paste(await window.codeShown());
  await wren.takeName();
  await wren.reload();
  await wren.isSignedIn();
});

inEachEngine("where no window may open, the page goes to the provider itself and comes back", { provided: true }, async (stage) => {
  const wren = await stage.reader();
  const article = stage.article("/article", { headers: WINDOWLESS });
  await wren.open(article);
  assert.equal(await wren.openWindow(HARBOUR), null);
  await wren.press("button", "Sign in on this page instead");
  await wren.sees("heading", "Elsewhere");
  await wren.press("link", "Allow");
  await wren.takeName();
  assert.equal(await wren.tab.url(), article, "the code is gone from the address");
  await wren.reload();
  await wren.isSignedIn();
});
