/** Every name that package.json and the code share. A test compares both. */
export const COMMANDS = {
  backUp: 'pageBlobBackup.backUp',
  backUpFull: 'pageBlobBackup.backUpFull',
  estimate: 'pageBlobBackup.estimate',
  checkChain: 'pageBlobBackup.checkChain',
  copySnapshot: 'pageBlobBackup.copySnapshot',
  takeSnapshot: 'pageBlobBackup.takeSnapshot',
  deleteSnapshot: 'pageBlobBackup.deleteSnapshot',
  promoteSnapshot: 'pageBlobBackup.promoteSnapshot',
  verify: 'pageBlobBackup.verify',
  verifyAll: 'pageBlobBackup.verifyAll',
  restore: 'pageBlobBackup.restore',
  restoreQuickly: 'pageBlobBackup.restoreQuickly',
  rewind: 'pageBlobBackup.rewind',
  compareWithPrevious: 'pageBlobBackup.compareWithPrevious',
  selectForCompare: 'pageBlobBackup.selectForCompare',
  compareWithSelected: 'pageBlobBackup.compareWithSelected',
  showChangesSinceBackup: 'pageBlobBackup.showChangesSinceBackup',
  showChurn: 'pageBlobBackup.showChurn',
  nextBytes: 'pageBlobBackup.nextBytes',
  previousBytes: 'pageBlobBackup.previousBytes',
  copyUrl: 'pageBlobBackup.copyUrl',
  revealBackup: 'pageBlobBackup.revealBackup',
  showLog: 'pageBlobBackup.showLog',
  attachAccount: 'pageBlobBackup.attachAccount',
  attachEmulator: 'pageBlobBackup.attachEmulator',
  detachAccount: 'pageBlobBackup.detachAccount',
  signIn: 'pageBlobBackup.signIn',
  selectSubscriptions: 'pageBlobBackup.selectSubscriptions',
  pinAccount: 'pageBlobBackup.pinAccount',
  unpinAccount: 'pageBlobBackup.unpinAccount',
  refresh: 'pageBlobBackup.refresh',
  filter: 'pageBlobBackup.filter',
  clearFilter: 'pageBlobBackup.clearFilter',
  loadMore: 'pageBlobBackup.loadMore',
  retry: 'pageBlobBackup.retry',
  cancelRun: 'pageBlobBackup.cancelRun',
  resumeRun: 'pageBlobBackup.resumeRun',
  forgetRun: 'pageBlobBackup.forgetRun',
  forgetFinishedRuns: 'pageBlobBackup.forgetFinishedRuns',
  newPolicyFile: 'pageBlobBackup.newPolicyFile',
  previewPolicy: 'pageBlobBackup.previewPolicy',
  generateSchedule: 'pageBlobBackup.generateSchedule',
  startSchedule: 'pageBlobBackup.startSchedule',
  stopSchedule: 'pageBlobBackup.stopSchedule',
  pauseSchedule: 'pageBlobBackup.pauseSchedule',
  continueSchedule: 'pageBlobBackup.continueSchedule',
  snoozeSchedule: 'pageBlobBackup.snoozeSchedule',
  runDueNow: 'pageBlobBackup.runDueNow',
  showFleet: 'pageBlobBackup.showFleet',
  holdPoint: 'pageBlobBackup.holdPoint',
  releaseHold: 'pageBlobBackup.releaseHold',
  prune: 'pageBlobBackup.prune',
} as const;

export type CommandId = (typeof COMMANDS)[keyof typeof COMMANDS];

/** Commands that are nothing without a row: the palette has none of them. */
export const ROW_COMMANDS: readonly CommandId[] = [
  COMMANDS.copySnapshot,
  COMMANDS.promoteSnapshot,
  COMMANDS.deleteSnapshot,
  COMMANDS.copyUrl,
  COMMANDS.revealBackup,
  COMMANDS.detachAccount,
  COMMANDS.pinAccount,
  COMMANDS.unpinAccount,
  COMMANDS.loadMore,
  COMMANDS.retry,
  COMMANDS.cancelRun,
  COMMANDS.resumeRun,
  COMMANDS.forgetRun,
  COMMANDS.holdPoint,
  COMMANDS.releaseHold,
  COMMANDS.prune,
];

export const VIEWS = {
  container: 'pageBlobBackup',
  accounts: 'pageBlobBackup.accounts',
  chains: 'pageBlobBackup.chains',
  fleet: 'pageBlobBackup.fleet',
  runs: 'pageBlobBackup.runs',
} as const;

/** Types of the editor tabs that are pages of ours; VS Code opens them again by these after a reload. */
export const PAGES = {
  restore: 'pageBlobBackup.restore',
  difference: 'pageBlobBackup.difference',
} as const;

/** Schemes of addresses that VS Code opens: what a difference page is about, documents that show bytes of a disk, and previews of policies. */
export const SCHEMES = {
  difference: 'page-blob-difference',
  bytes: 'page-blob-bytes',
  policy: 'page-blob-policy',
} as const;

export const CONTEXT_KEYS = {
  hasAccounts: 'pageBlobBackup.hasAccounts',
  signedIn: 'pageBlobBackup.signedIn',
  filtered: 'pageBlobBackup.filtered',
  hasFinishedRuns: 'pageBlobBackup.hasFinishedRuns',
  hasSelectedForCompare: 'pageBlobBackup.hasSelectedForCompare',
  hasFleet: 'pageBlobBackup.hasFleet',
  scheduleOn: 'pageBlobBackup.scheduleOn',
  schedulePaused: 'pageBlobBackup.schedulePaused',
} as const;

/** Settings, without the prefix `pageBlobBackup.`. */
export const SETTINGS = {
  transfer: 'transfer',
  proof: 'proof',
  keepSourceSnapshots: 'keepSourceSnapshots',
  concurrency: 'concurrency',
  apiVersion: 'apiVersion',
  emulatorConnectionStrings: 'emulatorConnectionStrings',
} as const;

/** Values of TreeItem.contextValue; menus in package.json match them. Facets are joined with dots: `blob.chain`. */
export const ITEMS = {
  account: 'account',
  container: 'container',
  blob: 'blob',
  chain: 'chain',
  point: 'point',
  snapshots: 'snapshots',
  snapshot: 'snapshot',
  problem: 'problem',
  loadMore: 'loadMore',
  run: 'run',
  fleet: 'fleet',
} as const;
