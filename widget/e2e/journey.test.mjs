/** From the first word to signing out: what most people who come to write will do, on a page of another origin. */

import assert from "node:assert/strict";
import { eventually } from "./support/eventually.mjs";
import { scene } from "./support/scene.mjs";
import { answered } from "./support/trouble.mjs";

scene("a reader becomes a member by posting: write first, then a code from a mail, then a name", async (stage) => {
  const page = stage.article("/article", { title: "The sea" });
  const ada = await stage.person("Ada");
  const thread = await ada.open(page);
  await thread.says("No comments yet. What do you think?");

  await thread.say("The sea came *over the wall* in 1953.");
  await thread.box.getByRole("region", { name: "Who is posting?" }).waitFor();
  await thread.signInByEmail(stage.mailbox, "ada@example.org", "Ada");

  const posted = await thread.comment("over the wall").appears();
  await posted.article.locator("em", { hasText: "over the wall" }).waitFor();
  await thread.focusIsOn(/^article "Comment by Ada"/);
  await thread.hears("Your comment is posted.");
  assert.equal(await thread.title.innerText(), "1 comment");
  assert.equal(await thread.composer.inputValue(), "", "the composer is empty again");
  await thread.account.and(ada.page.getByLabel("Your account: Ada")).waitFor();

  await ada.reload();
  await thread.comment("over the wall").appears();
  await thread.account.waitFor();
});

scene("two people talk: reply, like, edit, remove; a reload and everybody else see the same", async (stage) => {
  const page = stage.article("/article");
  const ada = await stage.person("Ada");
  const bob = await stage.person("Bob");
  const carol = await stage.person("Carol");

  const first = await ada.open(page);
  await first.signIn(stage.mailbox, "ada@example.org", "Ada");
  await first.say("What does the tide gauge say?");
  await first.comment("tide gauge").appears();
  assert.equal(await first.comment("tide gauge").like.count(), 0, "nobody likes what they wrote themselves");

  const second = await bob.open(page);
  await second.signIn(stage.mailbox, "bob@example.org", "Bob");
  await second.comment("tide gauge").reply("It says four metres.");
  await second.comment("four metres").appears();
  await second.focusIsOn(/^article "Comment by Bob" .*four metres/);
  await second.comment("tide gauge").like.click();
  await eventually("the like to be saved", async () => (await stage.visitor().get("/thread?page=/article")).conversations[0].comments[0].likes === 1);
  assert.equal(await second.comment("tide gauge").like.getAttribute("aria-pressed"), "true");
  assert.equal(await second.comment("tide gauge").like.getAttribute("aria-label"), "Like, 1 like");

  await second.comment("four metres").edit("It says four and a half metres.");
  await second.comment("four and a half").says("(edited)");
  await second.focusIsOn(/^article "Comment by Bob"/);

  await bob.reload();
  assert.equal(await second.comment("tide gauge").like.getAttribute("aria-pressed"), "true", "the like is still mine");
  await second.comment("four and a half").appears();

  await ada.reload();
  await first.comment("four and a half").reply("Then we should go.");
  await first.comment("we should go").appears();
  assert.equal(await first.title.innerText(), "3 comments");

  // Answered, so a tombstone stays; what nobody answered goes altogether.
  await bob.reload();
  await second.comment("four and a half").remove();
  await second.says("Comment removed by its author");
  await second.focusIsOn(/^article .*Comment removed by its author/);
  await second.hears("Your comment is removed.");
  assert.equal(await second.title.innerText(), "2 comments");
  await first.comment("we should go").remove();
  await first.comment("we should go").vanishes();

  const third = await carol.open(page);
  assert.deepEqual(await third.authors(), ["Comment by Ada"]);
  assert.equal(await third.title.innerText(), "1 comment");
  assert.equal(await third.comment("tide gauge").like.getAttribute("aria-label"), "Like, 1 like");
  assert.equal(await third.comment("tide gauge").like.getAttribute("aria-pressed"), "false", "somebody else's like is not mine");
  assert.equal(await third.account.count(), 0);
});

