/** A person as their first letters on a colour of their own: no picture is ever requested. */

/** The first letters of the first and of the last word. */
export function initials(name: string): string {
  const letters = name.trim().split(/\s+/).map((word) => [...word][0] ?? "");
  return (letters.length > 1 ? `${letters[0]}${letters[letters.length - 1]}` : (letters[0] ?? "")).toLocaleUpperCase();
}

export function Avatar({ name, hue }: { name: string; hue: number }) {
  return (
    <span class="avatar" part="avatar" aria-hidden="true" style={{ "--_hue": `${hue}` }}>
      {initials(name)}
    </span>
  );
}
