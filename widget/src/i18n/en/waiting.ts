/** What waited for approval: how a guest can help it along, and what became of it. */
export const waiting = {
  confirmNow: "Confirm your email to publish now",
  confirmTitle: "Confirm your email",
  claimed: { one: "Your comment is now yours.", other: "Your {n} comments are now yours." },
  publishedNow: "It is published.",
  stillHeld: "It still waits for approval.",
  approved: { one: "Your comment was approved.", other: "{n} of your comments were approved." },
} as const;