scene("signing out takes what was mine off the page, and signing in brings it back", async (stage) => {
  const page = stage.article("/article");
  const zoe = await stage.visitor().signIn(stage.mailbox, "zoe@example.org", "Zoe");
  await zoe.post("/article", "Somebody else's words");

  const ada = await stage.person("Ada");
  const thread = await ada.open(page);
  await thread.signIn(stage.mailbox, "ada@example.org", "Ada");
  await thread.say("My own words");
  const mine = await thread.comment("My own words").appears();
  await mine.button("Edit").waitFor();
  await thread.comment("Somebody else").like.click();
  await thread.comment("Somebody else").article.getByRole("button", { name: "Like, 1 like", pressed: true }).waitFor();

  await thread.signOut();
  await mine.button("Edit").waitFor({ state: "detached" });
  await thread.comment("Somebody else").article.getByRole("button", { name: "Like, 1 like", pressed: false }).waitFor();
  await ada.reload();
  await thread.button("Sign in").waitFor();
  assert.equal(await mine.button("Remove").count(), 0);
  const kept = await ada.page.evaluate(() => Object.keys(localStorage).filter((key) => key.endsWith("/session")));
  assert.deepEqual(kept, [], "no session stays behind in the page's storage");

  await thread.signIn(stage.mailbox, "ada@example.org");
  await mine.button("Edit").waitFor();
  await thread.comment("Somebody else").article.getByRole("button", { name: "Like, 1 like", pressed: true }).waitFor();
});

scene("signing out everywhere ends the other browser's session too", async (stage) => {
  const page = stage.article("/article");
  const phone = await stage.person("Ada's phone");
  const laptop = await stage.person("Ada's laptop");
  for (const device of [phone, laptop]) {
    const thread = await device.open(page);
    await thread.signIn(stage.mailbox, "ada@example.org", device === phone ? "Ada" : null);
  }
  await laptop.thread.signOut({ everywhere: true });
  phone.trouble.expect(answered(401));
  await phone.reload();
  await phone.thread.button("Sign in").waitFor();
});

scene("signing out in one tab signs out the other, and signing in there signs in both", async (stage) => {
  const page = stage.article("/article");
  const ada = await stage.person("Ada");
  const first = await ada.open(page);
  await first.signIn(stage.mailbox, "ada@example.org", "Ada");
  await ada.newTab();
  const second = await ada.open(page);
  await second.account.waitFor();
  await second.signOut();
  await first.button("Sign in").waitFor();
  await first.signIn(stage.mailbox, "ada@example.org");
  await second.account.waitFor();
});

scene("a draft survives a reload, a reply's draft its own, and Ctrl+Enter posts", async (stage) => {
  const page = stage.article("/article");
  const zoe = await stage.visitor().signIn(stage.mailbox, "zoe@example.org", "Zoe");
  await zoe.post("/article", "First one");
  await zoe.post("/article", "Second one");

  const ada = await stage.person("Ada");
  const thread = await ada.open(page);
  await thread.write("A thought I have not finished");
  await thread.comment("First one").button("Reply").click();
  await thread.comment("First one").article.getByRole("textbox", { name: "Your reply" }).fill("To the first");
  await thread.comment("Second one").button("Reply").click();
  await thread.comment("Second one").article.getByRole("textbox", { name: "Your reply" }).fill("To the second");

  await ada.reload();
  await thread.holds("A thought I have not finished");
  await thread.comment("First one").button("Reply").click();
  const reply = thread.comment("First one").article.getByRole("textbox", { name: "Your reply" });
  await reply.waitFor();
  assert.equal(await reply.inputValue(), "To the first");

  await reply.press("Control+Enter");
  await thread.signInByEmail(stage.mailbox, "ada@example.org", "Ada");
  await thread.comment("To the first").appears();
  await thread.focusIsOn(/^article "Comment by Ada" .*To the first/);
  await thread.composer.press("Control+Enter");
  await thread.comment("A thought I have not finished").appears();
  assert.equal(await thread.composer.inputValue(), "");

  await ada.reload();
  assert.equal(await thread.composer.inputValue(), "", "what was posted is no draft any more");
});

