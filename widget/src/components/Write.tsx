import type { ComponentChild } from "preact";
import { addStyles } from "../styles/sheets.ts";
import css from "./Write.css";

addStyles(css);

type Props = {
  label: string;
  placeholder?: string;
  text: string;
  onText: (text: string) => void;
  open: boolean;
  onOpen?: () => void;
  /** What stands below the text once it is open. */
  children?: ComponentChild;
};

/** As high as what is written, where the style sheet alone cannot say so. */
function fit(area: HTMLTextAreaElement | null): void {
  if (!area || CSS.supports("field-sizing", "content")) return;
  area.style.height = "auto";
  area.style.height = `${area.scrollHeight}px`;
}

/** The place to write: one line that grows. What can be done with the text comes with the composer's chunk. */
export function Write({ label, placeholder, text, onText, open, onOpen, children }: Props) {
  return (
    <div class={open ? "write open" : "write"} part="composer">
      <textarea
        ref={(area) => fit(area)}
        rows={1}
        dir="auto"
        aria-label={label}
        placeholder={placeholder}
        value={text}
        onFocus={onOpen}
        onInput={(event) => onText(event.currentTarget.value)}
      />
      {open && children}
    </div>
  );
}
