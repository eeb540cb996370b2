/** What was registered under a scheme or a type of view, by `file:<scheme>`, `text:<scheme>`, `editor:<viewType>`. */
export const providers = new Map<string, unknown>();
