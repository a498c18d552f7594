/** Tokens of links travel behind the `#`, which browsers send to nobody. */

/** Takes the token out of the address, so that it stays in neither history nor the address bar. */
export function takeToken(): string {
  const token = location.hash.slice(1);
  history.replaceState(null, "", location.pathname + location.search);
  return token;
}
