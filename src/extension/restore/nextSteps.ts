import type { NextStep } from '../../messages/restore.ts';
import type { RestoreSpec } from '../runs/run.ts';
import { fileName, placeOf } from '../words/places.ts';
import type { Voice } from '../words/voice.ts';
import { managedDiskCommands, unmanagedDiskCommands, uploadCommands, type ShellCommands } from './shellCommands.ts';

/** What can be done with a disk that was restored. @param location of its account, where that is known */
export function nextSteps(spec: RestoreSpec, location: string | undefined, voice: Voice): readonly NextStep[] {
  const { t } = voice;
  switch (spec.job) {
    case 'restore':
    case 'restoreChain':
      return [
        managedDisk(spec.target, location, voice),
        stackHub(spec.target, voice),
        action('backUp', t('Back up the restored disk'), backUpText(spec, voice), t('Back Up')),
        ...common(spec, voice),
      ];
    case 'rewind':
      return [
        action('backUp', t('Go on with its backups'), t('The chain goes on: the next backup copies only what changed.'), t('Back Up')),
        ...common(spec, voice),
      ];
    case 'restoreFile':
      return [
        upload(spec.path, location, voice),
        action('openFolder', t('Look at the file'), t('Its bytes were compared with the recovery point.'), t('Show in Folder')),
      ];
  }
}

function common(spec: RestoreSpec, voice: Voice): NextStep[] {
  const { t } = voice;
  return [
    spec.job === 'restoreChain'
      ? action('verify', t('Verify the new chain'), t('Compares its first point with the new disk once more.'), t('Verify'))
      : action('verify', t('Verify the recovery point'), t('Looks once more at the point that was restored.'), t('Verify')),
    action('reveal', t('See it in the tree'), placeText(spec), t('Show in Tree')),
  ];
}

function placeText(spec: RestoreSpec): string {
  const { account, path } = placeOf('target' in spec ? spec.target : spec.source);
  return `${account} / ${path}`;
}

function backUpText(spec: RestoreSpec, { t }: Voice): string {
  return spec.job === 'restoreChain'
    ? t('Its chain has begun already: the next backup copies only what changed.')
    : t('It has no chain yet: the first backup copies every page, and asks where to.');
}

/** Azure: managed disks are made from a page blob that is a VHD of fixed size, in the same region. */
function managedDisk(url: string, location: string | undefined, { t }: Voice): NextStep {
  const commands = managedDiskCommands({
    url,
    name: diskName(placeOf(url).name),
    location: location ?? t('<region of the storage account>'),
    resourceGroup: t('<resource group>'),
    account: t('<resource id of the storage account>'),
  });
  return {
    kind: 'commands',
    title: t('Make a managed disk from it'),
    text: t(
      'For a VM in Azure. Put in what stands in angle brackets; for a disk with an operating system add its type (--os-type or -OsType). The blob must be a VHD of fixed size, and may be deleted afterwards.',
    ),
    blocks: blocksOf('managedDisk', commands),
  };
}

/** Azure Stack Hub: VMs there may have disks that are page blobs. */
function stackHub(url: string, { t }: Voice): NextStep {
  const commands = unmanagedDiskCommands({
    url,
    name: diskName(placeOf(url).name),
    resourceGroup: t('<resource group>'),
    vm: t('<name of the VM>'),
    lun: t('<free LUN>'),
  });
  return {
    kind: 'commands',
    title: t('Attach it on Azure Stack Hub'),
    text: t('To a VM with unmanaged disks. The page blob itself becomes its disk, so backups of it go on.'),
    blocks: blocksOf('stackHub', commands),
  };
}

function upload(path: string, location: string | undefined, { t }: Voice): NextStep {
  const commands = uploadCommands({
    path,
    blob: fileName(path),
    disk: diskName(fileName(path)),
    location: location ?? t('<region>'),
    resourceGroup: t('<resource group>'),
    account: t('<storage account>'),
    container: t('<container>'),
  });
  return {
    kind: 'commands',
    title: t('Bring it back to Azure'),
    text: t('As a page blob with the Azure CLI, or as a managed disk with PowerShell, which takes files that end in .vhd.'),
    blocks: blocksOf('upload', commands),
  };
}

function blocksOf(id: string, { az, powerShell }: ShellCommands): Extract<NextStep, { kind: 'commands' }>['blocks'] {
  return [
    { id: `${id}.az`, label: 'Azure CLI', code: az },
    { id: `${id}.powerShell`, label: 'PowerShell', code: powerShell },
  ];
}

function action(name: Extract<NextStep, { kind: 'action' }>['action'], title: string, text: string, button: string): NextStep {
  return { kind: 'action', action: name, title, text, button };
}

/** Names of Azure's disks have letters, digits, `_`, `-` and `.`, at most 80, and begin with a letter or digit. */
function diskName(blob: string): string {
  const name = blob
    .replace(/\.vhd$/i, '')
    .replaceAll(/[^\w.-]/g, '-')
    .replace(/^[^A-Za-z0-9]+/, '')
    .slice(0, 80)
    .replace(/[^\w]+$/, '');
  return name === '' ? 'restored' : name;
}
