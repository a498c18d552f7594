import { useEffect, useState } from "preact/hooks";
import type { Observable } from "../state/observable.ts";

/** Draws the component again whenever `state` changes. */
export function useChanges<T extends Observable>(state: T): T {
  const [, again] = useState({});
  useEffect(() => {
    again({}); // It may have changed between drawing and now.
    return state.watch(() => again({}));
  }, [state]);
  return state;
}
