/** When something is wrong: the text is kept, the reason is said in words, and there is a next step. */

import assert from "node:assert/strict";
import { eventually } from "./support/eventually.mjs";
import { OWNER, makeOwner, signInByPassword } from "./support/owner.mjs";
import { scene } from "./support/scene.mjs";
import { answered, unreachable } from "./support/trouble.mjs";

scene("a server that dies under a post costs no word: Retry posts it once, after the restart", async (stage) => {
  const ada = await stage.person("Ada");
  const thread = await ada.open(stage.article());
  await thread.signIn(stage.mailbox, "ada@example.org", "Ada");
  await thread.write("Words worth keeping");
  ada.trouble.expect(unreachable);
  await stage.server.kill();
  await thread.post.click();
  await thread.says("Couldn’t reach the server. Your text is saved.");
  assert.equal(await thread.composer.inputValue(), "Words worth keeping");

  await stage.server.start();
  ada.trouble.expect(answered(401)); // Access tokens live in the server's memory: the session is refreshed by itself.
  await thread.button("Retry").click();
  await thread.comment("Words worth keeping").appears();
  await ada.reload();
  assert.deepEqual(await thread.texts(), ["Words worth keeping"]);
});

scene("an answer that is lost on the way is no second comment", { proxied: true }, async (stage) => {
  const ada = await stage.person("Ada");
  const thread = await ada.open(stage.article());
  await thread.signIn(stage.mailbox, "ada@example.org", "Ada");
  stage.proxy.weather = (request) => (request.method === "POST" && request.url.endsWith("/comments") ? "lose" : "fair");
  ada.trouble.expect(unreachable);
  await thread.say("Said once");
  await thread.says("Couldn’t reach the server. Your text is saved.");
  assert.equal((await stage.visitor().get("/thread?page=/article")).thread.count, 1, "the server has it already");
  stage.proxy.weather = () => "fair";
  await thread.button("Retry").click();
  await thread.comment("Said once").appears();
  await ada.reload();
  assert.deepEqual(await thread.texts(), ["Said once"]);
});

scene("the text outlives a page closed while the server is away", async (stage) => {
  const ada = await stage.person("Ada");
  const article = stage.article();
  const thread = await ada.open(article);
  await thread.signIn(stage.mailbox, "ada@example.org", "Ada");
  await thread.write("Written before the storm");
  ada.trouble.expect(unreachable);
  await stage.server.kill();
  await thread.post.click();
  await thread.says("Your text is saved.");
  await ada.page.goto("about:blank");
  await stage.server.start();
  await ada.open(article);
  await thread.holds("Written before the storm");
});

scene("who posts too quickly sees the seconds go by, and may post again by themselves", { settings: { "limits.write.burst": 1, "limits.write.every": "3s" } }, async (stage) => {
  const ada = await stage.person("Ada");
  const thread = await ada.open(stage.article());
  await thread.signIn(stage.mailbox, "ada@example.org", "Ada");
  await thread.say("One");
  await thread.comment("One").appears();
  ada.trouble.expect(answered(429));
  await thread.say("Two");
  await thread.says(/You’re posting quickly\. Try again in \d+ s/);
  assert.equal(await thread.composer.inputValue(), "Two");
  assert.ok(await thread.post.isDisabled());
  await eventually("the button to come back", () => thread.post.isEnabled());
  await thread.post.click();
  await thread.comment("Two").appears();
});

scene("who says the same twice is led to the first", async (stage) => {
  const ada = await stage.person("Ada");
  const thread = await ada.open(stage.article());
  await thread.signIn(stage.mailbox, "ada@example.org", "Ada");
  await thread.say("Thanks!");
  await thread.comment("Thanks!").appears();
  ada.trouble.expect(answered(409));
  await thread.say("Thanks!");
  await thread.says("You already said this here.");
  await thread.button("See it").click();
  await thread.focusIsOn(/^article "Comment by Ada" .*Thanks!/);
});

scene("a thread that was closed in between keeps the text and says so", async (stage) => {
  const zoe = await stage.visitor().signIn(stage.mailbox, "zoe@example.org", "Zoe");
  await zoe.post("/article", "Before it closed");
  await makeOwner(stage.server);
  const article = stage.article();
  const ada = await stage.person("Ada");
  const thread = await ada.open(article);
  await thread.signIn(stage.mailbox, "ada@example.org", "Ada");
  await thread.write("Too late?");

  const owner = await stage.person("Olive");
  await owner.open(article);
  await signInByPassword(owner);
  await owner.thread.button("Close comments").click();
  await owner.thread.says("Comments are closed");

  ada.trouble.expect(answered(409));
  await thread.post.click();
  await thread.says("Comments have been closed. Your text is saved.");
  assert.equal(await thread.composer.inputValue(), "Too late?");
});

