import { useEffect, useRef, useState } from "preact/hooks";
import type { Provider } from "../api/schema.ts";
import { t } from "../i18n/t.ts";
import { type Attempt, goToSignIn, popupAttempt } from "../state/popup.ts";
import { makeProof } from "../state/proof.ts";
import type { ThreadState } from "../state/thread.ts";
import { visit } from "../state/visit.ts";
import { addStyles } from "../styles/sheets.ts";
import { Window } from "./Window.tsx";
import css from "./Ways.css";

addStyles(css);

type Props = {
  thread: ThreadState;
  /** In an app's own browser, which keeps windows from opening, and which some providers refuse. */
  inApp: boolean;
  /** A window is open, or could not be: nothing else is asked meanwhile. */
  busy: boolean;
  onBusy: (busy: boolean) => void;
  onDone: () => void;
};

/** As many as stand in one row. */
const SHOWN = 4;

/** Signing in with an account from elsewhere: a button each, the last one used first; the window they open. */
export function Ways({ thread, inApp, busy, onBusy, onDone }: Props) {
  const { session } = visit(thread);
  const { site, api } = thread;
  const [providers, setProviders] = useState<readonly Provider[] | null>(site?.providers ? null : []);
  const [all, setAll] = useState(false);
  const [chosen, setChosen] = useState<Provider | null>(null);
  const [opened, setOpened] = useState(false);
  const [failure, setFailure] = useState<unknown>(null);
  const last = session.lastWay;
  useEffect(() => {
    if (providers) return;
    const isLast = ({ id }: Provider) => Number(id === last);
    // The server's own page offers them, too, so that nobody is lost without this list.
    api.get<{ providers: Provider[] }>("providers").then((found) => setProviders(found.providers.toSorted((a, b) => isLast(b) - isLast(a))), () => setProviders([]));
  }, []);

  // All is ready before the click, so that the window opens within it; and it is known whether a cookie will be kept.
  const [popup, setPopup] = useState<Attempt | null>(null);
  const latest = useRef(onDone);
  latest.current = onDone;
  useEffect(() => {
    void session.keepsCookie();
    void makeProof().then((proof) => setPopup(popupAttempt(session, proof, () => latest.current(), setFailure)), setFailure);
  }, [session]);
  useEffect(() => popup?.stop, [popup]);
  const open = (provider: Provider | null) => {
    setFailure(null);
    setChosen(provider);
    setOpened(popup?.open(provider?.id) ?? false);
    onBusy(true);
  };

  if (busy) {
    return <Window popup={popup} provider={chosen} opened={opened} failure={failure} onOpen={() => open(chosen)} onGoThere={() => void goToSignIn(session, chosen?.id)} onBack={() => onBusy(false)} />;
  }
  if (!providers || !popup) return <p class="ways waiting" />;
  const shown = all ? providers : providers.slice(0, SHOWN);
  const folded = providers.length > SHOWN && !all;
  return (
    <div class="ways" role="group" aria-label={t("waysTitle")}>
      {providers.length > 0 && <p class="hint">{t(inApp ? "inApp" : "waysTitle")}</p>}
      {shown.map((provider) => (
        <button key={provider.id} type="button" class="secondary way" aria-label={t("continueWith", { name: provider.name })} onClick={() => open(provider)}>
          <svg viewBox={`0 0 ${provider.icon.view_box} ${provider.icon.view_box}`} aria-hidden="true"><path d={provider.icon.path} /></svg>
          <span>{provider.name}{provider.id === last && <small>{t("lastUsed")}</small>}</span>
        </button>
      ))}
      {folded && <button type="button" class="secondary way fold" aria-expanded={false} onClick={() => setAll(true)}>{t("moreProviders")}</button>}
      {!folded && (site?.password_sign_in || providers.length === 0) && (
        <button type="button" class={shown.length > 0 ? "plain" : "secondary"} onClick={() => open(null)}>{t(shown.length > 0 ? "otherWays" : "moreWays")}</button>
      )}
    </div>
  );
}
