import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { Frame } from 'playwright-core';

interface Violation {
  readonly id: string;
  readonly help: string;
  readonly nodes: readonly { readonly html: string }[];
}

/** What axe finds wrong for people with disabilities in a webview, as `rule: what (where)`; contrast is that of the theme shown. */
export async function accessibilityProblems(frame: Frame): Promise<string[]> {
  const source = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
  // Not by a script element: the webview's content security policy would refuse it.
  await frame.evaluate(source);
  const { violations } = await frame.evaluate<{ violations: Violation[] }>('axe.run(document)');
  return violations.flatMap(({ id, help, nodes }) => nodes.map(({ html }) => `${id}: ${help} (${html})`));
}
