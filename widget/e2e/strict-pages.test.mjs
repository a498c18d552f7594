/** Host pages that make it hard: strict policies, a polluted prototype, no storage, no secure context, loud styles. */

import assert from "node:assert/strict";
import { makeOwner, signInByPassword } from "./support/owner.mjs";
import { prose } from "./support/host.mjs";
import { scene } from "./support/scene.mjs";

const strict = (server) =>
  `default-src 'none'; script-src ${server}; connect-src ${server}; img-src ${server}; require-trusted-types-for 'script'`;

/** Everything a member does, one thing after the other. */
async function wholeJourney(stage, person, url) {
  const thread = await person.open(url);
  await thread.say("Written on a **difficult** page");
  await thread.signInByEmail(stage.mailbox, "ada@example.org", "Ada");
  await thread.comment("Written on a").appears();
  await thread.comment("Somebody was here").reply("And so was I");
  await thread.comment("And so was I").appears();
  await thread.comment("Somebody was here").like.click();
  await thread.comment("Somebody was here").article.getByRole("button", { name: "Like, 1 like", pressed: true }).waitFor();
  await thread.comment("And so was I").edit("And so was I, `twice`");
  await thread.comment("twice").says("(edited)");
  await thread.comment("Written on a").remove();
  await thread.comment("Written on a").vanishes();
  await thread.write("> a preview");
  await thread.button("Preview").first().click();
  await thread.box.getByRole("region", { name: "Preview" }).locator("blockquote").waitFor();
  return thread;
}

async function somebodyWasHere(stage) {
  const zoe = await stage.visitor().signIn(stage.mailbox, "zoe@example.org", "Zoe");
  await zoe.post("/elsewhere", "A first comment with a link would be held");
  await zoe.post("/article", "Somebody was here\n\n```rust\nfn main() {}\n```\n\n[a link](https://example.org/)");
}

scene("the strictest policy is not violated once, from the first view to signing out", async (stage) => {
  const server = new URL(stage.server.base).origin;
  await somebodyWasHere(stage);
  await makeOwner(stage.server);
  const page = stage.article("/article", { headers: { "content-security-policy": strict(server) } });
  const ada = await stage.person("Ada");
  const thread = await wholeJourney(stage, ada, page);
  await ada.reload();
  await thread.comment("twice").appears();
  await thread.signOut();

  const owner = await stage.person("Olive");
  const mine = await owner.open(page);
  await signInByPassword(owner);
  await mine.comment("twice").tool("Spam").click();
  await mine.comment("twice").says("Marked as spam");

  const guest = await stage.person("Gus");
  const theirs = await guest.open(page);
  await theirs.say("A guest as well");
  await theirs.asGuest("Gus");
  await theirs.comment("A guest as well").says("Waiting for approval");
});

scene("the policy of that test is a real one: breaking it is noticed", async (stage) => {
  const server = new URL(stage.server.base).origin;
  const page = stage.article("/article", { headers: { "content-security-policy": strict(server) } });
  const ada = await stage.person("Ada");
  ada.trouble.expect(/violat|TrustedHTML|Content Security Policy/i);
  await ada.open(page);
  const refused = await ada.page.evaluate(() => {
    try {
      document.createElement("div").innerHTML = "<b>x</b>";
      return false;
    } catch {
      return true;
    }
  });
  assert.ok(refused, "a string is no HTML here");
});

scene("what a page put on Object.prototype gets into nothing", async (stage) => {
  await somebodyWasHere(stage);
  const pollute = `<script>
    Object.prototype.polluted = "polluted";
    Object.prototype.dangerouslySetInnerHTML = { __html: "<img src=x onerror='alert(1)'>" };
    Object.prototype.class = "polluted";
    Object.prototype.onclick = () => { throw new Error("polluted"); };
    Object.prototype.method = "DELETE";
    Object.prototype.body = "polluted";
    Object.prototype.parent = "polluted";
    Object.prototype.next = "polluted";
    Object.prototype.guest = { name: "polluted" };
  </script>`;
  const page = stage.article("/article", { head: pollute });
  const ada = await stage.person("Ada");
  const thread = await wholeJourney(stage, ada, page);
  const found = await thread.box.evaluate((element) => {
    const all = [...element.shadowRoot.querySelectorAll("*")];
    return all.filter((each) => [...each.attributes].some(({ name, value }) => name === "polluted" || value.includes("polluted"))).length
      + element.shadowRoot.querySelectorAll("img").length;
  });
  assert.equal(found, 0);
});

scene("exactly one global is added, and it cannot be changed", async (stage) => {
  const record = "<script>before = new Set([...Object.getOwnPropertyNames(globalThis), 'before']);</script>";
  const page = stage.article("/article", { head: record });
  const ada = await stage.person("Ada");
  const thread = await ada.open(page);
  await thread.say("Loads every part of the widget");
  await thread.signInByEmail(stage.mailbox, "ada@example.org", "Ada");
  await thread.comment("every part").appears();
  const added = await ada.page.evaluate(() => Object.getOwnPropertyNames(globalThis).filter((name) => !globalThis.before.has(name)));
  assert.deepEqual(added, ["Afterword"]);
  const changed = await ada.page.evaluate(() => {
    const mine = () => {};
    globalThis.Afterword.mount = mine;
    return globalThis.Afterword.mount === mine;
  });
  assert.equal(changed, false);
});

