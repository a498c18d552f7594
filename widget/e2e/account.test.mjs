/** The account page, as somebody uses it: found after a password, changed, and signed out of. */

import assert from "node:assert/strict";
import { authenticator, onAccountPage, section } from "./support/account.mjs";
import { PHONE } from "./support/browser.mjs";
import { makeOwner, OWNER } from "./support/owner.mjs";
import { scene } from "./support/scene.mjs";
import { answered } from "./support/trouble.mjs";

scene("somebody changes their name and password, and reads what is stored about them", async (stage) => {
  await makeOwner(stage.server);
  const olive = await stage.person("Olive");
  const page = await onAccountPage(olive, stage.server);

  await section(page, "Name").getByLabel("Display name").fill("Olive Grove");
  await section(page, "Name").getByRole("button", { name: "Save name" }).click();
  await section(page, "Name").getByText("Your name was saved.").waitFor();
  await page.locator("#who").and(page.getByText("Olive Grove")).waitFor();

  const password = section(page, "Password");
  olive.trouble.expect(answered(422));
  await password.getByLabel("Current password").fill(OWNER.password);
  await password.getByLabel("New password").fill("too short");
  await password.getByRole("button", { name: "Change password" }).click();
  await password.getByText("at least 15 characters").waitFor();
  assert.equal(await password.getByLabel("New password").inputValue(), "too short", "nothing typed is lost");
  await password.getByLabel("New password").fill("seventeen herring gulls slept");
  await password.getByRole("button", { name: "Change password" }).click();
  await password.getByText("Your password was saved.").waitFor();

  await section(page, "Where you are signed in").getByText("this browser").waitFor();
  const stored = section(page, "What we store about you");
  await stored.getByRole("button", { name: "Show it" }).click();
  await stored.getByText(OWNER.email).waitFor();
  const [download] = await Promise.all([page.waitForEvent("download"), stored.getByRole("link", { name: "Download" }).click()]);
  assert.equal(download.suggestedFilename(), "afterword-about-me.json");

  await page.getByRole("button", { name: "Sign out everywhere…" }).click();
  await page.getByRole("button", { name: "Yes, sign out everywhere" }).click();
  await page.getByRole("heading", { name: "Sign in to your account" }).waitFor();
});

scene("an owner sets up an authenticator by keyboard, and is asked for its code from then on", { settings: {} }, async (stage) => {
  await makeOwner(stage.server);
  const olive = await stage.person("Olive", { viewport: PHONE, colorScheme: "dark" });
  const page = await onAccountPage(olive, stage.server);
  const factor = section(page, "Second step");
  await factor.getByRole("button", { name: "Set up an authenticator" }).focus();
  await page.keyboard.press("Enter");
  await factor.getByRole("img", { name: /QR code/ }).waitFor();
  const secret = await factor.locator(".secret").innerText();
  await factor.getByLabel("Code").fill(authenticator(secret));
  await page.keyboard.press("Enter");
  await factor.getByText("Keep these recovery codes").waitFor();
  const codes = await factor.locator(".codes li").allInnerTexts();
  assert.equal(codes.length, 10);
  await factor.getByRole("button", { name: "I have kept them" }).click();
  await factor.getByText("10 recovery codes are left.").waitFor();
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), "nothing stands beyond a phone's edge");

  await page.getByRole("button", { name: "Sign out", exact: true }).click();
  olive.trouble.expect(answered(403));
  await page.getByRole("textbox", { name: "Email" }).fill(OWNER.email);
  await page.getByLabel("Password", { exact: true }).fill(OWNER.password);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await page.getByLabel("Code from your authenticator").filter({ visible: true }).fill(codes[0]);
  await page.keyboard.press("Enter");
  await section(page, "Second step").getByText("9 recovery codes are left.").waitFor();
});

scene("a new address is confirmed by its link, in this browser", async (stage) => {
  await makeOwner(stage.server);
  const olive = await stage.person("Olive");
  const page = await onAccountPage(olive, stage.server);
  const address = section(page, "Email");
  await address.getByLabel("New address").fill("grove@example.org");
  await address.getByRole("button", { name: "Change address" }).click();
  await address.getByText("We sent a link to").waitFor();
  const link = await stage.mailbox.linkFor("grove@example.org");
  await page.goto(link);
  await page.reload();
  await page.goto("about:blank");
  await page.goto(link);
  await page.getByRole("button", { name: "Use it" }).click();
  await section(page, "Email").getByText("grove@example.org").waitFor();
  assert.equal(new URL(page.url()).hash, "", "the token stays in no address bar");
});
