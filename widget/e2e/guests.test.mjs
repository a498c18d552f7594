/** Guests, and those who let them in: a name is enough, the owner decides, and nobody else sees what waits. */

import assert from "node:assert/strict";
import { OWNER, makeOwner, signInByPassword } from "./support/owner.mjs";
import { eventually } from "./support/eventually.mjs";
import { scene } from "./support/scene.mjs";
import { answered } from "./support/trouble.mjs";

const WAITS = "Waiting for approval. Only you and the moderators can see this.";

scene("an owner sets up, embeds, is seen, and lets a guest's comment in", { site: false }, async (stage) => {
  const owner = await stage.person("Olive");
  const { page } = owner;
  const link = /http:\S+\/setup#\S+/.exec(stage.server.said)[0];
  await page.goto(link);
  assert.doesNotMatch(page.url(), /#./, "the token is gone from the address");
  await page.getByRole("textbox", { name: "Your name" }).fill(OWNER.name);
  await page.getByRole("textbox", { name: "Email" }).fill(OWNER.email);
  await page.getByLabel("Password", { exact: true }).fill(OWNER.password);
  await page.getByRole("button", { name: "Continue" }).click();

  await page.getByRole("heading", { name: "Your first site" }).waitFor();
  await page.getByRole("textbox", { name: "Name of your site" }).fill("The Blog");
  await page.getByRole("textbox", { name: "Its address" }).fill(stage.host.origin);
  await page.getByRole("textbox", { name: "Key" }).fill("blog");
  await page.getByRole("button", { name: "Add this site" }).click();
  const snippet = await page.getByRole("region", { name: "Snippet for your pages" }).innerText();
  assert.match(snippet, new RegExp(`<script async src="${stage.server.base}/embed.js" data-site="blog"></script>`));
  await page.getByText("Waiting for a page with the snippet to be opened").waitFor();

  // Exactly what the page told to paste, on a page of the owner's.
  const article = stage.host.page("/article", `<!doctype html><html lang="en"><title>An article</title><h1>An article</h1>${snippet}</html>`);
  const guest = await stage.person("Gus");
  const thread = await guest.open(article);
  await page.getByText(`Seen on ${stage.host.origin}`).first().waitFor();

  await page.getByRole("button", { name: "Send a test mail" }).click();
  await page.getByRole("status").filter({ hasText: "The mail server said: " }).waitFor();
  await page.getByRole("link", { name: "To the dashboard" }).click();
  await page.getByRole("link", { name: "The Blog" }).waitFor();

  await thread.say("May I join without an account?");
  await thread.asGuest("Gus", "gus@example.org", { remember: true });
  await thread.comment("May I join").says(WAITS);
  await thread.comment("May I join").says(/^guest$/);
  await thread.focusIsOn(/^article "Comment by Gus"/);
  await thread.hears("Your comment waits for approval.");
  await guest.reload();
  await thread.comment("May I join").says(WAITS);
  assert.equal(await thread.title.innerText(), "Comments", "what waits is not counted");

  const reader = await stage.person("Rita");
  const other = await reader.open(article);
  await other.says("No comments yet");
  assert.equal(await other.comments.count(), 0);

  // The owner reads their own page, in another tab of the same browser.
  await owner.newTab();
  const moderating = await owner.open(article);
  assert.equal(await moderating.comments.count(), 0, "the dashboard's session is not the page's");
  await signInByPassword(owner);
  await moderating.says("1 comment waits for approval");
  await moderating.comment("May I join").tool("Approve").click();
  await moderating.hears("Done.");
  await moderating.comment("May I join").says("#1");
  assert.equal(await moderating.title.innerText(), "1 comment");

  await reader.reload();
  await other.comment("May I join").appears();
  await other.comment("May I join").says(/^guest$/);
  await guest.reload();
  await thread.comment("May I join").saysNot(WAITS);

  // Approved once, a guest is believed.
  await thread.say("Thank you for letting me in.");
  await thread.comment("Thank you").appears();
  await reader.reload();
  await other.comment("Thank you").appears();
});

scene("an owner pins, marks as spam, removes, closes and reopens", async (stage) => {
  const article = stage.article("/article");
  await makeOwner(stage.server);
  const zoe = await stage.visitor().signIn(stage.mailbox, "zoe@example.org", "Zoe");
  for (const text of ["First words", "Second words", "Third words"]) await zoe.post("/article", text);

  const owner = await stage.person("Olive");
  const reader = await stage.person("Rita");
  const mine = await owner.open(article);
  await signInByPassword(owner);
  const theirs = await reader.open(article);
  // A thread that changes often is drawn a few times a second: a reader may be a moment behind, never more.
  const seenBy = (texts) => eventually(texts.join(", "), async () => {
    await reader.reload();
    return (await theirs.texts()).join() === texts.join();
  });

  await mine.comment("Third words").tool("Pin").click();
  await mine.comment("Third words").says("Pinned");
  await seenBy(["Third words", "First words", "Second words"]);
  await mine.comment("Third words").tool("Unpin").click();
  await mine.comment("Third words").saysNot("Pinned");
  await seenBy(["First words", "Second words", "Third words"]);

  await mine.comment("Second words").tool("Spam").click();
  await mine.comment("Second words").says("Marked as spam");
  assert.equal(await mine.title.innerText(), "2 comments");
  await seenBy(["First words", "Third words"]);
  await mine.comment("Second words").tool("Approve").click();
  await mine.comment("Second words").saysNot("Marked as spam");
  await seenBy(["First words", "Second words", "Third words"]);

  const removed = await mine.comment("First words").pinned();
  await removed.tool("Remove").click();
  await mine.says("Comment removed");
  await seenBy(["Second words", "Third words"]);

  await mine.button("Close comments").click();
  await mine.says("Comments are closed");
  await reader.reload();
  await theirs.says("Comments are closed");
  assert.equal(await theirs.composer.count(), 0, "nothing to write into");
  assert.equal(await theirs.button("Reply").count(), 0);
  assert.deepEqual(await theirs.texts(), ["Second words", "Third words"]);
  await mine.button("Reopen comments").click();
  await mine.composer.waitFor();
  await reader.reload();
  await theirs.composer.waitFor();
});

scene("a guest edits and removes what they wrote, and nobody else is offered that", async (stage) => {
  const article = stage.article("/article");
  const guest = await stage.person("Gus");
  const thread = await guest.open(article);
  await thread.say("I am not sure of this");
  await thread.asGuest("Gus", "", { remember: true });
  await thread.comment("not sure").edit("Now I am certain");
  await thread.comment("Now I am certain").says(WAITS);
  await guest.reload();
  await thread.comment("Now I am certain").remove();
  await thread.comment("Now I am certain").vanishes();
  await thread.says("No comments yet");
  await guest.reload();
  await thread.says("No comments yet");
});

scene("who marks a guest's comment as spam does not tell the guest", async (stage) => {
  const article = stage.article("/article");
  await makeOwner(stage.server);
  const guest = await stage.person("Gus");
  const thread = await guest.open(article);
  await thread.say("Buy my boat");
  await thread.asGuest("Gus", "", { remember: true });
  await thread.comment("Buy my boat").says(WAITS);

  const owner = await stage.person("Olive");
  const mine = await owner.open(article);
  await signInByPassword(owner);
  await mine.comment("Buy my boat").tool("Spam").click();
  await mine.comment("Buy my boat").says("Marked as spam");
  await guest.reload();
  await thread.comment("Buy my boat").says(WAITS);
});

scene("a sign-in link from the command line opens the dashboard once, by a button", async (stage) => {
  await makeOwner(stage.server);
  const owner = await stage.person("Olive");
  const link = await stage.server.ownerLink();
  await owner.page.goto(link);
  await owner.page.getByRole("button", { name: "Sign in" }).click();
  await owner.page.getByRole("link", { name: "Sites" }).waitFor();
  await owner.page.getByRole("button", { name: "Sign out" }).click();
  await owner.page.getByRole("heading", { name: "Sign in to the dashboard" }).waitFor();

  owner.trouble.expect(answered(410));
  await owner.page.goto("about:blank"); // Only the fragment differs otherwise.
  await owner.page.goto(link);
  await owner.page.getByRole("button", { name: "Sign in" }).click();
  await owner.page.getByRole("heading", { name: "This link does not work any more" }).waitFor();

  await owner.page.goto(`${stage.server.base}/dashboard`);
  await owner.page.getByRole("textbox", { name: "Email" }).fill(OWNER.email);
  await owner.page.getByLabel("Password", { exact: true }).fill(OWNER.password);
  await owner.page.getByRole("button", { name: "Sign in" }).click();
  await owner.page.getByRole("link", { name: "The Blog" }).waitFor();
});
