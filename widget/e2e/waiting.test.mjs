/** What a guest does whose comment waits: confirms their address, or comes back when it was approved. */

import assert from "node:assert/strict";
import { eventually } from "./support/eventually.mjs";
import { makeOwner, signInByPassword } from "./support/owner.mjs";
import { scene } from "./support/scene.mjs";
import { answered } from "./support/trouble.mjs";

const WAITS = "Waiting for approval. Only you and the moderators can see this.";
const CONFIRM = "Confirm your email to publish now";

scene("a guest confirms the address they left: their comments are published as a member's", async (stage) => {
  const article = stage.article();
  const guest = await stage.person("Gus");
  const thread = await guest.open(article);
  await thread.say("May I join the conversation?");
  await thread.asGuest("Gus", "gus@example.org");
  await thread.comment("May I join").says(WAITS);
  await thread.say("I have more to say.");
  await thread.comment("I have more").says(WAITS);

  const mine = await thread.comment("May I join").pinned();
  await mine.button(CONFIRM).click();
  const panel = thread.box.getByRole("region", { name: "Confirm your email" });
  const field = panel.getByRole("textbox", { name: "Six-digit code" });
  await field.waitFor();
  const code = await stage.mailbox.codeFor("gus@example.org");
  guest.trouble.expect(answered(403));
  await field.fill(code.replace(/^./, (digit) => (digit === "9" ? "0" : "9")));
  await panel.getByRole("alert").waitFor();
  await mine.says(WAITS);
  await field.fill(code);
  await thread.hears("Your 2 comments are now yours. It is published.");
  await mine.saysNot(WAITS);
  await thread.comment("I have more").saysNot(WAITS);
  await thread.account.waitFor();

  const reader = await stage.person("Rita");
  const theirs = await reader.open(article);
  await theirs.comment("May I join").appears();
  await theirs.comment("I have more").appears();
  assert.equal(await theirs.comments.getByText("guest", { exact: true }).count(), 0, "they are a member's now");
});

scene("who left no address is offered nothing to confirm", async (stage) => {
  const guest = await stage.person("Gus");
  const thread = await guest.open(stage.article());
  await thread.say("No address of mine");
  await thread.asGuest("Gus");
  await thread.comment("No address").says(WAITS);
  assert.equal(await thread.button(CONFIRM).count(), 0);
});

scene("who comes back is told once that their comment was approved, and finds it", async (stage) => {
  const article = stage.article();
  await makeOwner(stage.server);
  const guest = await stage.person("Gus");
  const thread = await guest.open(article);
  await thread.say("May I join the conversation?");
  await thread.asGuest("Gus", "", { remember: true });
  await thread.comment("May I join").says(WAITS);
  // Kept when the server has answered, not when the comment is drawn.
  const known = () => guest.page.evaluate(() => Object.keys(localStorage).some((key) => key.startsWith("afterword/blog/waiting/")));
  await eventually("the browser to know that it waits", known);

  const owner = await stage.person("Olive");
  const moderating = await owner.open(article);
  await signInByPassword(owner);
  const theirs = await moderating.comment("May I join").pinned();
  await theirs.tool("Approve").click();
  await theirs.says("#1");

  await guest.reload();
  await thread.says("Your comment was approved.");
  await thread.button("See it").click();
  await thread.focusIsOn(/May I join/);
  await eventually("that nothing waits any more", async () => !(await known()));
  await guest.reload();
  await thread.comment("May I join").button("Edit").waitFor();
  assert.equal(await thread.box.getByText("Your comment was approved.").count(), 0, "told once");
});

/** What is asked of the server while somebody works, and what they send. */
function overheard(person) {
  const heard = { tasks: 0, proofs: [] };
  person.page.on("response", (response) => response.url().endsWith("/guests/proof") && response.request().method() === "POST" && heard.tasks++);
  person.page.on("request", (request) => {
    if (request.method() === "POST" && request.url().endsWith("/comments")) heard.proofs.push(request.postDataJSON().guest?.proof);
  });
  return heard;
}

scene("a guest's browser does its work while they type, one piece for each comment", async (stage) => {
  const guest = await stage.person("Gus");
  const thread = await guest.open(stage.article());
  const heard = overheard(guest);
  await thread.write("First of all");
  await thread.post.click();
  assert.equal(heard.tasks, 0, "nobody has said that they are a guest");
  await thread.panel.getByRole("textbox", { name: "Name", exact: true }).fill("Gus");
  await eventually("the work to begin", () => heard.tasks === 1);
  await thread.panel.getByRole("button", { name: "Post as guest" }).click();
  await thread.comment("First of all").says(WAITS);

  await thread.write("Second thoughts");
  await eventually("the next work to begin with the text", () => heard.tasks === 2);
  await thread.post.click();
  await thread.comment("Second thoughts").says(WAITS);
  assert.equal(heard.tasks, 2);
  const [first, second] = heard.proofs;
  assert.match(first.nonce, /^\d+$/);
  assert.notEqual(first.challenge, second.challenge);
});

scene("a server that no longer knows what it asked for is given new work, and nobody notices", async (stage) => {
  const guest = await stage.person("Gus");
  const thread = await guest.open(stage.article());
  const heard = overheard(guest);
  await thread.write("Written through a restart");
  await thread.post.click();
  await thread.panel.getByRole("textbox", { name: "Name", exact: true }).fill("Gus");
  await eventually("the work to begin", () => heard.tasks === 1);
  await stage.server.kill();
  await stage.server.start();
  guest.trouble.expect(answered(403));
  await thread.panel.getByRole("button", { name: "Post as guest" }).click();
  await thread.comment("through a restart").says(WAITS);
  assert.equal(heard.proofs.length, 2);
  assert.notEqual(heard.proofs[0].challenge, heard.proofs[1].challenge);
});

scene("a guest who is not to be remembered is known until the tab is closed", async (stage) => {
  const article = stage.article();
  const guest = await stage.person("Gus");
  const thread = await guest.open(article);
  await thread.say("On somebody else's machine");
  await thread.asGuest("Gus");
  await thread.comment("somebody else's").says(WAITS);
  await guest.reload();
  await thread.comment("somebody else's").says(WAITS);
  assert.deepEqual(await guest.page.evaluate(() => Object.keys(localStorage).filter((key) => key.includes("guest"))), []);
  await guest.page.close();
  await guest.newTab();
  await guest.open(article);
  await guest.thread.says("No comments yet");
});
