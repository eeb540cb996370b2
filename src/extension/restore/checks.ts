import { KEY } from '../../engine/chain/metadata.ts';
import { isBackupError } from '../../engine/errors.ts';
import { propertiesIfThere } from '../../engine/jobs/propertiesIfThere.ts';
import type { BlobProperties, PageBlob, SnapshotId } from '../../engine/pageBlob.ts';
import { toolsFor, type JobOptions } from '../../engine/tools.ts';
import { LocalDisk } from '../../files/localDisk.ts';
import type { Check, FieldName } from '../../messages/restore.ts';
import type { AzureSession } from '../session.ts';
import { failureOf } from '../words/failure.ts';
import { fileName, placeOf } from '../words/places.ts';
import type { Voice } from '../words/voice.ts';
import type { Question } from './questions.ts';
import type { Answer } from './state.ts';

export interface CheckParts {
  readonly session: AzureSession;
  readonly voice: Voice;
  /** URL of the backup blob, and the chosen point. */
  readonly backup: string;
  readonly point: SnapshotId;
}

type Checks = Answer['checks'];

/** Asks the service, or the file system, and says what it means for the inputs. @throws cancelled, and nothing else: a failure is an answer */
export async function answerTo(question: Question, parts: CheckParts, job: JobOptions): Promise<Answer> {
  try {
    return { of: question.of, checks: await checksFor(question, parts, job) };
  } catch (error) {
    if (isBackupError(error, 'cancelled')) throw error;
    const { text } = failureOf(error, parts.voice);
    // What may pass is no reason to keep anybody from going on: the plan asks again.
    const check = isBackupError(error) && error.retryable ? attention(text) : bad(text);
    return { of: question.of, checks: { [fieldOfFailure(question, error)]: check } };
  }
}

async function checksFor({ name, place }: Question, { session, voice, backup, point }: CheckParts, job: JobOptions): Promise<Checks> {
  if (name === 'path') return checkPath(place, voice);
  const { retrier, signal } = toolsFor(job);
  const blob = await session.pageBlob(place);
  const from = (await session.pageBlob(backup)).image(point).label;
  const found = await retrier.repeat('properties', () => propertiesIfThere(blob, signal), signal);
  // Not on a disk: whatever a gateway makes of the lease, its metadata must not be at stake.
  if (!found && name !== 'disk') await requireWriter(blob, job);
  switch (name) {
    case 'target':
      return { container: good(''), name: checkTarget(found, place, from, voice) };
    case 'newBackup':
      return { newBackup: checkNewBackup(found, place, voice) };
    case 'disk':
      return { whole: checkDisk(found, place, from, voice) };
  }
}

const NO_ACCESS = ['accessDenied', 'signInNeeded', 'sasExpired', 'sasLacksPermission'] as const;

/**
 * Finds out whether blobs may be written there, by a write that cannot be done: there is no such blob, and if there were by now, nobody has this
 * lease on it. The service looks at who asks before it looks for the blob.
 * @throws what keeps the user from writing there
 */
async function requireWriter(blob: PageBlob, { world, signal }: JobOptions): Promise<void> {
  try {
    await blob.setMetadata({}, { fence: { leaseId: world.uuid() }, signal });
  } catch (error) {
    if (isBackupError(error, ...NO_ACCESS, 'cancelled')) throw error;
  }
}

function checkTarget(found: BlobProperties | undefined, url: string, from: string, { t }: Voice): Check {
  if (!found) return good(t('There is no blob of this name yet.'));
  const { metadata } = found;
  if (metadata[KEY.restore] === 'partial' && metadata[KEY.restoredFrom] === from) {
    // An interrupted run's lease runs out within a minute: nobody can tell it from one that is at work.
    if (found.lease === 'leased') {
      return attention(
        t('A restore of this point to this blob is under way, or was a minute ago (it is leased). Wait until that has ended.'),
      );
    }
    return attention(t('An interrupted restore of this point left this blob. It goes on from there.'));
  }
  if (metadata[KEY.restore] === 'partial') return bad(t('A restore of another point to this blob is not finished. Choose another name.'));
  return bad(t('There is a blob {0} already. A restore never writes over one: choose another name.', placeOf(url).name));
}

function checkNewBackup(found: BlobProperties | undefined, url: string, { t }: Voice): Check {
  if (!found) return good(t('There is no blob of this name yet.'));
  // Whether it is this restore's own is seen by the engine when it plans.
  if (found.metadata[KEY.openRun] !== undefined || found.metadata[KEY.restoredFrom] !== undefined) {
    return attention(t('There is a blob {0} already. It is used if this same restore has begun it.', placeOf(url).name));
  }
  return bad(t('There is a blob {0} already. Backups that go on need a blob of their own: choose another name.', placeOf(url).name));
}

function checkDisk(found: BlobProperties | undefined, url: string, from: string, { t }: Voice): Check {
  const { name } = placeOf(url);
  if (!found) return bad(t('{0} is gone. Restore to a new blob instead.', name));
  if (found.lease === 'leased' && found.leaseDuration === 'infinite') {
    return bad(
      t('Can’t rewind {0} in place: it is attached to a VM (infinite lease). Restore to a new blob instead, or detach it first.', name),
    );
  }
  if (found.metadata[KEY.restore] === 'partial' && found.metadata[KEY.restoredFrom] !== from) {
    return attention(
      t('{0} is half way to another recovery point. It goes to this one instead; the snapshot of it as it was before stays.', name),
    );
  }
  if (found.metadata[KEY.restore] === 'partial') return attention(t('An interrupted rewind to this point goes on from where it stopped.'));
  if (found.lease === 'leased')
    return attention(t('Somebody is writing to {0} right now (it is leased). The rewind can begin once that has ended.', name));
  return good(t('{0} is attached to nothing.', name));
}

async function checkPath(path: string, { t }: Voice): Promise<Checks> {
  const disk = new LocalDisk(path);
  if (await disk.exists())
    return { path: bad(t('There is a file {0} already. A restore never writes over one: choose another name.', fileName(path))) };
  // Is there such a folder? How much goes into it is known with the plan.
  await disk.requireSpace(0);
  return { path: good(t('There is no file of this name yet.')) };
}

function fieldOfFailure({ name }: Question, error: unknown): FieldName | 'whole' {
  if (name === 'disk') return 'whole';
  if (name === 'path' || name === 'newBackup') return name;
  if (isBackupError(error, 'containerNotFound')) return 'container';
  return isBackupError(error, 'notPageBlob', 'badInput') ? 'name' : 'account';
}

function good(text: string): Check {
  return { state: 'good', text };
}

function attention(text: string): Check {
  return { state: 'attention', text };
}

function bad(text: string): Check {
  return { state: 'bad', text };
}
