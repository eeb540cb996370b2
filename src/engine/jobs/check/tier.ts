import { fittingTier, isTooSmall } from '../../premiumTiers.ts';
import { shellWord } from '../../shellWord.ts';
import { sizeText } from '../../sizeText.ts';
import type { Surroundings } from '../../surroundings.ts';
import type { Tools } from '../../tools.ts';
import type { BackupRequest } from '../backup/request.ts';
import { propertiesIfThere } from '../propertiesIfThere.ts';
import { orUnseen, type Finding } from './finding.ts';

/**
 * Does the tier that somebody chose for the backup blob hold the disk as it is now? Standard accounts have no such tiers. What may not be looked at has
 * been found elsewhere.
 */
export async function checkTier(
  { source, backup }: Pick<BackupRequest, 'source' | 'backup'>,
  where: Surroundings,
  { retrier, signal }: Tools,
): Promise<Finding[]> {
  const look = async () =>
    Promise.all([source, backup].map((blob) => retrier.repeat('properties', () => propertiesIfThere(blob, signal), signal)));
  const looked = await orUnseen('tier', 'backup', look);
  if ('unseen' in looked) return [];
  const [disk, copy] = looked.seen;
  if (!disk || copy?.tier === undefined || copy.isTierInferred || !isTooSmall(copy.tier, disk.length)) return [];
  const name = decodeURIComponent(backup.url.slice(`${where.endpoint}/${where.container}/`.length));
  const place = `--account-name ${where.account ?? '<account>'} --container-name ${shellWord(where.container)} --name ${shellWord(name)}`;
  return [
    {
      code: 'tierTooSmall',
      level: 'stops',
      place: 'backup',
      text: `The disk has ${sizeText(disk.length)}, and the tier ${copy.tier} of the backup blob does not hold that.`,
      remedy: `az storage blob set-tier ${place} --type page --tier ${fittingTier(disk.length)} --auth-mode login`,
    },
  ];
}