scene("Escape and Cancel leave a reply, and the focus goes back to where it came from", async (stage) => {
  const page = stage.article("/article");
  const zoe = await stage.visitor().signIn(stage.mailbox, "zoe@example.org", "Zoe");
  await zoe.post("/article", "First one");
  const ada = await stage.person("Ada");
  const thread = await ada.open(page);
  const comment = thread.comment("First one");
  await comment.button("Reply").click();
  await thread.focusIsOn(/^textarea "Your reply"/);
  await ada.page.keyboard.press("Escape");
  await thread.focusIsOn(/^button .*Reply/);
  await comment.button("Reply").click();
  await comment.article.getByRole("textbox", { name: "Your reply" }).fill("Never mind");
  await comment.button("Cancel").click();
  await thread.focusIsOn(/^button .*Reply/);
});

scene("a like pressed while signed out is given once somebody has signed in", async (stage) => {
  const page = stage.article("/article");
  const zoe = await stage.visitor().signIn(stage.mailbox, "zoe@example.org", "Zoe");
  const comment = await zoe.post("/article", "Worth a like");
  const ada = await stage.person("Ada");
  const thread = await ada.open(page);
  await thread.comment("Worth a like").like.click();
  await thread.box.getByRole("region", { name: "Sign in to like this" }).waitFor();
  await thread.signInByEmail(stage.mailbox, "ada@example.org", "Ada");
  await thread.comment("Worth a like").article.getByRole("button", { name: "Like, 1 like", pressed: true }).waitFor();
  await eventually("the like on the server", async () => (await zoe.get(`/comments/${comment.id}`)).conversation.comments[0].likes === 1);
  await thread.comment("Worth a like").like.click();
  await thread.comment("Worth a like").article.getByRole("button", { name: "Like", exact: true, pressed: false }).waitFor();
});

scene("a wrong code is told, an address can be changed, and a code with a space is taken", async (stage) => {
  const page = stage.article("/article");
  const ada = await stage.person("Ada");
  const thread = await ada.open(page);
  await thread.button("Sign in").click();
  await thread.panel.getByRole("textbox", { name: "Email", exact: true }).fill("adda@example.org");
  await thread.panel.getByRole("button", { name: "Email me a code" }).click();
  await thread.panel.getByRole("button", { name: "Use another address" }).click();
  await thread.panel.getByRole("textbox", { name: "Email", exact: true }).fill("ada@example.org");
  await thread.panel.getByRole("button", { name: "Email me a code" }).click();
  const field = thread.panel.getByRole("textbox", { name: "Six-digit code" });
  await field.waitFor();
  const code = await stage.mailbox.codeFor("ada@example.org");

  ada.trouble.expect(answered(403));
  await field.fill(code === "000000" ? "111111" : "000000");
  await thread.panel.getByRole("alert").filter({ hasText: "That code is not right. 4 tries left." }).waitFor();
  await field.fill(`${code.slice(0, 3)} ${code.slice(3)}`);
  await thread.giveName("Ada");
  await thread.account.waitFor();
});

scene("the preview shows what will be posted", async (stage) => {
  const page = stage.article("/article");
  const ada = await stage.person("Ada");
  const thread = await ada.open(page);
  await thread.write("**bold** and `code`\n\n> quoted");
  await thread.button("Preview").click();
  const preview = thread.box.getByRole("region", { name: "Preview" });
  await preview.locator("strong", { hasText: "bold" }).waitFor();
  await preview.locator("code", { hasText: "code" }).waitFor();
  await preview.locator("blockquote", { hasText: "quoted" }).waitFor();
});
