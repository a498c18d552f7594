/** Signing in with an account from elsewhere, or on the server's own page. */
export const ways = {
  waysTitle: "Sign in with an account you have",
  continueWith: "Continue with {name}",
  lastUsed: "Last used",
  moreProviders: "More",
  moreWays: "More ways to sign in",
  otherWays: "Password or email link",
  inApp: "Should one of these refuse this app, open the page in your browser.",
  popupWaiting: "Sign in in the window that opened, then come back here.",
  popupWaitingFor: "Continue with {name} in the window that opened, then come back here.",
  popupReopen: "Open the window again",
  popupBlocked: "Your browser blocked the window.",
  popupGoThere: "Sign in on this page instead",
  pasted: "Code from the window",
  pasteHint: "Does the window show a code? Enter it here.",
  usePasted: "Use code",
  back: "Back",
} as const;
