/** What is stored about somebody, in plain words, with the actual values. */

import { useState } from "preact/hooks";
import { useAttempt } from "../../../components/useAttempt.ts";
import { path, said } from "../ask.js";
import { day } from "../times.js";
import { loadStored, STORED, type Stored } from "./api.js";

export function StoredCard() {
  const { busy, error, attempt } = useAttempt();
  const [stored, setStored] = useState<Stored | null>(null);
  const show = () => attempt(async () => setStored(await loadStored()));
  return (
    <section class="card stack" aria-labelledby="stored-title">
      <h2 id="stored-title">What we store about you</h2>
      {stored ? <Facts stored={stored} /> : <p>Everything this server keeps about you, to read here or to take with you.</p>}
      {error ? <p class="alert" role="alert">{said(error)}</p> : null}
      <div class="buttons">
        {!stored && <button type="button" class="secondary" aria-disabled={busy} onClick={() => void show()}>Show it</button>}
        <a class="button secondary" href={path(STORED)} download="afterword-about-me.json">Download</a>
      </div>
    </section>
  );
}

const count = (n: number, one: string, more: string): string => `${n} ${n === 1 ? one : more}`;

function Facts({ stored }: { stored: Stored }) {
  return (
    <dl class="facts">
      <dt>Your name</dt>
      <dd>{stored.name ? <><bdi>{stored.name}</bdi>, which everybody sees.</> : "None yet."}</dd>
      <dt>Your address</dt>
      <dd>{stored.email ? <><bdi>{stored.email}</bdi>, which nobody else sees. It signs you in, and gets mail about your account.</> : "None."}</dd>
      <dt>Your password</dt>
      <dd>{stored.has_password ? "A hash of it, from which it cannot be read." : "None."}{stored.has_second_factor && " And the secret that your authenticator has, too."}</dd>
      {stored.identities.length > 0 && (
        <>
          <dt>Your accounts elsewhere</dt>
          <dd><ul>{stored.identities.map((each) => <li key={each.key}>{each.name}: <bdi>{each.label ?? "your permanent number there"}</bdi>, linked on {day(each.linked_at)}.</li>)}</ul></dd>
        </>
      )}
      <dt>Your account</dt>
      <dd>Made on {day(stored.since)}.</dd>
      <dt>Your comments</dt>
      <dd>{stored.sites.length === 0
        ? "You wrote none."
        : <ul>{stored.sites.map(({ site, comments }) => <li key={site}><bdi>{site}</bdi>: {count(comments, "comment", "comments")}, with its earlier texts.</li>)}</ul>}</dd>
      <dt>Your likes</dt>
      <dd>{count(stored.likes, "like", "likes")}.</dd>
      <dt>Where your comments were sent from</dt>
      <dd>{stored.origins.length === 0
        ? "Nothing: it is deleted 30 days after a comment."
        : <ul>{stored.origins.map((held) => (
          <li key={`${held.address} ${held.browser}`}><bdi dir="ltr">{held.address ?? "no address"}</bdi>, <bdi dir="ltr">{held.browser || "no browser named"}</bdi>: {count(held.comments, "comment", "comments")}, deleted in {count(held.days_left, "day", "days")}.</li>
        ))}</ul>}</dd>
      <dt>Browsers</dt>
      <dd>{count(stored.sessions.length, "signed-in browser", "signed-in browsers")}, listed above: what each called itself, when it signed in and when it was last used.
        {stored.known_browsers > 0 && ` ${count(stored.known_browsers, "browser", "browsers")} that signed in by password, so that others cannot lock you out.`}</dd>
    </dl>
  );
}
