import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { env, l10n, type ExtensionContext } from 'vscode';
import { systemWorld } from '../files/systemWorld.ts';
import type { JobOptions } from '../engine/tools.ts';
import { createAccounts } from './accounts/accounts.ts';
import { registerCommands } from './commands/registerCommands.ts';
import { registerDifference } from './difference/registerDifference.ts';
import { FleetView } from './fleet/fleetView.ts';
import { createLog } from './log.ts';
import { RestorePages } from './restore/restorePages.ts';
import { RunNotifications } from './runs/notifications.ts';
import { ownerOf, processLives } from './runs/owner.ts';
import { Runs } from './runs/registry.ts';
import { RunFiles } from './runs/runFiles.ts';
import { showRuns } from './runs/showRuns.ts';
import { PolicyEditor } from './schedule/editor/policyEditor.ts';
import { CataloguePlaces, withCatalogues } from './schedule/cataloguePlaces.ts';
import { PolicyFiles } from './schedule/policyFiles.ts';
import { quietRuns } from './schedule/quietRuns.ts';
import { Schedule } from './schedule/schedule.ts';
import { ToldFiles } from './schedule/toldFiles.ts';
import { TroubleScreen } from './schedule/troubleScreen.ts';
import { readRunSettings } from './settings.ts';
import { createTrees } from './tree/createTrees.ts';
import type { Voice } from './words/voice.ts';

/** Somebody waits for the answer: a few tries, no long pauses. */
const FOR_PEOPLE: JobOptions = { world: systemWorld, retry: { tries: 3, firstWaitMs: 300, longestWaitMs: 2000 } };
/** A page shows how far it is, and a large disk should not have to be read anew for one bad minute. */
const FOR_PAGES: JobOptions = { world: systemWorld, retry: { tries: 6, firstWaitMs: 300, longestWaitMs: 10_000 } };

let closing: (() => Promise<void>) | undefined;

/** Puts the extension together. Nothing is asked and no SDK is loaded before a view is seen or a command is called. */
export function activate(context: ExtensionContext): void {
  const log = createLog();
  const voice: Voice = { t: l10n.t, now: Date.now, locale: env.language };
  const accounts = createAccounts(context, log);
  const { directory } = accounts;
  const policyFiles = new PolicyFiles();
  const places = new CataloguePlaces({ files: policyFiles, runs: () => runs.all(), endpoints: () => directory.endpoints() });
  const session = withCatalogues(accounts.session, (backup) => places.of(backup));
  const files = new RunFiles(join(context.globalStorageUri.fsPath, 'runs'));
  const screen = new RunNotifications(voice);
  const owner = ownerOf(hostname(), process.pid, randomUUID(), processLives);
  const runs = new Runs({
    session,
    files,
    screen: quietRuns(screen),
    log,
    voice,
    world: systemWorld,
    owner,
    readSettings: readRunSettings,
    places,
    chainFor: (spec) => schedule.chainFor(spec),
  });
  closing = () => runs.close();

  const trees = createTrees({ directory, session, places, runs, job: FOR_PEOPLE, voice, log });
  const restorePages = new RestorePages(
    { session, directory, runs, voice, log, job: FOR_PEOPLE, readSettings: readRunSettings },
    context.extensionUri,
  );
  const shownRuns = showRuns(runs, files, screen, voice);
  const told = new ToldFiles(join(context.globalStorageUri.fsPath, 'told'), owner, systemWorld);
  const troubleScreen = new TroubleScreen(voice, told);
  const schedule = new Schedule({
    files: policyFiles,
    memory: context.workspaceState,
    session,
    runs,
    screen: troubleScreen,
    world: systemWorld,
    job: FOR_PEOPLE,
    voice,
    log,
  });
  const policyEditor = new PolicyEditor(context.extensionUri, policyFiles, log);
  const fleetView = new FleetView(schedule, voice, log);
  context.subscriptions.push(policyFiles, places, told, troubleScreen, schedule, policyEditor, fleetView);
  const tools = { session, directory, accounts, trees, runs, restorePages, schedule, policyEditor, log, voice, job: FOR_PEOPLE };
  context.subscriptions.push(log, accounts, trees, shownRuns, restorePages, registerCommands(tools));
  context.subscriptions.push(registerDifference(context.extensionUri, { session, directory, voice, log, job: FOR_PAGES }));
  log.debug(`Activated ${context.extension.id} ${String((context.extension.packageJSON as { version?: unknown }).version)}.`);
}

/** VS Code waits a few seconds for this: what runs is stopped in order, so that it can be resumed at once. */
export async function deactivate(): Promise<void> {
  await closing?.();
}
