/** Forms: what is wrong is said beside its field, and nothing typed is ever lost. */

import { Refused, said } from "./ask.js";

/** Which field a refusal is about, so that its message stands there. */
export type FieldOf = Record<string, string>;

interface Options {
  /** Refusal kind → name of the field it concerns. */
  fields?: FieldOf;
  /** Sends what was typed. What it throws is shown. */
  send: (values: FormData) => Promise<void>;
}

/** Sends a form by script, once at a time, and shows refusals beside the field or above the button. */
export function handle(form: HTMLFormElement, { fields = {}, send }: Options): void {
  form.noValidate = true;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (form.getAttribute("aria-busy") === "true") return;
    clear(form);
    if (!complete(form)) return;
    busy(form, true);
    send(new FormData(form))
      .catch((error: unknown) => {
        const field = error instanceof Refused ? fields[error.kind] : undefined;
        blame(form, field, said(error));
      })
      .finally(() => busy(form, false));
  });
}

/** A value of a form as text. */
export function value(values: FormData, name: string): string {
  const found = values.get(name);
  return typeof found === "string" ? found : "";
}

/** Says what is wrong with a field; without one, with the whole form. */
export function blame(form: HTMLFormElement, field: string | undefined, message: string): void {
  const input = field === undefined ? null : form.elements.namedItem(field);
  if (input instanceof HTMLInputElement || input instanceof HTMLTextAreaElement) {
    mark(input, message);
    input.focus();
    return;
  }
  const place = form.querySelector<HTMLElement>("[data-error]");
  if (!place) return;
  place.textContent = message;
  place.hidden = false;
}

/** Fields that must be filled in, checked here so that the words and the place are ours. */
function complete(form: HTMLFormElement): boolean {
  let first: HTMLInputElement | HTMLTextAreaElement | undefined;
  for (const input of form.elements) {
    if (!(input instanceof HTMLInputElement || input instanceof HTMLTextAreaElement)) continue;
    if (input.willValidate && !input.validity.valid) {
      mark(input, complaint(input));
      first ??= input;
    }
  }
  first?.focus();
  return first === undefined;
}

function complaint(input: HTMLInputElement | HTMLTextAreaElement): string {
  if (input.validity.valueMissing) return input.dataset["missing"] ?? "This is needed.";
  if (input.validity.typeMismatch && input.type === "email") return "That is not an email address yet.";
  return input.dataset["wrong"] ?? input.validationMessage;
}

function mark(input: HTMLElement, message: string): void {
  input.setAttribute("aria-invalid", "true");
  const place = input.closest(".field")?.querySelector<HTMLElement>(".error");
  if (!place) return;
  place.id ||= `${input.id}-error`;
  place.textContent = message;
  place.hidden = false;
  const described = new Set((input.getAttribute("aria-describedby") ?? "").split(" ").filter(Boolean));
  described.add(place.id);
  input.setAttribute("aria-describedby", [...described].join(" "));
  input.addEventListener(
    "input",
    () => {
      input.removeAttribute("aria-invalid");
      place.hidden = true;
    },
    { once: true },
  );
}

function clear(form: HTMLFormElement): void {
  for (const place of form.querySelectorAll<HTMLElement>("[data-error], .error")) {
    place.hidden = true;
    place.textContent = "";
  }
  for (const input of form.querySelectorAll("[aria-invalid]")) input.removeAttribute("aria-invalid");
}

function busy(form: HTMLFormElement, on: boolean): void {
  form.setAttribute("aria-busy", String(on));
  // Not `disabled`: that would throw the focus out of the button.
  form.querySelector("button[type=submit]")?.setAttribute("aria-disabled", String(on));
}

/** Lets people see what they type into a password field. */
export function revealable(form: HTMLFormElement): void {
  for (const button of form.querySelectorAll<HTMLButtonElement>("button[data-reveals]")) {
    const input = form.elements.namedItem(button.dataset["reveals"] ?? "");
    if (!(input instanceof HTMLInputElement)) continue;
    button.hidden = false;
    button.addEventListener("click", () => {
      const show = input.type === "password";
      input.type = show ? "text" : "password";
      button.textContent = show ? "Hide" : "Show";
      button.setAttribute("aria-pressed", String(show));
    });
  }
}
