/** The chunk that knows who is reading, and asks: for those whom this browser knows, and when somebody acts. */

import { signin } from "./i18n/en/signin.ts";
import { visitor } from "./i18n/en/visitor.ts";
import { learn } from "./i18n/t.ts";
import controls from "./styles/controls.css";
import { addStyles } from "./styles/sheets.ts";

learn(visitor);
learn(signin);
addStyles(controls);

// The thread itself is drawn without hooks; they come with what has a state of its own.
export { useEffect, useMemo, useRef, useState } from "preact/hooks";
export { SignIn } from "./components/SignIn.tsx";
export { OwnActions, StateNote } from "./components/Own.tsx";
export { You } from "./components/You.tsx";
export * from "./components/Trouble.tsx";
export * from "./components/useAttempt.ts";
export * from "./components/useChanges.ts";
export * from "./components/useCountdown.ts";
export { CodeForm } from "./components/EmailSignIn.tsx";
export { TextField } from "./components/TextField.tsx";
export * from "./state/email.ts";
export { waitSecs } from "./state/explain.ts";
export * from "./state/proof.ts";
export * from "./state/visit.ts";
