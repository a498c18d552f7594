/** The account page: one's name, ways to sign in, browsers, and what is stored about one. */

import { render } from "preact";
import { useEffect, useState } from "preact/hooks";
import { loadState, confirmAddress, signOut, type State } from "./lib/account/api.js";
import { Form } from "./lib/account/forms.tsx";
import { AddressCard, NameCard, PasswordCard } from "./lib/account/Profile.tsx";
import { IdentitiesCard } from "./lib/account/Identities.tsx";
import { SecondFactorCard } from "./lib/account/SecondFactor.tsx";
import { SessionsCard } from "./lib/account/Sessions.tsx";
import { StoredCard } from "./lib/account/StoredData.tsx";
import { Refused, said } from "./lib/ask.js";
import { find } from "./lib/dom.js";

const place = find("#view", HTMLElement);
const who = find("#who", HTMLElement);

/** What stands behind the `#`, out of the address bar at once: the token of a link, why nothing was linked. */
function takeFragment(): { token: string | null; refused: string | null } {
  const [, what, value = null] = /^#(confirm|not-linked)=(.+)$/.exec(location.hash) ?? [];
  if (what) history.replaceState(null, "", location.pathname);
  return { token: what === "confirm" ? value : null, refused: what === "not-linked" ? value : null };
}

function Account({ token, refused }: { token: string | null; refused: string | null }) {
  const [state, setState] = useState<State | null>(null);
  const [failure, setFailure] = useState<unknown>(null);
  const [confirming, setConfirming] = useState(token);
  const load = async () => {
    setFailure(null);
    try {
      const loaded = await loadState();
      who.textContent = loaded.name ?? "";
      setState(loaded);
    } catch (error) {
      // The session ended: the same address shows the ways in.
      if (error instanceof Refused && error.status === 401) location.reload();
      else setFailure(error);
    }
  };
  useEffect(() => void load(), []);
  if (failure) {
    return (
      <div><div class="card stack">
        <h1>Your account could not be loaded</h1>
        <p role="alert">{said(failure)}</p>
        <div><button type="button" class="primary" onClick={() => void load()}>Try again</button></div>
      </div></div>
    );
  }
  if (!state) return <p class="waiting"><span class="pulse" aria-hidden="true" /> Loading…</p>;
  const props = { state, onChange: load };
  return (
    <div>
      <h1>Your account</h1>
      {confirming && (
        <section class="card stack" aria-labelledby="confirm-title">
          <h2 id="confirm-title">Use the new address?</h2>
          <Form label="Use it" done="" hasPassword={state.has_password} onCancel={() => setConfirming(null)}
            send={async () => { await confirmAddress(confirming); setConfirming(null); await load(); }}>
            <p>You opened the link that was mailed to your new address. All other browsers will be signed out, and your old address is told.</p>
          </Form>
        </section>
      )}
      <NameCard {...props} />
      <AddressCard {...props} />
      <PasswordCard {...props} />
      {(state.identities.length > 0 || state.providers.length > 0) && <IdentitiesCard {...props} refused={refused} />}
      {state.offers_second_factor && <SecondFactorCard {...props} />}
      <SessionsCard {...props} />
      <StoredCard />
    </div>
  );
}

find("#sign-out", HTMLButtonElement).addEventListener("click", () => {
  void signOut().finally(() => location.reload());
});
place.replaceChildren();
render(<Account {...takeFragment()} />, place);
