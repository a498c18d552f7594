/** Forms of the account page: a field with its label and what is wrong with it, a form that sends once at a time. */

import type { ComponentChild } from "preact";
import { useEffect, useId, useRef, useState } from "preact/hooks";
import { useAttempt } from "../../../components/useAttempt.ts";
import { Refused, said } from "../ask.js";
import { announce } from "../dom.js";
import { hint, MIN_CHARS, MIN_CHARS_OF_TWO } from "../passwords.js";
import { Confirm } from "./Confirm.tsx";

type FieldProps = {
  label: string;
  value: string;
  onText: (text: string) => void;
  type?: "text" | "email";
  autocomplete: "nickname" | "email" | "one-time-code" | "off";
  hint?: ComponentChild;
  error?: string | null;
  inputMode?: "numeric";
  maxLength?: number;
  dir?: "auto" | "ltr";
};

export function Field({ label, value, onText, hint: note, error, type = "text", ...input }: FieldProps) {
  const id = useId();
  const described = [note && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(" ");
  const shared = {
    ...input, id, value, spellcheck: false, onInput: (event: { currentTarget: HTMLInputElement }) => onText(event.currentTarget.value),
    "aria-invalid": error ? ("true" as const) : undefined, "aria-describedby": described || undefined,
  };
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {type === "email" ? <input {...shared} type="email" /> : <input {...shared} type="text" />}
      {note && <p class="hint" id={`${id}-hint`}>{note}</p>}
      {error && <p class="error" id={`${id}-error`}>{error}</p>}
    </div>
  );
}

type PasswordProps = {
  label: string;
  value: string;
  onText: (text: string) => void;
  error?: string | null;
  hint?: ComponentChild;
  /** A new one: says how good it is, given what is tried first and whether a second factor makes up for length. */
  fresh?: { about: string[]; two: boolean };
};

/** A password, which can be looked at while it is typed. */
export function PasswordField({ label, value, onText, error, hint: note, fresh }: PasswordProps) {
  const id = useId();
  const [shown, setShown] = useState(false);
  const shared = {
    id, value, autocomplete: fresh ? ("new-password" as const) : ("current-password" as const), spellcheck: false,
    onInput: (event: { currentTarget: HTMLInputElement }) => onText(event.currentTarget.value),
    "aria-invalid": error ? ("true" as const) : undefined, "aria-describedby": `${id}-hint`,
  };
  const strength = fresh && hint(value, fresh.about, fresh.two ? MIN_CHARS_OF_TWO : MIN_CHARS);
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <div class="with-button">
        {shown ? <input {...shared} type="text" /> : <input {...shared} type="password" />}
        <button type="button" class="quiet" aria-pressed={shown} onClick={() => setShown(!shown)}>{shown ? "Hide" : "Show"}</button>
      </div>
      {strength && <meter min={0} max={1} low={0.51} high={0.74} optimum={1} value={strength.strength} aria-hidden="true" />}
      <p class={error ? "error" : "hint"} id={`${id}-hint`}>{error ?? strength?.text ?? note}</p>
    </div>
  );
}

/** The kind of a refusal, for what is said beside a field. */
export const kindOf = (error: unknown): string | null => (error instanceof Refused ? error.kind : null);

type FormProps = {
  send: () => Promise<unknown>;
  /** Said once it worked. */
  done: string;
  label: string;
  hasPassword: boolean;
  /** Refusals that are said beside a field, so that they are not said twice. */
  beside?: string[];
  quiet?: boolean;
  danger?: boolean;
  onError?: (error: unknown) => void;
  onCancel?: () => void;
  children?: ComponentChild;
};

/** Sends by a button; where the server wants to know once more that it is them, asks, and goes on. */
export function Form({ send, done, label, hasPassword, beside = [], quiet, danger, onError, onCancel, children }: FormProps) {
  const { busy, error, attempt, setError } = useAttempt();
  const [finished, setFinished] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  const kind = kindOf(error);
  useEffect(() => onError?.(error), [error]);
  useEffect(() => {
    if (kind && beside.includes(kind)) form.current?.querySelector<HTMLInputElement>("[aria-invalid]")?.focus();
  }, [error]);
  const go = async () => {
    setFinished(false);
    if (await attempt(send)) {
      setFinished(true);
      announce(done);
    }
  };
  if (kind === "fresh-sign-in-needed") {
    return <Confirm hasPassword={hasPassword} onDone={() => { setError(null); void go(); }} onCancel={() => setError(null)} />;
  }
  return (
    <form class="stack" noValidate ref={form} aria-busy={busy} onSubmit={(event) => { event.preventDefault(); void go(); }}>
      {children}
      {error && !(kind && beside.includes(kind)) ? <p class="alert" role="alert">{said(error)}</p> : null}
      {finished && !error && <p class="outcome good">{done}</p>}
      <div class="buttons">
        <button type="submit" class={danger ? "secondary bad" : quiet ? "secondary" : "primary"} aria-disabled={busy}>{label}</button>
        {onCancel && <button type="button" class="quiet" onClick={onCancel}>Cancel</button>}
      </div>
    </form>
  );
}
