/** The chunk for single sign-on: loaded where the site says who is reading. */

export { signInBySite } from "./state/sso.ts";
