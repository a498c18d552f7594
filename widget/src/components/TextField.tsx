type Props = {
  label: string;
  value: string;
  onText: (text: string) => void;
  type?: "email";
  name?: string;
  class?: string;
  inputMode?: "numeric";
  autocomplete: "email" | "nickname" | "one-time-code" | "off";
  autocapitalize?: "characters";
  spellcheck?: boolean;
  required?: boolean;
  maxLength?: number;
  dir?: "auto" | "ltr";
};

/** A line to type into, with a label that stays. */
export function TextField({ label, value, onText, type, ...input }: Props) {
  const field = { ...input, value, onInput: (event: { currentTarget: HTMLInputElement }) => onText(event.currentTarget.value) };
  return <label><span>{label}</span>{type ? <input type="email" {...field} /> : <input {...field} />}</label>;
}
