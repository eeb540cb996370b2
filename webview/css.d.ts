// esbuild puts the styles that a page imports into a file beside its script.
declare module '*.css';
