import type { ComponentChild } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { t } from "../i18n/t.ts";
import { type Attempt, popupAttempt } from "../state/popup.ts";
import { makeProof } from "../state/proof.ts";
import type { ThreadState } from "../state/thread.ts";
import { visit } from "../state/visit.ts";
import { addStyles } from "../styles/sheets.ts";
import { EmailSignIn } from "./EmailSignIn.tsx";
import { GuestForm } from "./GuestForm.tsx";
import { NameForm } from "./NameForm.tsx";
import { PopupSignIn } from "./PopupSignIn.tsx";
import css from "./SignIn.css";
import { useChanges } from "./useChanges.ts";

addStyles(css);

type Props = {
  thread: ThreadState;
  /** Asked at Post: a name will do, where the site takes guests. */
  toPost?: boolean;
  onDone?: () => void;
  onClose?: () => void;
};

/** Apps with a browser of their own, which keep windows from opening. */
const IN_APP = /FBA[NV]|Instagram|Line\/|Twitter|LinkedInApp|Snapchat|; wv\)/;

/** Who is it? Email first; other ways in a window of the server's own; a guest's name where that is enough. */
export function SignIn({ thread, toPost = false, onDone, onClose }: Props) {
  const session = useChanges(visit(thread).session);
  const [step, setStep] = useState<"choose" | "code" | "window" | "blocked">("choose");
  const [failure, setFailure] = useState<unknown>(null);
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

  // All is ready before the click, so that the window opens within it; and it is known whether a cookie will be kept.
  const [popup, setPopup] = useState<Attempt | null>(null);
  const latest = useRef(done);
  latest.current = done;
  useEffect(() => {
    void session.keepsCookie();
    void makeProof().then((proof) => setPopup(popupAttempt(session, proof, () => latest.current(), setFailure)), setFailure);
  }, [session]);
  useEffect(() => popup?.stop, [popup]);
  useEffect(() => box.current?.querySelector<HTMLElement>("input, button:not(.close)")?.focus(), [step, nameless]);
  const openWindow = () => {
    setFailure(null);
    setStep(popup?.open() ? "window" : "blocked");
  };

  let title = t(toPost ? "identifyTitle" : asking?.after ? "likeTitle" : "signInTitle");
  let content: ComponentChild;
  if (nameless) {
    title = t("nameTitle");
    content = <NameForm save={(name) => visit(thread).setName(name)} onDone={done} />;
  } else if (step === "window" || step === "blocked") {
    content = <PopupSignIn session={session} popup={popup} opened={step === "window"} failure={failure} onOpen={openWindow} onBack={() => setStep("choose")} />;
  } else {
    content = [
      site?.email_sign_in && <EmailSignIn session={session} onStep={(sent) => setStep(sent ? "code" : "choose")} onDone={done} />,
      step === "choose" && site?.password_sign_in && (
        <p class="ways">
          <button type="button" class="secondary" onClick={openWindow}>{t("moreWays")}</button>
          {IN_APP.test(navigator.userAgent) && <span class="hint">{t("moreWaysInApp")}</span>}
        </p>
      ),
      step === "choose" && toPost && site?.guests && (
        <>
          <p class="or"><span>{t("or")}</span></p>
          <GuestForm guest={session.guest} onGuest={(name, email) => {
            session.becomeGuest(name, email);
            done();
          }} />
        </>
      ),
    ];
  }
  return (
    <section class="signin" part="sign-in" ref={box} aria-label={title} onKeyDown={(event) => event.key === "Escape" && close()}>
      <p class="signin-title" role="heading" aria-level={3}>{title}</p>
      <button type="button" class="close" aria-label={t("close")} onClick={close}>×</button>
      {content}
    </section>
  );
}
