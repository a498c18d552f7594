/** Where somebody is signed in, and signing out there. */

import { useState } from "preact/hooks";
import { useAttempt } from "../../../components/useAttempt.ts";
import { said } from "../ask.js";
import { announce } from "../dom.js";
import { ago } from "../times.js";
import { endAllSessions, endSession, type Session, type State } from "./api.js";

type Props = { state: State; onChange: () => Promise<void> };

export function SessionsCard({ state, onChange }: Props) {
  const { busy, error, attempt } = useAttempt();
  const [sure, setSure] = useState(false);
  const end = (session: Session) => attempt(async () => {
    await endSession(session.id);
    await onChange();
    announce("Signed out there.");
  });
  const endAll = () => attempt(async () => {
    await endAllSessions();
    location.reload();
  });
  return (
    <section class="card stack" aria-labelledby="sessions-title">
      <h2 id="sessions-title">Where you are signed in</h2>
      <ul class="rows">
        {state.sessions.map((session) => (
          <li key={session.id}>
            <div>
              <p><strong>{session.device}</strong>{session.here && <span class="badge">this browser</span>}</p>
              <p class="hint">{placed(session)} · signed in {session.via}, {ago(session.began_at)} · last used {ago(session.used_at)}</p>
            </div>
            {!session.here && <button type="button" class="quiet" aria-disabled={busy} aria-label={`Sign out there: ${session.device}, ${placed(session)}`}
              onClick={() => void end(session)}>Sign out there</button>}
          </li>
        ))}
      </ul>
      {error ? <p class="alert" role="alert">{said(error)}</p> : null}
      {sure
        ? (
          <div class="buttons">
            <button type="button" class="secondary bad" aria-disabled={busy} onClick={() => void endAll()}>Yes, sign out everywhere</button>
            <button type="button" class="quiet" onClick={() => setSure(false)}>Cancel</button>
          </div>
        )
        : <div><button type="button" class="secondary" onClick={() => setSure(true)}>Sign out everywhere…</button></div>}
    </section>
  );
}

function placed({ place }: Session): string {
  if (place.kind === "site") return place.origin ? `${place.name} (${place.origin.replace(/^https?:\/\//, "")})` : (place.name ?? "");
  return place.kind === "dashboard" ? "dashboard" : "account page";
}
