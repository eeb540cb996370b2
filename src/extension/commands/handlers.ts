import * as account from './accountCommands.ts';
import { backUp, backUpFull } from './backUp.ts';
import { checkChain } from './checkChain.ts';
import * as compare from './compare/compareCommands.ts';
import { copySnapshot } from './copySnapshot.ts';
import { copyUrl } from './copyUrl.ts';
import { deleteSnapshot } from './deleteSnapshot.ts';
import { estimate } from './estimate.ts';
import { promoteSnapshot } from './promoteSnapshot.ts';
import { restore } from './restore.ts';
import { restoreQuickly } from './restoreQuickly.ts';
import { revealBackup } from './revealBackup.ts';
import { rewind } from './rewind.ts';
import { generateSchedule } from './generateSchedule.ts';
import { holdPoint, releaseHold } from './holdPoint.ts';
import * as policy from './policyCommands.ts';
import { prune } from './prune.ts';
import * as run from './runCommands.ts';
import * as schedule from './scheduleCommands.ts';
import { takeSnapshot } from './takeSnapshot.ts';
import type { Handlers } from './tools.ts';
import * as tree from './treeCommands.ts';
import { verify } from './verify.ts';
import { verifyAll } from './verifyAll.ts';

/** What each command does. */
export const HANDLERS: Handlers = {
  backUp,
  backUpFull,
  estimate,
  checkChain,
  copySnapshot,
  takeSnapshot,
  deleteSnapshot,
  promoteSnapshot,
  verify,
  verifyAll,
  copyUrl,
  revealBackup,
  restore,
  restoreQuickly,
  rewind,
  ...account,
  ...compare,
  ...tree,
  ...run,
  holdPoint,
  releaseHold,
  prune,
  ...schedule,
  generateSchedule,
  previewPolicy: policy.previewPolicy,
  newPolicyFile: policy.newPolicyFile,
};
