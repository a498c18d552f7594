/** Accounts elsewhere that lead into this one. */

import { useState } from "preact/hooks";
import { day } from "../times.js";
import { type Identity, linkIdentity, type Provider, type State, unlinkIdentity } from "./api.js";
import { Field, Form } from "./forms.tsx";

type Props = { state: State; onChange: () => Promise<void>; refused: string | null };

export function IdentitiesCard({ state, onChange, refused }: Props) {
  return (
    <section class="card stack" aria-labelledby="identities-title">
      <h2 id="identities-title">Accounts elsewhere</h2>
      {refused && <p class="alert" role="alert">{why(refused)}</p>}
      {state.identities.length === 0
        ? <p class="hint">Link an account that you have elsewhere, and sign in with it from then on.</p>
        : <ul class="rows">{state.identities.map((each) => <Linked key={each.key} identity={each} state={state} onChange={onChange} />)}</ul>}
      <div class="buttons">{state.providers.map((provider) => <Linking key={provider.id} provider={provider} hasPassword={state.has_password} />)}</div>
    </section>
  );
}

function why(kind: string): string {
  switch (kind) {
    case "identity-taken":
      return "That account is linked to somebody else’s account here. Sign in with it instead, or unlink it there first.";
    case "cancelled":
      return "Nothing was linked: you said no there, or closed its page too early.";
    case "session-ended":
      return "Nothing was linked: you were signed out meanwhile. Try again.";
    default:
      return "Nothing was linked: the other side could not be asked, or its answer was not as expected. Try again.";
  }
}

function Linked({ identity, state, onChange }: { identity: Identity; state: State; onChange: () => Promise<void> }) {
  const [sure, setSure] = useState(false);
  const what = identity.label ? `${identity.name}, ${identity.label}` : identity.name;
  return (
    <li>
      <div>
        <p><strong>{identity.name}</strong>{identity.label && <> <bdi>{identity.label}</bdi></>}</p>
        <p class="hint">Linked on {day(identity.linked_at)}, last used on {day(identity.used_at)}.</p>
      </div>
      {sure
        ? (
          <Form label="Unlink" danger done="" hasPassword={state.has_password} onCancel={() => setSure(false)}
            send={async () => { await unlinkIdentity(identity.key); await onChange(); }} />
        )
        : <button type="button" class="quiet" aria-label={`Unlink ${what}`} onClick={() => setSure(true)}>Unlink…</button>}
    </li>
  );
}

function Linking({ provider, hasPassword }: { provider: Provider; hasPassword: boolean }) {
  const [server, setServer] = useState("");
  const go = async () => location.assign(await linkIdentity(provider.id, server.trim() || null));
  return (
    <Form label={`Link ${provider.name}`} quiet done="" hasPassword={hasPassword} send={go}>
      {provider.asks_for_server && <Field label="Your server" value={server} onText={setServer} dir="ltr" autocomplete="off" hint={`Where your ${provider.name} account is: social.example.`} />}
    </Form>
  );
}
