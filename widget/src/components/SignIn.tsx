import type { ComponentChild } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { t } from "../i18n/t.ts";
import type { ThreadState } from "../state/thread.ts";
import { visit } from "../state/visit.ts";
import { addStyles } from "../styles/sheets.ts";
import { EmailSignIn } from "./EmailSignIn.tsx";
import { GuestForm } from "./GuestForm.tsx";
import { NameForm } from "./NameForm.tsx";
import css from "./SignIn.css";
import { lazy } from "./lazy.tsx";
import { useChanges } from "./useChanges.ts";

addStyles(css);

const Ways = lazy("ways", "Ways", true);

type Props = {
  thread: ThreadState;
  /** Asked at Post: a name will do, where the site takes guests. */
  toPost?: boolean;
  onDone?: () => void;
  onClose?: () => void;
};

/** Apps with a browser of their own, which keep windows from opening. */
const IN_APP = /FBA[NV]|Instagram|Line\/|Twitter|LinkedInApp|Snapchat|; wv\)/;

/**
 * Who is it? An account from elsewhere, an address, or a guest's name where that is enough. What was used last in this
 * browser comes first; in an app's own browser the address does.
 */
export function SignIn({ thread, toPost = false, onDone, onClose }: Props) {
  const session = useChanges(visit(thread).session);
  const [step, setStep] = useState<"choose" | "code" | "window">("choose");
  const box = useRef<HTMLElement>(null);
  const { asking, site } = thread;
  const nameless = session.visitor?.kind === "member" && session.visitor.name === null;

  const close = onClose ?? (() => thread.ask(null));
  const done = () => {
    if (session.visitor?.kind === "member" && session.visitor.name === null) return; // Asks for the name first.
    thread.say(t("signedIn"));
    if (onDone) return onDone();
    // Who was quick has asked for something else meanwhile.
    if (thread.asking === asking) thread.ask(null);
    asking?.after?.();
    if (asking && asking.at !== "top") thread.set({ focus: { id: asking.at, act: "like" } });
  };

  const elsewhere = site?.providers || site?.password_sign_in;
  const inApp = IN_APP.test(navigator.userAgent);
  const emailFirst = site?.email_sign_in && (inApp || !site.providers || session.lastWay === "email");
  // Elsewhere than in a field no keyboard slides over the choice.
  useEffect(() => (emailFirst || step !== "choose" || nameless ? box.current?.querySelector<HTMLElement>("input, button:not(.close)") : box.current)?.focus(), [step, nameless]);

  let title = t(toPost ? "identifyTitle" : asking?.after ? "likeTitle" : "signInTitle");
  let content: ComponentChild;
  if (nameless) {
    title = t("nameTitle");
    content = <NameForm suggested={session.suggested} save={(name) => visit(thread).setName(name)} onDone={done} />;
  } else {
    const ways = elsewhere && step !== "code" && <Ways key="w" thread={thread} inApp={inApp} busy={step === "window"} onBusy={(busy) => setStep(busy ? "window" : "choose")} onDone={done} />;
    const email = site?.email_sign_in && step !== "window" && <EmailSignIn key="e" session={session} onStep={(sent) => setStep(sent ? "code" : "choose")} onDone={done} />;
    const guest = step === "choose" && toPost && site?.guests && <GuestForm key="g" session={session} onType={() => visit(thread).work()} onGuest={done} />;
    const all = (emailFirst ? [email, ways, guest] : [ways, email, guest]).filter((way) => way);
    content = all.flatMap((way, nth) => [nth > 0 && <p key={nth} class="or"><span>{t("or")}</span></p>, way]);
  }
  return (
    <section class="signin" part="sign-in" ref={box} tabIndex={-1} aria-label={title} onKeyDown={(event) => event.key === "Escape" && close()}>
      <p class="signin-title" role="heading" aria-level={3}>{title}</p>
      <button type="button" class="close" aria-label={t("close")} onClick={close}>×</button>
      {content}
    </section>
  );
}
