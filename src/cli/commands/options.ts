import { PROOF_LEVELS, type ProofLevel } from '../../engine/proof/proof.ts';
import type { TransferChoice } from '../../engine/transfer/pageMover.ts';
import type { Option } from '../arguments.ts';

export const TRANSFERS: readonly TransferChoice[] = ['auto', 'server', 'relay'];

export const TRANSFER_OPTION: Option = {
  name: 'transfer',
  value: 'how',
  choices: TRANSFERS,
  text: 'server: the service copies, no byte passes through here; relay: read here, write there.',
};

export const PROOF_OPTION: Option = {
  name: 'proof',
  value: 'level',
  choices: PROOF_LEVELS satisfies readonly ProofLevel[],
  text: 'How much is read back and compared.',
};

export const DRY_RUN_OPTION: Option = { name: 'dry-run', text: 'Show what would be done and stop. Changes nothing.' };

export const TIER_OPTION: Option = { name: 'tier', value: 'tier', text: 'Access tier of the new blob in a premium account, such as P30.' };