scene("an origin that is not listed says what its owner has to do, and the dashboard offers it", { hosts: ["elsewhere.example"] }, async (stage) => {
  await makeOwner(stage.server);
  const origin = stage.host.origin.replace("blog.localhost", "elsewhere.example");
  stage.article();
  const owner = await stage.person("Olive", { origins: [origin] });
  const { thread, page } = owner;
  await page.goto(`${origin}/article`);
  await thread.says(`Comments are not set up for ${origin} yet.`);
  assert.equal(await thread.composer.count(), 0);

  const [dashboard] = await Promise.all([
    owner.context.waitForEvent("page"),
    thread.box.getByRole("link", { name: "Site owner: add this address" }).click(),
  ]);
  owner.trouble.expect(answered(401));
  await dashboard.getByRole("textbox", { name: "Email" }).fill(OWNER.email);
  await dashboard.getByLabel("Password", { exact: true }).fill(OWNER.password);
  await dashboard.getByRole("button", { name: "Sign in" }).click();
  await dashboard.getByRole("link", { name: "The Blog" }).click();
  await dashboard.getByText(`${origin} asked for these comments`).waitFor();
  await dashboard.getByRole("button", { name: "Add", exact: true }).first().click();
  await dashboard.getByRole("button", { name: `Remove ${origin}` }).waitFor();
  await owner.reload();
  await thread.composer.waitFor();
});

scene("a wrong data-site tells the owner where to look", async (stage) => {
  const ada = await stage.person("Ada");
  ada.trouble.expect(answered(404));
  await ada.page.goto(stage.article("/article", { site: "blgo" }));
  await ada.thread.says("There is no site “blgo” on this comments server. Site owner: check data-site.");
});

scene("comments that cannot be loaded can be asked for again", async (stage) => {
  const zoe = await stage.visitor().signIn(stage.mailbox, "zoe@example.org", "Zoe");
  await zoe.post("/article", "Still here");
  const ada = await stage.person("Ada");
  ada.trouble.expect(/ERR_FAILED/);
  await ada.context.route("**/thread?*", (route) => route.abort());
  await ada.page.goto(stage.article());
  await ada.thread.says("Comments couldn’t load.");
  await ada.context.unroute("**/thread?*");
  await ada.thread.button("Retry").click();
  await ada.thread.comment("Still here").appears();
});

scene("a part of the widget that cannot be loaded can be asked for again", async (stage) => {
  const ada = await stage.person("Ada");
  ada.trouble.expect(/ERR_FAILED|Failed to fetch dynamically imported module/);
  await ada.context.route("**/widget/thread-*.js", (route) => route.abort());
  await ada.page.goto(stage.article());
  const retry = ada.thread.button(/Retry/);
  await retry.waitFor();
  await ada.context.unroute("**/widget/thread-*.js");
  await retry.click();
  await ada.thread.ready();
  await ada.thread.composer.waitFor();
});

scene("nothing, too much and a bare space are told before anybody is asked", async (stage) => {
  await stage.server.command("site", "set", "blog", "--body-max-chars", "100");
  const ada = await stage.person("Ada");
  const thread = await ada.open(stage.article());
  await thread.composer.click();
  await thread.post.click();
  await thread.says("Write something first.");
  await thread.write("x".repeat(101));
  await thread.says("1 character too many");
});

scene("without a mail server people are not offered a mail", { mail: false }, async (stage) => {
  const ada = await stage.person("Ada");
  const thread = await ada.open(stage.article());
  await thread.say("No mail here");
  await thread.panel.waitFor();
  assert.equal(await thread.panel.getByRole("button", { name: "Email me a code" }).count(), 0);
  await thread.asGuest("Gus");
  await thread.comment("No mail here").says("Waiting for approval");
});

scene("an account that was signed out elsewhere is asked to sign in again, and the text stays", async (stage) => {
  const article = stage.article();
  const ada = await stage.person("Ada");
  const laptop = await stage.person("Ada's laptop");
  const thread = await ada.open(article);
  await thread.signIn(stage.mailbox, "ada@example.org", "Ada");
  await laptop.open(article);
  await laptop.thread.signIn(stage.mailbox, "ada@example.org");
  await laptop.thread.signOut({ everywhere: true });

  ada.trouble.expect(answered(401));
  await thread.say("Am I still here?");
  await thread.panel.waitFor();
  assert.equal(await thread.composer.inputValue(), "Am I still here?");
  await thread.signInByEmail(stage.mailbox, "ada@example.org");
  await thread.comment("Am I still here?").appears();
});
