export function weigh(sizes: Record<string, number>): { what: string; bytes: number; most: number }[];
