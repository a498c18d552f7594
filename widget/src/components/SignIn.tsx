import type { ComponentChild } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { t } from "../i18n/t.ts";
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

type Step = "choose" | "code" | "popup";

/** Who is it? Email first; other ways in a window of the server's own; a guest's name where that is enough. */
export function SignIn({ thread, toPost = false, onDone, onClose }: Props) {
  const session = useChanges(visit(thread).session);
  const [step, setStep] = useState<Step>("choose");
  const box = useRef<HTMLElement>(null);
  const { asking, site } = thread;

  useEffect(() => void session.keepsCookie(), [session]);
  useEffect(() => box.current?.querySelector<HTMLElement>("input, button:not(.close)")?.focus(), [step]);

  const close = onClose ?? (() => thread.ask(null));
  const done = () => {
    thread.say(t("signedIn"));
    if (onDone) return onDone();
    thread.ask(null);
    asking?.then?.();
    if (asking && asking.at !== "top") thread.set({ focus: { id: asking.at, act: "like" } });
  };
  const named = async () => {
    const { visitor } = session;
    if (!(visitor?.kind === "member" && visitor.name === null)) done();
  };

  let title = t(toPost ? "identifyTitle" : asking?.then ? "likeTitle" : "signInTitle");
  let content: ComponentChild;
  if (session.visitor?.kind === "member" && session.visitor.name === null) {
    title = t("nameTitle");
    content = <NameForm save={(name) => visit(thread).setName(name)} onDone={done} />;
  } else if (step === "popup") {
    content = <PopupSignIn session={session} onDone={() => void named()} onBack={() => setStep("choose")} />;
  } else {
    content = (
      <>
        {site?.email_sign_in && <EmailSignIn session={session} onStep={(sent) => setStep(sent ? "code" : "choose")} onDone={() => void named()} />}
        {step === "choose" && site?.password_sign_in && (
          <p class="ways">
            <button type="button" class="secondary" onClick={() => setStep("popup")}>{t("moreWays")}</button>
          </p>
        )}
        {step === "choose" && toPost && site?.guests && (
          <>
            <p class="or"><span>{t("or")}</span></p>
            <GuestForm guest={session.guest} onGuest={(name, email) => {
              session.becomeGuest(name, email);
              done();
            }} />
          </>
        )}
      </>
    );
  }
  return (
    <section class="signin" part="sign-in" ref={box} aria-label={title} onKeyDown={(event) => event.key === "Escape" && close()}>
      <p class="signin-title" role="heading" aria-level={3}>{title}</p>
      <button type="button" class="close" aria-label={t("close")} onClick={close}>×</button>
      {content}
    </section>
  );
}
