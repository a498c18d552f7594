export function build(options?: { outdir?: string }): Promise<{ manifest: Record<string, string>; files: Map<string, Uint8Array> }>;
