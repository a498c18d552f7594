/** Under which a draft is kept: its page, and the comment it answers. */
export const draftKey = (page: string, parent: string | null = null): string => `draft/${page}${parent ? `#${parent}` : ""}`;
