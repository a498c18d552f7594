/** Name, address, password. */

import { useState } from "preact/hooks";
import { said } from "../ask.js";
import { askAddress, removePassword, setName, setPassword, type State } from "./api.js";
import { Field, Form, kindOf, PasswordField } from "./forms.tsx";

type Props = { state: State; onChange: () => Promise<void> };

const NAME_TROUBLE = ["empty-name", "name-too-long", "name-has-controls", "name-taken"];

export function NameCard({ state, onChange }: Props) {
  const [name, setText] = useState(state.name ?? "");
  const [error, setError] = useState<unknown>(null);
  const beside = NAME_TROUBLE.includes(kindOf(error) ?? "");
  return (
    <section class="card stack" aria-labelledby="name-title">
      <h2 id="name-title">Name</h2>
      <Form label="Save name" done="Your name was saved." hasPassword={state.has_password} beside={NAME_TROUBLE} onError={setError}
        send={async () => { await setName(name); await onChange(); }}>
        <Field label="Display name" value={name} onText={setText} autocomplete="nickname" maxLength={120} dir="auto"
          hint="What everybody sees beside your comments, on every site." error={beside ? said(error) : null} />
      </Form>
    </section>
  );
}

export function AddressCard({ state }: Props) {
  const [email, setText] = useState("");
  const [error, setError] = useState<unknown>(null);
  const [sent, setSent] = useState<string | null>(null);
  return (
    <section class="card stack" aria-labelledby="address-title">
      <h2 id="address-title">Email</h2>
      <p>{state.email ? <><bdi class="value">{state.email}</bdi>{state.email_verified ? null : " (not confirmed)"}</> : "Your account has no address."}</p>
      {!state.mail && <p class="hint">This server sends no mail, so the address cannot be changed here.</p>}
      {state.mail && (sent
        ? <p class="outcome" role="status">We sent a link to <bdi>{sent}</bdi>. Open it within ten minutes, in this browser. Until then nothing changes.</p>
        : (
          <Form label={state.email ? "Change address" : "Add address"} quiet done="" hasPassword={state.has_password} beside={["invalid-email"]} onError={setError}
            send={async () => { await askAddress(email); setSent(email); }}>
            <Field label="New address" type="email" value={email} onText={setText} autocomplete="email" dir="ltr"
              hint="A link there shows that it is yours. All other browsers are signed out then, and the old address is told."
              error={kindOf(error) === "invalid-email" ? said(error) : null} />
          </Form>
        ))}
    </section>
  );
}

const PASSWORD_TROUBLE = ["password-too-short", "password-too-long", "password-guessable"];

export function PasswordCard({ state, onChange }: Props) {
  const [old, setOld] = useState("");
  const [fresh, setFresh] = useState("");
  const [error, setError] = useState<unknown>(null);
  const [removing, setRemoving] = useState(false);
  const kind = kindOf(error) ?? "";
  const about = [...(state.name ?? "").split(" "), ...(state.email ?? "").split("@")];
  const send = async () => {
    await setPassword(old || null, fresh);
    setOld("");
    setFresh("");
    await onChange();
  };
  if (!state.email) {
    return (
      <section class="card stack" aria-labelledby="password-title">
        <h2 id="password-title">Password</h2>
        <p class="hint">A password goes with an address: add one first.</p>
      </section>
    );
  }
  return (
    <section class="card stack" aria-labelledby="password-title">
      <h2 id="password-title">Password</h2>
      {!state.has_password && <p class="hint">You have none, and need none: it is one more way to sign in.</p>}
      <Form label={state.has_password ? "Change password" : "Set a password"} quiet done="Your password was saved. All other browsers were signed out."
        hasPassword={state.has_password} beside={[...PASSWORD_TROUBLE, "wrong-password"]} onError={setError} send={send}>
        {state.has_password && <PasswordField label="Current password" value={old} onText={setOld}
          hint="Forgotten? Leave this empty within a quarter of an hour after signing in another way."
          error={kind === "wrong-password" ? "That is not your current password." : null} />}
        <PasswordField label="New password" value={fresh} onText={setFresh} fresh={{ about, two: state.second_factor !== null }}
          error={PASSWORD_TROUBLE.includes(kind) ? said(error) : null} />
      </Form>
      {state.has_password && (removing
        ? (
          <Form label="Remove password" danger done="Your password was removed." hasPassword={state.has_password} onCancel={() => setRemoving(false)}
            send={async () => { await removePassword(); setRemoving(false); await onChange(); }}>
            <p>Without a password you sign in by email or with an account from elsewhere. All other browsers are signed out.</p>
          </Form>
        )
        : <button type="button" class="quiet" onClick={() => setRemoving(true)}>Remove password…</button>)}
    </section>
  );
}
