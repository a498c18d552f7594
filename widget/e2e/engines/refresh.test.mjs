/** Answers that are lost on their way, and tabs that refresh at once: nobody is signed out by either. */

import assert from "node:assert/strict";
import { eventually } from "../support/eventually.mjs";
import { inEachEngine } from "../support/engines/scene.mjs";

/** A little more than an hour: every refresh after it hands out a new token. */
const ROTATION_SECS = 3_700;
const RACES = Number(process.env.AFTERWORD_RACES ?? 100);
/** Where the session lives, in both of its places as far as the engine has them. */
const PLACES = ["as it comes", "server refused"];

/** Waits for the start and loads anew; what it says of itself is for the test. */
const AT_THE_LINE = `<script>
  if (localStorage.getItem("lockless")) Object.defineProperty(Navigator.prototype, "locks", { value: undefined });
  Object.assign(document.documentElement.dataset, { race: sessionStorage.getItem("race"), locks: typeof navigator.locks });
  new BroadcastChannel("race").onmessage = ({ data }) => {
    sessionStorage.setItem("race", data);
    setTimeout(() => location.reload());
  };
</script>`;

const isRefresh = (request) => request.method === "POST" && request.url.endsWith("/auth/refresh");

for (const keeps of PLACES) {
  inEachEngine(`a refresh that is lost at any point signs nobody out, cookies ${keeps}`, { keeps, moved: true }, async (stage) => {
    const ada = await stage.reader();
    await ada.open(stage.article());
    await ada.signInByMail(stage.mailbox, "ada@example.org", "Ada");
    // Before it is sent, after the server wrote, in the middle of the answer; and each of them three times in a row.
    for (const weather of ["drop", "lose", "cut", "lose", "lose", "lose", "cut", "cut", "cut"]) {
      await stage.clock.forward(ROTATION_SECS);
      let lost = 0;
      stage.way.weather = (request) => (isRefresh(request) && lost++ === 0 ? weather : "fair");
      await ada.reload();
      await eventually("the refresh to be lost", () => lost > 0);
      stage.way.weather = () => "fair";
      await ada.reload();
      await ada.isSignedIn();
    }
  });

  inEachEngine(`two tabs that refresh at once, ${RACES} times with and without locks, cookies ${keeps}`, { keeps, moved: true }, async (stage) => {
    const ada = await stage.reader();
    const article = stage.article("/article", { head: AT_THE_LINE });
    await ada.open(article);
    await ada.signInByMail(stage.mailbox, "ada@example.org", "Ada");
    const other = await ada.newTab();
    await other.open(article);
    await other.isSignedIn();
    let refreshes = 0;
    let all = 0;
    stage.way.weather = (request) => (isRefresh(request) && (refreshes++, all++), "fair");
    for (let race = 1; race <= RACES; race++) {
      if (race > RACES / 2) await ada.tab.ask(() => localStorage.setItem("lockless", "yes"));
      await stage.clock.forward(ROTATION_SECS);
      refreshes = 0;
      await ada.tab.ask((race) => new BroadcastChannel("race").postMessage(race), race);
      for (const tab of [ada, other]) {
        await eventually(`race ${race} to begin`, async () => (await tab.tab.ask(() => document.documentElement.dataset.race)) === String(race), 20_000);
        await tab.isSignedIn();
      }
      assert.ok(refreshes >= 2, `both tabs refreshed in race ${race}: ${refreshes}`);
    }
    stage.figure(`${RACES} races, ${all} refreshes, nobody signed out`);
    assert.equal(await ada.tab.ask(() => document.documentElement.dataset.locks), "undefined", "the control: the second half had no locks");
  });
}
