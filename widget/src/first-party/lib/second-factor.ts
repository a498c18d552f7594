/** A second factor: its field shows only once the server asks for one. */

import { Refused } from "./ask.js";
import { find } from "./dom.js";
import { value } from "./forms.js";

/** What stands in the field, for the request. */
export function code(values: FormData): string | null {
  return value(values, "code").trim() || null;
}

/** Sends; if a code is needed besides, shows its field and waits for it. Other refusals pass. */
export async function withSecondFactor(form: HTMLFormElement, send: () => Promise<void>): Promise<void> {
  try {
    await send();
  } catch (error) {
    if (!(error instanceof Refused && error.kind === "second-factor-needed")) throw error;
    find("[data-second-factor]", HTMLElement, form).hidden = false;
    find("[name=code]", HTMLInputElement, form).focus();
  }
}

/** Where refusals about the code stand. */
export const secondFactorFields = { "wrong-second-factor": "code" };
