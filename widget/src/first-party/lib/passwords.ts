/** A hint while a new password is typed. The server decides; this only saves a round trip for the plain cases. */

export const MIN_CHARS = 15;
/** With a second factor. */
export const MIN_CHARS_OF_TWO = 8;

export interface Hint {
  text: string;
  /** 0 to 1, for the bar. */
  strength: number;
}

export function hint(password: string, about: string[], least = MIN_CHARS): Hint {
  const length = [...password].length;
  const kinds = new Set(password.toLowerCase()).size;
  if (length === 0) return { text: "Four or five unrelated words make a good one.", strength: 0 };
  if (length < least) {
    const missing = least - length;
    return { text: `${missing} more ${missing === 1 ? "character" : "characters"}.`, strength: (length / least) * 0.5 };
  }
  if (kinds < 6) return { text: "Too few different characters: easy to guess.", strength: 0.4 };
  const lower = password.toLowerCase();
  if (about.some((word) => word.length > 3 && lower.includes(word.toLowerCase()))) {
    return { text: "Leave out your name and address: they are tried first.", strength: 0.5 };
  }
  if (length < 20) return { text: "Long enough.", strength: 0.75 };
  return { text: "Good and long.", strength: 1 };
}

/** Shows the hint below `input`, in the `.strength` of its field. */
export function hinted(input: HTMLInputElement, about: () => string[]): void {
  const field = input.closest(".field");
  const place = field?.querySelector<HTMLElement>(".strength-text");
  const bar = field?.querySelector<HTMLMeterElement>("meter");
  const show = (): void => {
    const { text, strength } = hint(input.value, about());
    if (place) place.textContent = text;
    if (bar) bar.value = strength;
  };
  input.addEventListener("input", show);
  show();
}
