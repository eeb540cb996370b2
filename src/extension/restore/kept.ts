import { redact } from '../../engine/redact.ts';
import type { KeptRestore } from '../../messages/restore.ts';
import type { RestoreState } from './state.ts';

/** What the page keeps for a reload of the window. A text that looks like a secret, typed into whatever field, is not kept. */
export function keptOf({ backup, point, acceptsWrong, kind, fields, review, wantsReview, run }: RestoreState): KeptRestore {
  const harmless = Object.fromEntries(Object.entries(fields).filter(([, value]) => redact(value) === value));
  return {
    format: 1,
    backup,
    point,
    acceptsWrong,
    kind,
    fields: harmless,
    hasReview: run === undefined && (review !== undefined || wantsReview),
    run: run?.id,
  };
}
