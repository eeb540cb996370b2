import { isMap } from 'yaml';
import { PROOF_LEVELS, type ProofLevel } from '../../engine/proof/proof.ts';
import type { VerifyRule } from '../policy.ts';
import { choice, mapping, placed, scalarOf, type Placed, type Read } from './fields.ts';
import { readDuration } from './readWindow.ts';

/** `never` takes a default back. */
export type WrittenVerify = VerifyRule | 'never';

const HOUR = 60 * 60_000;

interface VerifyFields {
  readonly every: Placed<number>;
  readonly proof: ProofLevel;
}

const readFields = mapping<VerifyFields>('a verification', { every: placed(readDuration), proof: choice(PROOF_LEVELS) }, ['every']);

/** `7d`, `{ every: 7d, proof: full }` or `never`. A share that goes round the whole disk in time is what is read unless said. */
export const readVerify: Read<WrittenVerify> = (node, file) => {
  const written = file.resolved(node);
  if (scalarOf(written) === 'never') return 'never';
  const { every, proof = 'sample' } = (isMap(written) ? readFields : readShort)(node, file) ?? {};
  if (every === undefined) return undefined;
  if (every.value >= HOUR) return { every: every.value, proof };
  return file.complain(every.node, 'A verification comes no more often than every 1h: it reads the disk.');
};

const readShort: Read<Partial<VerifyFields>> = (node, file) => {
  const every = placed(readDuration)(node, file);
  return every && { every };
};
