/** For those who run the site. */
export const moderation = {
  moderate: "Moderate",
  approve: "Approve",
  markSpam: "Spam",
  takeDown: "Remove",
  restore: "Restore",
  pin: "Pin",
  unpin: "Unpin",
  closeThread: "Close comments",
  reopenThread: "Reopen comments",
  waiting: { one: "{n} comment waits for approval", other: "{n} comments wait for approval" },
  done: "Done.",
} as const;
