import * as account from './accountCommands.ts';
import { backUp, backUpFull } from './backUp.ts';
import { copySnapshot } from './copySnapshot.ts';
import { copyUrl } from './copyUrl.ts';
import { deleteSnapshot } from './deleteSnapshot.ts';
import { estimate } from './estimate.ts';
import { revealBackup } from './revealBackup.ts';
import * as run from './runCommands.ts';
import { takeSnapshot } from './takeSnapshot.ts';
import type { Handlers } from './tools.ts';
import * as tree from './treeCommands.ts';
import { verify } from './verify.ts';

/** What each command does. */
export const HANDLERS: Handlers = {
  backUp,
  backUpFull,
  estimate,
  copySnapshot,
  takeSnapshot,
  deleteSnapshot,
  verify,
  copyUrl,
  revealBackup,
  ...account,
  ...tree,
  ...run,
};
