/** A second factor for people whose account can do harm: an authenticator's codes beside the password. */

import { useEffect, useRef, useState } from "preact/hooks";
import { said } from "../ask.js";
import { copyButton } from "../dom.js";
import { offerFactor, type Offer, renewCodes, type State, turnOffFactor, turnOnFactor } from "./api.js";
import { Field, Form, kindOf } from "./forms.tsx";

type Props = { state: State; onChange: () => Promise<void> };

export function SecondFactorCard({ state, onChange }: Props) {
  const [offer, setOffer] = useState<Offer | null>(null);
  const [codes, setCodes] = useState<string[] | null>(null);
  const [step, setStep] = useState<"off" | "renew" | null>(null);
  const shared = { hasPassword: state.has_password };
  const done = async (made: string[] | null) => {
    setOffer(null);
    setStep(null);
    setCodes(made);
    await onChange();
  };
  return (
    <section class="card stack" aria-labelledby="factor-title">
      <h2 id="factor-title">Second step</h2>
      {codes && <Recovery codes={codes} onKept={() => setCodes(null)} />}
      {state.second_factor === null && !offer && (
        <Form {...shared} label="Set up an authenticator" quiet done="" send={async () => setOffer(await offerFactor())}>
          <p>You help to run a site. With a code from an app on your phone, asked for whichever way you sign in, nobody gets in who only learns your password or reads your mail.</p>
        </Form>
      )}
      {offer && (
        <WithCode {...shared} label="Turn on" onCancel={() => setOffer(null)} send={async (code) => done(await turnOnFactor(code))}>
          <p>Scan this with an authenticator app, then type the six digits it shows. All other browsers are signed out then.</p>
          <img class="qr" src={offer.picture} alt="QR code for the authenticator app" width={220} height={220} />
          <p class="hint">No camera? Type this secret into the app:</p>
          <p class="secret" dir="ltr">{offer.secret.replace(/(.{4})(?=.)/g, "$1 ")}</p>
        </WithCode>
      )}
      {state.second_factor !== null && !codes && (
        <>
          <p><span class="tick" aria-hidden="true">✓</span> On. {left(state.second_factor)}</p>
          {step === null && (
            <div class="buttons">
              <button type="button" class="secondary" onClick={() => setStep("renew")}>New recovery codes</button>
              <button type="button" class="quiet" onClick={() => setStep("off")}>Turn off…</button>
            </div>
          )}
          {step === "renew" && <WithCode {...shared} label="Make new codes" onCancel={() => setStep(null)} send={async (code) => done(await renewCodes(code))}><p>The old recovery codes are worth nothing then.</p></WithCode>}
          {step === "off" && <WithCode {...shared} label="Turn off" onCancel={() => setStep(null)} send={async (code) => { await turnOffFactor(code); await done(null); }}><p>Your password, or a mail to your address, will be enough to sign in.</p></WithCode>}
        </>
      )}
    </section>
  );
}

const left = (n: number): string => (n === 0 ? "No recovery codes are left: make new ones." : n === 1 ? "One recovery code is left." : `${n} recovery codes are left.`);

type WithCodeProps = {
  label: string;
  hasPassword: boolean;
  send: (code: string) => Promise<void>;
  onCancel: () => void;
  children: preact.ComponentChildren;
};

function WithCode({ label, hasPassword, send, onCancel, children }: WithCodeProps) {
  const [code, setCode] = useState("");
  const [error, setError] = useState<unknown>(null);
  const beside = ["wrong-second-factor", "second-factor-needed"];
  return (
    <Form label={label} done="" hasPassword={hasPassword} onCancel={onCancel} beside={beside} onError={setError} send={() => send(code)}>
      {children}
      <Field label="Code" value={code} onText={setCode} inputMode="numeric" autocomplete="one-time-code" dir="ltr"
        error={beside.includes(kindOf(error) ?? "") ? said(error) : null} />
    </Form>
  );
}

/** Shown this once. */
function Recovery({ codes, onKept }: { codes: string[]; onKept: () => void }) {
  const copy = useRef<HTMLSpanElement>(null);
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    copy.current?.replaceChildren(copyButton(() => codes.join("\n"), "Copy all"));
    box.current?.focus();
  }, [codes]);
  return (
    <div class="note stack" ref={box} tabIndex={-1}>
      <p><strong>Keep these recovery codes</strong> where you find them without your phone. Each signs you in once. They are shown only now.</p>
      <ol class="codes" dir="ltr">{codes.map((code) => <li key={code}>{code}</li>)}</ol>
      <div class="buttons"><button type="button" class="primary" onClick={onKept}>I have kept them</button> <span ref={copy} /></div>
    </div>
  );
}
