import { registerHooks } from 'node:module';

/**
 * Makes `vscode` the stand-in of this folder. Import this first, and what imports `vscode` by `await import(…)` afterwards: static imports are looked
 * up before any module runs.
 */
registerHooks({
  resolve(specifier, context, next) {
    if (specifier !== 'vscode') return next(specifier, context);
    return { url: new URL('./vscode.ts', import.meta.url).href, shortCircuit: true };
  },
});
