/** The site says who its reader is: no window, nothing to press. */

import assert from "node:assert/strict";
import { createHmac, randomUUID } from "node:crypto";
import { scene } from "./support/scene.mjs";
import { answered } from "./support/trouble.mjs";

/** Switches it on, and gives what makes a token as the site does. */
async function signer(stage) {
  const said = await stage.server.command("site", "sso", "blog", "--new-secret");
  const secret = /\S{32,}/.exec(said.replaceAll(/https?:\S+/g, ""))[0];
  const part = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
  return (claims) => {
    const now = Math.floor(Date.now() / 1000);
    const signed = `${part({ alg: "HS256", typ: "JWT" })}.${part({ aud: "blog", iat: now, exp: now + 240, jti: randomUUID(), ...claims })}`;
    return `${signed}.${createHmac("sha256", secret).update(signed).digest("base64url")}`;
  };
}

scene("who is signed in on the site comments without signing in again", async (stage) => {
  const sign = await signer(stage);
  const zoe = await stage.person("Zoe");
  const page = (token) => stage.article("/article", { tag: `data-sso="${token}"` });
  const thread = await zoe.open(page(sign({ sub: "7", name: "Zoe of the Blog" })));
  await thread.account.and(zoe.page.getByLabel("Your account: Zoe of the Blog")).waitFor();
  await thread.write("Said by a member of the site");
  await thread.says("Commenting as Zoe of the Blog · via The Blog");
  await thread.post.click();
  await thread.comment("member of the site").appears();

  // The page stands in a cache: its token was used, and the session goes on.
  await zoe.reload();
  await thread.account.waitFor();

  // Another member on the same machine, then nobody.
  page(sign({ sub: "8", name: "Yan of the Blog" }));
  await zoe.reload();
  await thread.account.and(zoe.page.getByLabel("Your account: Yan of the Blog")).waitFor();
  page("");
  await zoe.reload();
  await thread.button("Sign in").waitFor();
});

scene("a page that stays open asks its function when a token is needed", async (stage) => {
  const sign = await signer(stage);
  const zoe = await stage.person("Zoe");
  await zoe.context.exposeFunction("token", () => sign({ sub: "7", name: "Zoe of the Blog" }));
  const script = `<script>addEventListener("load", () => Afterword.mount(document.querySelector("#here"), { site: "blog", lazy: "no", sso: () => token() }));</script>`;
  const thread = await zoe.open(stage.article("/article", { site: "", place: `<div id="here"></div>${script}` }));
  await thread.account.waitFor();

  // Signed out everywhere, from another browser.
  const laptop = await stage.person("Zoe's laptop");
  await laptop.open(stage.article("/other", { tag: `data-sso="${sign({ sub: "7", name: "Zoe of the Blog" })}"` }));
  await laptop.thread.account.waitFor();
  await laptop.thread.signOut({ everywhere: true });
  zoe.trouble.expect(answered(401));
  await thread.say("Still here");
  await thread.comment("Still here").appears();
});

scene("a token that is refused leaves the ordinary ways, and tells the owner why", async (stage) => {
  const sign = await signer(stage);
  const zoe = await stage.person("Zoe");
  const said = [];
  zoe.page.on("console", (message) => message.type() === "warning" && said.push(message.text()));
  zoe.trouble.expect(answered(401), answered(403), answered(410));
  const thread = await zoe.open(stage.article("/article", { tag: `data-sso="${sign({ sub: "7", name: "Zoe", aud: "another" })}"` }));
  await thread.signIn(stage.mailbox, "zoe@example.org", "Zoe");
  assert.match(said.join("\n"), /^Afterword: single sign-on did not work: .+/m);
});
