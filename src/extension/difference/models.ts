import { Churn } from './churn/churn.ts';
import { Comparison } from './comparison.ts';
import type { PageModel } from './page.ts';
import type { Subject } from './subject.ts';
import type { DifferenceTools } from './tools.ts';

/** What is behind a page. Begins at once. */
export function modelOf(subject: Subject, tools: DifferenceTools): PageModel {
  return subject.kind === 'churn' ? new Churn(subject.backup, tools) : new Comparison(subject.pair, tools);
}