scene("no built-in of the page is changed", async (stage) => {
  await somebodyWasHere(stage);
  // Every constructor that the page has, its prototype, and every namespace: each own property, by identity.
  const snapshot = `<script>
    function everything() {
      const seen = new Map();
      const note = (name, object) => {
        for (const key of Reflect.ownKeys(object)) {
          const { value, get, set, writable } = Object.getOwnPropertyDescriptor(object, key);
          seen.set(name + "." + String(key), [typeof value === "object" ? null : value, get, set, writable]);
        }
      };
      for (const name of before) {
        const value = Object.getOwnPropertyDescriptor(globalThis, name)?.value;
        if (typeof value === "function") note(name, value);
        if (typeof value === "function" && value.prototype) note(name + ".prototype", value.prototype);
        if (name === "JSON" || name === "Math" || name === "Reflect") note(name, value);
      }
      return seen;
    }
    before = Object.getOwnPropertyNames(globalThis);
    builtIns = everything();
  </script>`;
  const ada = await stage.person("Ada");
  await wholeJourney(stage, ada, stage.article("/article", { head: snapshot }));
  const [looked, changed] = await ada.page.evaluate(() => {
    const { builtIns, everything } = globalThis;
    const now = everything();
    const names = new Set([...builtIns.keys(), ...now.keys()]);
    const same = (one, other) => one !== undefined && other !== undefined && one.every((part, at) => Object.is(part, other[at]));
    return [builtIns.size, [...names].filter((name) => !same(builtIns.get(name), now.get(name)))];
  });
  assert.ok(looked > 5_000, `only ${looked} properties were looked at`);
  assert.deepEqual(changed, []);
});

scene("without storage one can still read, sign in and post, for as long as the page is open", async (stage) => {
  await somebodyWasHere(stage);
  const deny = `<script>
    for (const area of ["localStorage", "sessionStorage"]) {
      Object.defineProperty(window, area, { get() { throw new DOMException("denied", "SecurityError"); } });
    }
  </script>`;
  const ada = await stage.person("Ada");
  await wholeJourney(stage, ada, stage.article("/article", { head: deny }));
});

scene("a page over plain http has no crypto.subtle, and one signs in all the same", { hosts: ["blog.example"] }, async (stage) => {
  const origin = stage.host.origin.replace("blog.localhost", "blog.example");
  await stage.server.command("site", "set", "blog", "--add-origin", origin);
  stage.article("/article");
  const ada = await stage.person("Ada", { origins: [origin] });
  const thread = await ada.open(`${origin}/article`);
  assert.equal(await ada.page.evaluate(() => isSecureContext), false);
  await thread.say("In clear text");
  await thread.signInByEmail(stage.mailbox, "ada@example.org", "Ada");
  await thread.comment("In clear text").appears();
  await ada.reload();
  await thread.account.waitFor();
});

scene("the page's loud styles stay outside, and ours do not get out", async (stage) => {
  await somebodyWasHere(stage);
  const loud = `<style>
    * { text-transform: uppercase !important; letter-spacing: 5px !important; }
    button, textarea, p, article { display: none !important; color: red !important; }
    main { text-transform: none !important; }
  </style>`;
  const page = stage.article("/article", { head: loud });
  const plain = stage.article("/plain", { above: prose(3) + '<p id="probe">Probe</p><button id="button">Host</button>' });
  const ada = await stage.person("Ada");
  const thread = await ada.open(page);
  await thread.comment("Somebody was here").appears();
  await thread.composer.waitFor();

  const look = () => ada.page.evaluate(() => ["#probe", "#button"].map((id) => {
    const { font, color, backgroundColor, padding } = getComputedStyle(document.querySelector(id));
    return [font, color, backgroundColor, padding];
  }));
  await ada.context.route("**/embed.js", (route) => route.abort());
  ada.trouble.expect(/ERR_FAILED/);
  await ada.page.goto(plain);
  const without = await look();
  await ada.context.unroute("**/embed.js");
  await ada.open(plain);
  assert.deepEqual(await look(), without);
});

scene("two threads and a count on one page share one session and one request for counts", async (stage) => {
  const zoe = await stage.visitor().signIn(stage.mailbox, "zoe@example.org", "Zoe");
  await zoe.post("/one", "Under the first");
  await zoe.post("/two", "Under the second");
  await zoe.post("/two", "Once more under the second");
  const page = stage.article("/both", {
    place: '<afterword-thread site="blog" page="/one"></afterword-thread><afterword-thread site="blog" page="/two"></afterword-thread>',
    above: '<p>One: <afterword-count page="/one">some</afterword-count>, two: <afterword-count page="/two">some</afterword-count>, none: <afterword-count page="/three">some</afterword-count></p>',
  });
  const ada = await stage.person("Ada");
  const asked = [];
  ada.page.on("request", (request) => request.url().includes("/counts?") && asked.push(request.url()));
  await ada.page.goto(page);
  await ada.page.getByText("One: 1, two: 2, none: 0").waitFor();
  assert.equal(asked.length, 1);

  const [one, two] = [ada.page.locator("afterword-thread").nth(0), ada.page.locator("afterword-thread").nth(1)];
  await one.getByRole("article").filter({ hasText: "Under the first" }).waitFor();
  await two.getByRole("article").filter({ hasText: "Once more" }).waitFor();
});

scene("a count that cannot be had leaves the page's own words", async (stage) => {
  const page = stage.article("/article", { above: '<p>Read <afterword-count page="/x">what others say</afterword-count></p>' });
  const ada = await stage.person("Ada");
  await ada.context.route("**/counts?*", (route) => route.abort());
  ada.trouble.expect(/ERR_FAILED/);
  const failed = ada.page.waitForEvent("requestfailed", (request) => request.url().includes("/counts?"));
  await ada.open(page);
  await failed;
  await ada.page.getByText("Read what others say").waitFor();
});
