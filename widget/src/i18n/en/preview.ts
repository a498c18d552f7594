/** What a text will look like. */
export const preview = {
  previewEmpty: "Nothing to preview yet.",
} as const;
