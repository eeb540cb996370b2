import type { Azure } from '../../azure/azure.ts';
import { formatAddress, parseAccountUrl, withQuery } from '../../azure/blobAddress.ts';
import { BackupError, isBackupError } from '../../engine/errors.ts';
import {
  NOTHING_VERIFIED,
  totalsWith,
  verifyChains,
  type ChainToVerify,
  type ChainVerdict,
  type VerifyTotals,
} from '../../engine/jobs/verify/verifyChains.ts';
import { PROOF_LEVELS } from '../../engine/proof/proof.ts';
import { sizeText } from '../../engine/sizeText.ts';
import { toolsFor } from '../../engine/tools.ts';
import { blobUrl } from '../../policy/naming.ts';
import { usageError } from '../arguments.ts';
import type { CommandContext } from '../command.ts';
import { errorObject } from '../errorReport.ts';
import { EXIT, exitStatusOf, type ExitStatus } from '../exitStatus.ts';
import { catalogueOf, isUrl } from '../operands.ts';
import { amountText } from '../words.ts';
import { chainObject, MEND_ALL, tellTrouble, tellVerdict, totalsText } from './verifyText.ts';

const PARALLEL = 4;

/** A place whose catalogues could not be listed. */
interface Unlisted {
  readonly place: string;
  readonly error: BackupError;
}

/** From the worst on; a failed point comes before them all. */
const WORST: readonly ExitStatus[] = [
  EXIT.integrity,
  EXIT.unexpected,
  EXIT.access,
  EXIT.notFound,
  EXIT.notSupported,
  EXIT.conflict,
  EXIT.serviceFailed,
  EXIT.usage,
];

/** `verify <place> --all`: every chain whose catalogue lies in an account, a container or a folder. */
export async function verifyAll(context: CommandContext): Promise<ExitStatus> {
  const { args, job, people, print } = context;
  const place = placeIn(context);
  const { chains, unlisted } = await chainsIn(place, context);
  let totals: VerifyTotals = NOTHING_VERIFIED;
  const trouble: ChainVerdict[] = [];
  const onVerdict = async (verdict: ChainVerdict): Promise<void> => {
    totals = totalsWith(totals, verdict);
    if (verdict.outcome === 'passed' || verdict.outcome === 'structure') tellVerdict(people, verdict);
    else trouble.push(verdict);
    await print('chain', chainObject(verdict));
  };
  const onCompared = (bytes: number): void =>
    people.draw(` proof      ${totals.chains} of ${amountText(chains.length, 'chain')} done, ${sizeText(bytes)} compared`);
  const options = { proof: args.choice('proof', PROOF_LEVELS), parallel: args.number('parallel') ?? PARALLEL, onVerdict, onCompared };
  let stopped: BackupError | undefined;
  try {
    await verifyChains(chains, { ...job, ...options });
  } catch (error) {
    if (!isBackupError(error, 'cancelled')) throw error;
    stopped = error;
  }
  // Trouble comes last, where it is read.
  for (const { place: what, error } of unlisted) {
    people.line(` failed     ${what}  ${error.fullText}`, 'error');
    await print('fault', { what, ...errorObject(error) });
  }
  for (const verdict of trouble) tellTrouble(people, verdict);
  people.line(totalsText(totals, stopped ? chains.length : undefined), trouble.length + unlisted.length > 0 ? 'error' : 'plain');
  if (totals.failed > 0) people.line(MEND_ALL, 'error');
  const summary = { job: 'verifyAll', place: urlOf(place), ...totals, unlisted: unlisted.length, requests: context.requests() };
  if (stopped) {
    await print('stopped', { ...summary, found: chains.length });
    throw stopped;
  }
  await print('result', summary);
  const statuses = [...unlisted, ...trouble].map(({ error }) => (error ? exitStatusOf(error) : EXIT.integrity));
  return WORST.find((status) => statuses.includes(status)) ?? EXIT.done;
}

/** @throws badInput */
function placeIn({ args }: CommandContext): string {
  for (const name of ['source', 'point']) {
    if (args.flag(name)) throw usageError(`--${name} is of one chain, and does not go with --all.`, 'verify');
  }
  const place = args.operand(0).trim();
  if (isUrl(place)) return place;
  throw usageError(`"${place}" is not the URL of an account, a container or a folder.`, 'verify');
}

/** One container that cannot be listed does not take the others away. @throws badInput; blobNotFound where there is no chain; what keeps the account, or the only container, from being listed */
async function chainsIn(
  place: string,
  { args, azure, job, people }: CommandContext,
): Promise<{ readonly chains: readonly ChainToVerify[]; readonly unlisted: readonly Unlisted[] }> {
  const { retrier, signal } = toolsFor(job);
  people.draw(' preparing  Looking for catalogues.');
  const elsewhere = args.text('catalogue');
  const searched = elsewhere ?? place;
  const query = queryOf(searched);
  const inside = `${writtenAlike(place)}/`;
  const folders = await retrier.repeat('containers', () => Array.fromAsync(azure.foldersIn(searched, { signal })), signal);
  const chains: ChainToVerify[] = [];
  const unlisted: Unlisted[] = [];
  for (const folder of folders) {
    try {
      const names = await retrier.repeat(
        'catalogues',
        () => Array.fromAsync(azure.catalogues(withQuery(folder, query), { signal })),
        signal,
      );
      for (const name of names) {
        // A catalogue in another account lies below the host and path of its backup blob.
        const backup = elsewhere === undefined ? blobUrl(folder, name) : `${new URL(place).protocol}/${blobUrl('', name)}`;
        if (elsewhere === undefined || writtenAlike(backup).startsWith(inside))
          chains.push(chainAt(backup, queryOf(place), elsewhere, azure));
      }
      people.draw(` preparing  ${amountText(chains.length, 'chain')} found.`);
    } catch (error) {
      if (!isBackupError(error) || error.code === 'cancelled' || folders.length === 1) throw error;
      unlisted.push({ place: folder, error });
    }
  }
  if (chains.length + unlisted.length > 0) return { chains, unlisted };
  throw new BackupError('blobNotFound', `There is no catalogue in ${urlOf(searched)}, so nothing was verified.`, {
    hint: 'To verify one chain, name its backup blob and leave --all out. Catalogues in another account are named with --catalogue.',
  });
}

function chainAt(url: string, query: string, elsewhere: string | undefined, azure: Azure): ChainToVerify {
  const open = async (): ReturnType<ChainToVerify['open']> => {
    const backup = azure.pageBlob(withQuery(url, query));
    return { backup, catalogue: catalogueOf(azure, backup, elsewhere), source: (source) => azure.pageBlob(source) };
  };
  return { backup: url, open };
}

/** One place may be written in several ways: letters of the host, what is encoded. @throws badInput */
function writtenAlike(url: string): string {
  return formatAddress(parseAccountUrl(url).address);
}

function urlOf(text: string): string {
  return text.replace(/\?.*$/s, '').replace(/\/+$/, '');
}

function queryOf(text: string): string {
  return text.split('?', 2)[1] ?? '';
}
